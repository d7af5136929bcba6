//go:build !js

package browser

import "time"

func watchPresses() {}

func afterDrawing(wait time.Duration, f func()) { time.AfterFunc(wait, f) }
