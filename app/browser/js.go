//go:build js

package browser

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"
)

// try runs f and returns as an error what JavaScript throws in it, or what package js
// panics with when a value is not of the kind that f needs, for instance undefined.
// Without it either ends the program.
func try(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case js.Error:
			err = r
		case *js.ValueError:
			err = r
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

// tryCall calls a method of a value, and returns as an error what it throws.
func tryCall(v js.Value, method string, args ...any) (result js.Value, err error) {
	err = try(func() { result = v.Call(method, args...) })
	return result, err
}

// outcome is the result of a promise or of an IndexedDB request.
type outcome struct {
	value js.Value
	err   error
}

// await waits for a promise, or until the context ends. The callbacks are released
// when the promise is resolved or rejected, even if that is long after.
func await(ctx context.Context, promise js.Value) (js.Value, error) {
	return wait(ctx, func(done, fail js.Func) { promise.Call("then", done, fail) }, first)
}

// request waits for an IndexedDB request, or until the context ends.
func request(ctx context.Context, r js.Value) (js.Value, error) {
	return wait(ctx, func(done, fail js.Func) {
		r.Set("onsuccess", done)
		r.Set("onerror", fail)
	}, func([]js.Value) js.Value { return r.Get("result") })
}

func wait(ctx context.Context, attach func(done, fail js.Func), value func([]js.Value) js.Value) (js.Value, error) {
	result := make(chan outcome, 1)
	var done, fail js.Func
	release := func() {
		done.Release()
		fail.Release()
	}
	done = js.FuncOf(func(_ js.Value, args []js.Value) any {
		defer release()
		result <- outcome{value: value(args)}
		return nil
	})
	fail = js.FuncOf(func(_ js.Value, args []js.Value) any {
		defer release()
		result <- outcome{err: reason(first(args))}
		return nil
	})
	attach(done, fail)
	select {
	case s := <-result:
		return s.value, s.err
	case <-ctx.Done():
		return js.Undefined(), ctx.Err()
	}
}

func first(args []js.Value) js.Value {
	if len(args) == 0 {
		return js.Undefined()
	}
	return args[0]
}

// reason makes an error of what a promise was rejected with, or of an error event.
func reason(v js.Value) error {
	if v.Type() != js.TypeObject {
		return fmt.Errorf("rejected: %s", v.String())
	}
	if target := v.Get("target"); target.Type() == js.TypeObject {
		v = target.Get("error")
	}
	if v.Type() != js.TypeObject {
		return errors.New("rejected without a reason")
	}
	return js.Error{Value: v}
}

func bytesOf(v js.Value) []byte {
	array := js.Global().Get("Uint8Array").New(v)
	b := make([]byte, array.Length())
	js.CopyBytesToGo(b, array)
	return b
}

func arrayOf(b []byte) js.Value {
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}
