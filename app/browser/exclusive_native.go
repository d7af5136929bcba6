//go:build !js

package browser

import "context"

// Exclusive runs do while no other tab runs under the same name, and returns
// do's error. The context bounds the wait, not do: the error is the context's
// where it ended first, and do has then not run. It must not be nested.
//
// Natively every caller counts as a tab.
func Exclusive(ctx context.Context, name string, do func() error) error {
	return inTurn(ctx, name, do)
}
