package browser

import "context"

// WriteClipboard puts a text on the clipboard. Call it while a click is being handled:
// browsers may refuse it at any other time. The error says that they did, that there
// is no clipboard, or that the context ended first. Natively it does nothing.
func WriteClipboard(ctx context.Context, text string) error { return writeClipboard(ctx, text) }
