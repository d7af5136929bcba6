package flow

// Flow is what the page is doing. Make one with [New], then call [Flow.Start].
type Flow struct {
	deps     Deps
	settings Settings
	state    State

	works   int    // how many pieces of work there have been
	stop    func() // ends the last of them
	after   func() // what follows every change that is posted
	notices int    // how many notices there have been
	asked   int    // how often a question has said something new
}

// State returns what the page shows. It holds until the next change.
func (f *Flow) State() State { return f.state }

// post has a change made on the owner's goroutine.
func (f *Flow) post(change func()) {
	f.deps.Post(func() {
		change()
		f.after()
	})
}
