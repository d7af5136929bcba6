//go:build !js

package browser

// ShowDialog opens a <dialog>; natively it does nothing.
func ShowDialog(string) {}

// CloseDialog closes a <dialog>; natively it does nothing.
func CloseDialog(string) {}

// Focus moves the keyboard focus; natively it does nothing.
func Focus(string) {}

// WrapFocus keeps the focus inside a <dialog>; natively it does nothing.
func WrapFocus(string, bool) bool { return false }
