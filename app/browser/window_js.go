//go:build js

package browser

import (
	"context"
	"fmt"
	"syscall/js"
	"time"

	"twinlock/app/platform"
)

// Width and height of a pop-up window, in CSS pixels.
const (
	popupWidth  = 480
	popupHeight = 640
)

type popup struct{ window js.Value }

// OpenPopup opens an empty window in the middle of this one. It must be called
// while a click is being handled: browsers block any other window.
func OpenPopup() (Popup, error) {
	w := js.Global()
	left := w.Get("screenX").Int() + max(0, (w.Get("outerWidth").Int()-popupWidth)/2)
	top := w.Get("screenY").Int() + max(0, (w.Get("outerHeight").Int()-popupHeight)/2)
	features := fmt.Sprintf("popup,width=%d,height=%d,left=%d,top=%d", popupWidth, popupHeight, left, top)
	var opened js.Value
	if err := try(func() { opened = w.Call("open", "about:blank", "_blank", features) }); err != nil || !opened.Truthy() {
		return nil, ErrPopupBlocked
	}
	return popup{opened}, nil
}

func (p popup) Navigate(url string) {
	_ = try(func() { p.window.Get("location").Call("replace", url) })
}

func (p popup) Closed() bool {
	closed := true
	_ = try(func() { closed = p.window.Get("closed").Bool() })
	return closed
}

func (p popup) Close() { _ = try(func() { p.window.Call("close") }) }

// Origin is the page's scheme, host and port.
func Origin() string { return js.Global().Get("location").Get("origin").String() }

// Assign leaves the page for a URL.
func Assign(url string) { js.Global().Get("location").Call("assign", url) }

// Standalone tells whether the page runs as an installed app, where a pop-up
// window would open another program.
func Standalone() bool {
	return matches("(display-mode: standalone)") || js.Global().Get("navigator").Get("standalone").Truthy()
}

// HomeScreen tells whether the page can be put on the home screen by hand alone:
// on iOS and iPadOS, whose browsers never offer it. Only they tell pages whether
// they were opened from there.
func HomeScreen() bool {
	standalone := js.Global().Get("navigator").Get("standalone")
	return standalone.Type() == js.TypeBoolean && !standalone.Bool() && matches("(pointer: coarse)")
}

// Narrow tells whether the window is as narrow as a phone's.
func Narrow() bool { return matches("(max-width: 40rem)") }

func matches(query string) bool {
	return js.Global().Call("matchMedia", query).Get("matches").Bool()
}

// Language is the language that the person prefers, for instance "de-AT".
func Language() string { return js.Global().Get("navigator").Get("language").String() }

// Online is false when the browser is sure that there is no network.
func Online() bool {
	online := js.Global().Get("navigator").Get("onLine")
	return online.Type() != js.TypeBoolean || online.Bool()
}

// FormatTime writes a moment as the language does, in the person's time zone.
func FormatTime(t time.Time, language string) string {
	return format(t, language, map[string]any{"dateStyle": "medium", "timeStyle": "short"})
}

// FormatDate writes a day as the language does, in the person's time zone.
func FormatDate(t time.Time, language string) string {
	return format(t, language, map[string]any{"dateStyle": "medium"})
}

func format(t time.Time, language string, options map[string]any) string {
	text := t.Format(time.DateTime)
	_ = try(func() {
		text = js.Global().Get("Date").New(t.UnixMilli()).Call("toLocaleString", language, options).String()
	})
	return text
}

// Copy puts a text on the clipboard.
func Copy(ctx context.Context, text string) error {
	clipboard := js.Global().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		return fmt.Errorf("no clipboard in this browser")
	}
	_, err := await(ctx, clipboard.Call("writeText", text))
	return err
}

// Download offers the data to be saved under a file name. It must be called
// while a click is being handled: browsers ask before any other download.
func Download(name, mime string, data []byte) {
	w := js.Global()
	blob := w.Get("Blob").New([]any{arrayOf(data)}, map[string]any{"type": mime})
	address := w.Get("URL").Call("createObjectURL", blob)
	link := w.Get("document").Call("createElement", "a")
	link.Set("href", address)
	link.Set("download", name)
	link.Call("click")
	// Not at once: a browser may still be asking where to save it.
	time.AfterFunc(time.Minute, func() { w.Get("URL").Call("revokeObjectURL", address) })
}

// TakeCallback returns the query and fragment that the page was called back
// with, once. The boot script took them from the address bar before this
// program was there.
func TakeCallback() (string, bool) { return take("twinlockTakeCallback") }

// TakeShortcut returns, once, the shortcut of the installed app that the page was
// opened with: "link" for "?do=link".
func TakeShortcut() string {
	location := js.Global().Get("location")
	shortcut := js.Global().Get("URLSearchParams").New(location.Get("search")).Call("get", "do")
	if shortcut.Type() != js.TypeString {
		return ""
	}
	js.Global().Get("history").Call("replaceState", nil, "", location.Get("pathname"))
	return shortcut.String()
}

// Configuration waits for the configuration that the boot script fetched while
// the program was still loading.
func Configuration(ctx context.Context) ([]byte, error) {
	promise := js.Global().Get("twinlockConfiguration")
	if !promise.Truthy() {
		return nil, fmt.Errorf("%w: the boot script asked for no configuration", platform.ErrNetwork)
	}
	text, err := await(ctx, promise)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", platform.ErrNetwork, err)
	}
	return []byte(text.String()), nil
}

// Mounting tells the boot script that the program is about to put its page in the
// place of the one that came with the document.
func Mounting() { call("twinlockMounting") }

// Mounted tells the boot script that the program's page has taken the place of
// the one that came with the document.
func Mounted() { call("twinlockMounted") }

// Ready tells the boot script that the page now answers by itself.
func Ready() { call("twinlockReady") }

// Update loads the page anew, in its new version if there is one.
func Update() { call("twinlockUpdate") }

func call(function string) {
	if f := js.Global().Get(function); f.Type() == js.TypeFunction {
		f.Invoke()
	}
}

// OnConnection calls f whenever the browser loses or regains the network.
func OnConnection(f func()) {
	changed := js.FuncOf(func(js.Value, []js.Value) any {
		go f()
		return nil
	})
	js.Global().Call("addEventListener", "online", changed)
	js.Global().Call("addEventListener", "offline", changed)
}

func take(function string) (string, bool) {
	f := js.Global().Get(function)
	if f.Type() != js.TypeFunction {
		return "", false
	}
	v := f.Invoke()
	if v.Type() != js.TypeString {
		return "", false
	}
	return v.String(), true
}
