//go:build js

package browser

import (
	"context"
	"errors"
	"syscall/js"
	"time"
)

func copyText(ctx context.Context, text string) error {
	clipboard := js.Global().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		return errors.New("no clipboard in this browser")
	}
	_, err := await(ctx, clipboard.Call("writeText", text))
	return err
}

func download(name, mime string, data []byte) {
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
