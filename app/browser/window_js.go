//go:build js

package browser

import (
	"syscall/js"
	"time"
)

// property returns a text that an object of window has, as location.origin.
func property(object, name string) string { return js.Global().Get(object).Get(name).String() }

// invoke calls a method of an object of window.
func invoke(object, method string, args ...any) { js.Global().Get(object).Call(method, args...) }

// navigatorFlag returns a boolean of navigator, and whether this browser has it.
func navigatorFlag(name string) (value, known bool) {
	v := js.Global().Get("navigator").Get(name)
	return v.Truthy(), v.Type() == js.TypeBoolean
}

func matchesMedia(query string) bool {
	return js.Global().Call("matchMedia", query).Get("matches").Bool()
}

// listen calls f at every event of window of a type, for good.
func listen(event string, f func()) {
	js.Global().Call("addEventListener", event, js.FuncOf(func(js.Value, []js.Value) any {
		go f()
		return nil
	}))
}

// format writes a date and, if clock is a style of Intl.DateTimeFormat, the time of day.
func format(t time.Time, language, clock string) string {
	options := map[string]any{"dateStyle": "medium"}
	if clock != "" {
		options["timeStyle"] = clock
	}
	text, err := tryCall(js.Global().Get("Date").New(t.UnixMilli()), "toLocaleString", language, options)
	if err != nil { // not a language
		return t.Format(time.DateTime)
	}
	return text.String()
}
