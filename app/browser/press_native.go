//go:build !js

package browser

func watchPresses() {}

func nextFrame(f func()) { f() }
