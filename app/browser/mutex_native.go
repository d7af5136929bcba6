//go:build !js

package browser

import "context"

func exclusive(ctx context.Context, name string, do func() error) error {
	return withMutex(ctx, name, do)
}
