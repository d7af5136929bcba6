//go:build js

package browser

import (
	"context"
	"syscall/js"
)

// exclusive is by the Web Locks API.
func exclusive(ctx context.Context, name string, do func() error) error {
	locks := js.Global().Get("navigator").Get("locks")
	if !locks.Truthy() {
		return inTurn(ctx, name, do)
	}
	l := requestLock(locks, name)
	select {
	case release := <-l.granted:
		defer release.Invoke()
		return do()
	case <-l.refused:
		return inTurn(ctx, name, do)
	case <-ctx.Done():
		l.withdraw()
		return ctx.Err()
	}
}

// lockRequest is a lock that was asked for. The browser holds the lock until
// the promise that its callback returned is resolved; granted yields the
// function that does so.
type lockRequest struct {
	abort   js.Value
	granted chan js.Value
	refused chan struct{} // closed when the request has ended without the lock
}

func requestLock(locks js.Value, name string) *lockRequest {
	l := &lockRequest{
		abort:   js.Global().Get("AbortController").New(),
		granted: make(chan js.Value, 1),
		refused: make(chan struct{}),
	}
	hold := js.FuncOf(func(_ js.Value, args []js.Value) any {
		l.granted <- args[0]
		return nil
	})
	callback := js.FuncOf(func(js.Value, []js.Value) any {
		return js.Global().Get("Promise").New(hold)
	})
	go func() {
		defer hold.Release()
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

// withdraw gives up a lock that may have been granted at this very moment.
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
