//go:build js

package browser

import "syscall/js"

// showDialog tries both ways: showModal throws where the dialog is open already.
func showDialog(id string) {
	if _, err := tryCall(element(id), "showModal"); err != nil {
		_, _ = tryCall(element(id), "setAttribute", "open", "")
	}
}

func closeDialog(id string) { _, _ = tryCall(element(id), "close") }

func focus(id string) { _, _ = tryCall(element(id), "focus") }

func focusFirst(id, selector string) {
	_ = try(func() {
		first := element(id).Call("querySelector", selector)
		if first.Truthy() && global("document", "activeElement").Call("contains", first).Bool() {
			first.Call("focus")
		}
	})
}

func wrapFocus(id string, backwards bool) (moved bool) {
	_ = try(func() {
		d := element(id)
		list := d.Call("querySelectorAll",
			"a[href],button:not([disabled]):not([hidden]),input:not([disabled]),select,summary,[tabindex='0']")
		n := list.Length()
		if n == 0 {
			return
		}
		from, to := list.Index(n-1), list.Index(0)
		if backwards {
			from, to = to, from
		}
		active := global("document", "activeElement")
		if !active.Equal(from) && d.Call("contains", active).Bool() && !active.Equal(d) {
			return
		}
		to.Call("focus")
		moved = true
	})
	return moved
}

// element is null, or undefined, where there is none.
func element(id string) js.Value {
	v, _ := tryCall(global("document"), "getElementById", id)
	return v
}
