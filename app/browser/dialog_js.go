//go:build js

package browser

import "syscall/js"

// ShowDialog opens the <dialog> with the id as a modal one: the page behind it
// is inert, and the focus returns to where it was when it closes. It does
// nothing where there is none or it is open already.
func ShowDialog(id string) {
	d := element(id)
	if !d.Truthy() || d.Get("open").Truthy() {
		return
	}
	_ = try(func() { d.Call("showModal") })
}

// CloseDialog closes the <dialog> with the id.
func CloseDialog(id string) {
	if d := element(id); d.Truthy() && d.Get("open").Truthy() {
		d.Call("close")
	}
}

// Focus moves the keyboard focus to the element with the id.
func Focus(id string) {
	if e := element(id); e.Truthy() {
		e.Call("focus")
	}
}

// WrapFocus keeps Tab and Shift+Tab inside the <dialog> with the id. Browsers
// make the page behind a modal dialog inert, but let the focus leave for their
// own bars; with it returned at both ends, the dialog is never lost. It reports
// whether it moved the focus.
func WrapFocus(id string, backwards bool) bool {
	d := element(id)
	if !d.Truthy() {
		return false
	}
	list := d.Call("querySelectorAll", "a[href],button:not([disabled]),input:not([disabled]),select,summary,[tabindex='0']")
	n := list.Get("length").Int()
	if n == 0 {
		return false
	}
	from, to := list.Index(n-1), list.Index(0)
	if backwards {
		from, to = to, from
	}
	active := js.Global().Get("document").Get("activeElement")
	if !active.Equal(from) && d.Call("contains", active).Bool() && !active.Equal(d) {
		return false
	}
	to.Call("focus")
	return true
}

func element(id string) js.Value {
	return js.Global().Get("document").Call("getElementById", id)
}
