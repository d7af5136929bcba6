//go:build js

package browser

import "syscall/js"

// callElement calls a method of the element with this id. It does nothing where there is
// no such element, or where the method throws, as that of a dialog that is open already.
func callElement(id, method string) { _, _ = tryCall(element(id), method) }

func wrapFocus(id string, backwards bool) bool {
	d := element(id)
	if !d.Truthy() {
		return false
	}
	list := d.Call("querySelectorAll",
		"a[href],button:not([disabled]),input:not([disabled]),select,summary,[tabindex='0']")
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
