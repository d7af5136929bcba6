//go:build !js

package browser

import "time"

// WatchPresses has the page take a press for what it is meant as; natively there
// is none.
func WatchPresses() {}

// AfterDrawing calls f after so long; natively nothing is drawn.
func AfterDrawing(wait time.Duration, f func()) { time.AfterFunc(wait, f) }
