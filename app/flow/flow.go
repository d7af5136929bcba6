package flow

import (
	"time"
)

// Flow is what the page is doing. Make one with [New], then call [Flow.Start].
type Flow struct {
	deps     Deps
	settings Settings
	state    State

	works   int    // how many pieces of work there have been
	stop    func() // ends the last of them
	notices int    // how many notices there have been
	asked   int    // how often a question has said something new
}

// New makes a flow. With called the tenant has called back: the page first shows that
// a login is being finished.
func New(d Deps, s Settings, called bool) *Flow {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Go == nil {
		d.Go = func(work func()) { go work() }
	}
	f := &Flow{deps: d, settings: s, stop: func() {}}
	if called {
		f.state.Phase = Finishing
	}
	return f
}

// State returns what the page shows. It holds until the next change.
func (f *Flow) State() State { return f.state }
