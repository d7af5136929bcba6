//go:build js

package browser

import (
	"context"
	"errors"
	"syscall/js"
)

// pop calls a function of window that returns a text or null.
func pop(function string) (string, bool) {
	f := js.Global().Get(function)
	if f.Type() != js.TypeFunction {
		return "", false
	}
	v := f.Invoke()
	return v.String(), v.Type() == js.TypeString
}

// promised waits for a property of window that is a promise of a text.
func promised(ctx context.Context, name string) (string, error) {
	promise := js.Global().Get(name)
	if !promise.Truthy() {
		return "", errors.New("the boot script has promised none")
	}
	text, err := await(ctx, promise)
	return text.String(), err
}

// call calls a function of window, if it is there.
func call(function string) {
	if f := js.Global().Get(function); f.Type() == js.TypeFunction {
		f.Invoke()
	}
}
