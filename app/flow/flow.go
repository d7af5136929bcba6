package flow

// Flow holds the state of the page and changes it. Make one with [New], then call
// [Flow.Start].
type Flow struct {
	deps     Deps
	settings Settings
	state    State

	works   int    // how many pieces of work there have been
	stop    func() // ends the last of them
	after   func() // runs after every change that is posted
	notices int    // how many notices there have been
	asked   int    // how often a question has said something new
}

// State returns what the page shows now.
func (f *Flow) State() State { return f.state }

// post makes a change on the owner's goroutine, from any other.
func (f *Flow) post(change func()) {
	f.deps.Post(func() {
		change()
		f.after()
	})
}
