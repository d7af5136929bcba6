// Package flow knows what the page is doing.
//
// Primary types: a [Flow] holds the [State], which is all that the page shows, as one
// value. Three kinds of things change it: a wish of the person (the methods from
// [Flow.SignIn] to [Flow.SaveHistory]), the end of a [Login], and what other tabs, the
// network and time do. The flow acts through small interfaces, its [Deps]. What the page
// does while it takes time is [Work]; what it asks is a [Question]; what it says is a
// [Notice], with the [Next] step. The program that draws the page draws the state and
// calls the methods.
//
// The package knows nothing of how the page is drawn, of the DOM or of JavaScript.
//
// A flow lives on one goroutine, that of its owner. [Deps].Post runs changes there, and
// every method of a [Flow] is called there unless its comment says otherwise. What takes
// time runs on other goroutines, by [Deps].Go.
//
// The files use each other in one direction: event and wish, where things come in; then
// link, unlink and signout; then proof, profile, history, work and notice; then flow, deps
// and state.
package flow
