package browser

import "time"

// PressDelay is how long what opens over the page does not act on presses: whoever
// presses twice has not seen it yet. It is half a second, and some more for the
// frame that a page may think it has drawn before anybody sees it.
const PressDelay = 550 * time.Millisecond
