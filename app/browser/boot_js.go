//go:build js

package browser

import (
	"context"
	"errors"
	"syscall/js"
)

// pop calls a function of window that returns a text or null.
func pop(function string) (string, bool) {
	v, err := tryCall(js.Global(), function)
	return textOf(v), err == nil && v.Type() == js.TypeString
}

// promised waits for a property of window that is a promise of a text.
func promised(ctx context.Context, name string) (string, error) {
	promise := global(name)
	if !promise.Truthy() {
		return "", errors.New("the boot script has promised none")
	}
	text, err := await(ctx, promise)
	return textOf(text), err
}

// call calls a function of window, if it is there.
func call(function string) { _, _ = tryCall(js.Global(), function) }
