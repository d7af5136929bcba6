//go:build !js

package browser

func callElement(string, string) {}

func wrapFocus(string, bool) bool { return false }
