//go:build js

package browser

import (
	"strings"
	"syscall/js"
	"time"
)

// property returns a text that an object of window has, as location.origin, or, with the object
// "", window itself; "" where there is none.
func property(object, name string) string {
	if object == "" {
		return textOf(global(name))
	}
	return textOf(global(object, name))
}

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

// format writes a date and, if clock is a style of Intl.DateTimeFormat, the time of day, in
// a time zone or, with "", the person's. It writes them as the person's region does, where
// that has the language.
func format(t time.Time, language, clock, zone string) string {
	if own := Language(); strings.HasPrefix(own, language+"-") {
		language = own
	}
	options := map[string]any{"dateStyle": "medium"}
	if clock != "" {
		options["timeStyle"] = clock
	}
	if zone != "" {
		options["timeZone"] = zone
	}
	var text string
	if try(func() {
		text = global("Date").New(t.UnixMilli()).Call("toLocaleString", language, options).String()
	}) != nil { // not a language
		return t.Format(time.DateTime)
	}
	return text
}

func aheadOfUTC(t time.Time) (minutes int) {
	_ = try(func() { minutes = -global("Date").New(t.UnixMilli()).Call("getTimezoneOffset").Int() })
	return minutes
}
