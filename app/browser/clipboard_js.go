//go:build js

package browser

import "context"

func writeClipboard(ctx context.Context, text string) error {
	_, err := awaitCall(ctx, global("navigator", "clipboard"), "writeText", text)
	return err
}
