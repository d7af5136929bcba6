package browser

import "context"

// Copy puts a text on the clipboard. Call it while a click is being handled:
// browsers may refuse it at any other time. The error says that they did, that there
// is no clipboard, or that the context ended first. Natively it does nothing.
func Copy(ctx context.Context, text string) error { return copyText(ctx, text) }

// Download offers data of a MIME type to be saved under a file name. Call it while
// a click is being handled: browsers ask before any other download. The error says what the
// browser lacks for it. Natively it does nothing.
func Download(name, mime string, data []byte) error { return download(name, mime, data) }
