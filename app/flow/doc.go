// Package flow knows what the page is doing. A [Flow] holds the [State], one value;
// hears what happens (a person's wish, a login's end, another tab, the network); and
// changes the state over small interfaces, its [Deps]. Whoever draws the page draws the
// state and hands wishes on.
//
// It knows nothing of how the page is drawn, of the DOM or of JavaScript.
//
// All of a flow happens on one goroutine, its owner's: [Deps.Post] brings changes
// there, and every method of a [Flow] is called there unless it says otherwise. What
// takes time runs elsewhere, by [Deps.Go].
//
// The files use each other in one direction: event and wish, which hear what happens,
// then link, unlink and signout, then proof, profile, history, work and notice, then
// flow, deps and state.
package flow
