//go:build js

package browser

import (
	"context"
	"fmt"
	"syscall/js"

	"twinlock/app/platform"
)

func popCallback() (string, bool) {
	f := js.Global().Get("twinlockPopCallback")
	if f.Type() != js.TypeFunction {
		return "", false
	}
	v := f.Invoke()
	if v.Type() != js.TypeString {
		return "", false
	}
	return v.String(), true
}

func popShortcut() string {
	location := js.Global().Get("location")
	shortcut := js.Global().Get("URLSearchParams").New(location.Get("search")).Call("get", "do")
	if shortcut.Type() != js.TypeString {
		return ""
	}
	js.Global().Get("history").Call("replaceState", nil, "", location.Get("pathname"))
	return shortcut.String()
}

func configuration(ctx context.Context) ([]byte, error) {
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

func mounting() { call("twinlockMounting") }

func mounted() { call("twinlockMounted") }

func ready() { call("twinlockReady") }

func update() { call("twinlockUpdate") }

func call(function string) {
	if f := js.Global().Get(function); f.Type() == js.TypeFunction {
		f.Invoke()
	}
}
