//go:build js

package browser

import "syscall/js"

// property returns a text that an object of window has, as location.origin; "" where there is
// none.
func property(object, name string) string { return textOf(global(object, name)) }

// windowText returns a text that window has; "" where there is none.
func windowText(name string) string { return textOf(global(name)) }

// windowFlag reports whether window has something of that name that is not false.
func windowFlag(name string) bool { return global(name).Truthy() }

// invoke calls a method of an object of window. It does nothing where that throws.
func invoke(object, method string, args ...any) { _, _ = tryCall(global(object), method, args...) }

// navigatorFlag returns a boolean of navigator, and whether this browser has it.
func navigatorFlag(name string) (value, known bool) {
	v := global("navigator", name)
	return v.Truthy(), v.Type() == js.TypeBoolean
}

func matchesMedia(query string) bool {
	list, _ := tryCall(js.Global(), "matchMedia", query)
	return get(list, "matches").Truthy()
}

// listen calls f at every event of window of a type, for good.
func listen(event string, f func()) {
	_, _ = tryCall(js.Global(), "addEventListener", event, handler(func(js.Value) any {
		go f()
		return nil
	}))
}
