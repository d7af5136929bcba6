//go:build js

package browser

import (
	"syscall/js"
	"time"
)

func origin() string { return js.Global().Get("location").Get("origin").String() }

func assign(url string) { js.Global().Get("location").Call("assign", url) }

func standalone() bool {
	return matches("(display-mode: standalone)") || js.Global().Get("navigator").Get("standalone").Truthy()
}

func homeScreen() bool {
	standalone := js.Global().Get("navigator").Get("standalone")
	return standalone.Type() == js.TypeBoolean && !standalone.Bool() && matches("(pointer: coarse)")
}

func narrow() bool { return matches("(max-width: 40rem)") }

func matches(query string) bool {
	return js.Global().Call("matchMedia", query).Get("matches").Bool()
}

func language() string { return js.Global().Get("navigator").Get("language").String() }

func online() bool {
	online := js.Global().Get("navigator").Get("onLine")
	return online.Type() != js.TypeBoolean || online.Bool()
}

func onConnection(f func()) {
	changed := js.FuncOf(func(js.Value, []js.Value) any {
		go f()
		return nil
	})
	js.Global().Call("addEventListener", "online", changed)
	js.Global().Call("addEventListener", "offline", changed)
}

func formatTime(t time.Time, language string) string {
	return format(t, language, map[string]any{"dateStyle": "medium", "timeStyle": "short"})
}

func formatDate(t time.Time, language string) string {
	return format(t, language, map[string]any{"dateStyle": "medium"})
}

func format(t time.Time, language string, options map[string]any) string {
	text := t.Format(time.DateTime)
	_ = try(func() {
		text = js.Global().Get("Date").New(t.UnixMilli()).Call("toLocaleString", language, options).String()
	})
	return text
}
