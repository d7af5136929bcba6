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
	begin   func() // begins what is wished

	// unkept is the action that waits for a proof and could not be stored. Where the proof is
	// given in a window, this page is still there to go on with it.
	unkept *Action
	// open is the question about a link that is open; nil if there is none.
	open *openQuestion
}

// openQuestion is a question about a link that is remembered, for the case that the page goes
// before it is answered.
type openQuestion struct {
	number  int    // the question's
	release func() // lets the other tabs know that it is no longer open
	stored  bool   // storing it has ended
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
