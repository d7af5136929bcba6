//go:build !js

package browser

func showDialog(string) {}

func closeDialog(string) {}

func focus(string) {}

func focusFirst(string, string) {}

func wrapFocus(string, bool) bool { return false }
