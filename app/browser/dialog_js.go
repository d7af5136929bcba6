//go:build js

package browser

import "syscall/js"

func showDialog(id string) {
	d := element(id)
	if !d.Truthy() || d.Get("open").Truthy() {
		return
	}
	_ = try(func() { d.Call("showModal") })
}

func closeDialog(id string) {
	if d := element(id); d.Truthy() && d.Get("open").Truthy() {
		d.Call("close")
	}
}

func focus(id string) {
	if e := element(id); e.Truthy() {
		e.Call("focus")
	}
}

func wrapFocus(id string, backwards bool) bool {
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
