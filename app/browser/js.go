//go:build js

package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall/js"
)

// try runs f and returns as an error what JavaScript throws in it, or what package js
// panics with when a value is not of the kind that f needs, for instance undefined, or has
// no such method. Without it each ends the program.
func try(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case js.Error:
			err = r
		case *js.ValueError:
			err = r
		case string:
			if !strings.HasPrefix(r, "syscall/js: ") {
				panic(r)
			}
			err = errors.New(r)
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

// get returns the property at the end of a path of properties. It is undefined where one
// of them is missing, or where reading it throws, as that of localStorage does where site
// data is blocked. Value.Get ends the program in both cases.
func get(v js.Value, path ...string) js.Value {
	for _, name := range path {
		var err error
		if v, err = tryCall(js.Global().Get("Reflect"), "get", v, name); err != nil {
			return js.Undefined()
		}
	}
	return v
}

// global returns what window has at the end of a path; see get.
func global(path ...string) js.Value { return get(js.Global(), path...) }

// textOf returns a text, "" where the value is none.
func textOf(v js.Value) string {
	if v.Type() != js.TypeString {
		return ""
	}
	return v.String()
}

// numberOf returns a number, 0 where the value is none.
func numberOf(v js.Value) float64 {
	if v.Type() != js.TypeNumber {
		return 0
	}
	return v.Float()
}

// handler makes a function that the browser calls with one argument. It returns undefined
// where f needs what the browser does not have.
func handler(f func(js.Value) any) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) (result any) {
		_ = try(func() { result = f(first(args)) })
		return result
	})
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

// awaitCall calls a method that returns a promise, and waits for that.
func awaitCall(ctx context.Context, v js.Value, method string, args ...any) (js.Value, error) {
	promise, err := tryCall(v, method, args...)
	if err != nil {
		return js.Undefined(), err
	}
	return await(ctx, promise)
}

// request waits for an IndexedDB request, or until the context ends.
func request(ctx context.Context, r js.Value) (js.Value, error) {
	return wait(ctx, func(done, fail js.Func) {
		r.Set("onsuccess", done)
		r.Set("onerror", fail)
	}, func([]js.Value) js.Value { return get(r, "result") })
}

// wait attaches two functions to what will call one of them, and waits for that. Where
// they cannot be attached, the error says why.
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
	if err := try(func() { attach(done, fail) }); err != nil {
		release()
		return js.Undefined(), err
	}
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
	if target := get(v, "target"); target.Type() == js.TypeObject {
		v = get(target, "error")
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
