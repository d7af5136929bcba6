package browser

import "time"

// PressDelay is how long a dialog that has just opened ignores presses: somebody who
// presses twice has not seen it yet. It is half a second, and a little more for a
// frame that the page believes drawn before anybody sees it.
const PressDelay = 550 * time.Millisecond

// WatchPresses makes the page ignore presses that were not meant:
//
//   - A key that is held down presses a button once.
//   - The second press of a double click presses nothing, whatever is under the
//     pointer by then.
//   - A press that went down elsewhere, or on a button that was disabled, presses
//     nothing where it comes up.
//
// A click that was made without a pointer and without a key, as assistive technology
// makes it, counts. Such an event may be of any kind and have no details.
//
// Whatever opens something over the page calls it; all calls but the first do
// nothing. Natively none does anything.
func WatchPresses() { watchPresses() }

// AfterDrawing calls f when what was just changed on the page has been visible for
// the time given. A page in the background draws nothing until it is in the
// foreground. Natively nothing is drawn, and f is called after that time.
func AfterDrawing(wait time.Duration, f func()) {
	// The first frame is the one that shows it.
	nextFrame(func() { nextFrame(func() { time.AfterFunc(wait, f) }) })
}
