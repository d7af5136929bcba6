//go:build js

package browser

import (
	"context"
	"syscall/js"
)

// exclusive uses the Web Locks API (navigator.locks).
func exclusive(ctx context.Context, name string, do func() error) error {
	l := requestLock(name)
	select {
	case release := <-l.granted:
		defer invokeValue(release)
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
	// abort is the AbortController of the request; undefined where the browser has none.
	abort js.Value
	// granted receives, once the lock is granted, the function that resolves the
	// promise and so releases it.
	granted chan js.Value
	// refused is closed when the request has ended without the lock.
	refused chan struct{}
}

// requestLock requests a lock. Where the browser has none it is refused.
func requestLock(name string) *lockRequest {
	l := &lockRequest{
		granted: make(chan js.Value, 1),
		refused: make(chan struct{}),
	}
	executor := handler(func(release js.Value) any {
		l.granted <- release
		return nil
	})
	callback := handler(func(js.Value) any { return global("Promise").New(executor) })
	options := make(map[string]any)
	if try(func() { l.abort = global("AbortController").New() }) == nil {
		options["signal"] = get(l.abort, "signal")
	}
	go func() {
		defer executor.Release()
		defer callback.Release()
		locks := global("navigator", "locks")
		if _, err := awaitCall(context.Background(), locks, "request", name, options, callback); err != nil {
			close(l.refused)
		}
	}()
	return l
}

func invokeValue(f js.Value) { _ = try(func() { f.Invoke() }) }

// withdraw cancels the request, and releases the lock if it was granted meanwhile.
func (l *lockRequest) withdraw() {
	_, _ = tryCall(l.abort, "abort")
	go func() {
		select {
		case release := <-l.granted:
			invokeValue(release)
		case <-l.refused:
		}
	}()
}
