package platform

import "context"

// Mutex keeps the tabs of a site from doing the same thing at once.
type Mutex interface {
	// Exclusive runs do while no other tab runs anything under the same name, and
	// returns do's error. The context limits the wait for the other tabs, not do: where
	// it ends first do has not run, and the error is the context's. Calls under one name
	// must not be nested: the inner one would wait for ever.
	Exclusive(ctx context.Context, name string, do func() error) error
}
