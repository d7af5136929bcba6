//go:build js

package browser

import (
	"context"
	"syscall/js"
)

// exclusive uses the Web Locks API (navigator.locks).
func exclusive(ctx context.Context, name string, do func() error) error {
	locks := js.Global().Get("navigator").Get("locks")
	if !locks.Truthy() {
		return withMutex(ctx, name, do)
	}
	l := requestLock(locks, name)
	select {
	case release := <-l.granted:
		defer release.Invoke()
		return do()
	case <-l.refused:
		return withMutex(ctx, name, do)
	case <-ctx.Done():
		l.withdraw()
		return ctx.Err()
	}
}

// lockRequest is a lock that this tab has requested. The browser grants it by calling
// back, and keeps it locked until the promise that the callback returned is resolved.
type lockRequest struct {
	// abort is the AbortController of the request.
	abort js.Value
	// granted receives, once the lock is granted, the function that resolves the
	// promise and so releases it.
	granted chan js.Value
	// refused is closed when the request has ended without the lock.
	refused chan struct{}
}

func requestLock(locks js.Value, name string) *lockRequest {
	l := &lockRequest{
		abort:   js.Global().Get("AbortController").New(),
		granted: make(chan js.Value, 1),
		refused: make(chan struct{}),
	}
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any {
		l.granted <- args[0]
		return nil
	})
	callback := js.FuncOf(func(js.Value, []js.Value) any {
		return js.Global().Get("Promise").New(executor)
	})
	go func() {
		defer executor.Release()
		defer callback.Release()
		err := try(func() {
			promise := locks.Call("request", name, map[string]any{"signal": l.abort.Get("signal")}, callback)
			if _, err := await(context.Background(), promise); err != nil {
				close(l.refused)
			}
		})
		if err != nil {
			close(l.refused)
		}
	}()
	return l
}

// withdraw cancels the request, and releases the lock if it was granted meanwhile.
func (l *lockRequest) withdraw() {
	l.abort.Call("abort")
	go func() {
		select {
		case release := <-l.granted:
			release.Invoke()
		case <-l.refused:
		}
	}()
}
