package browser

// Download offers data of a MIME type to be saved under a file name. Call it while
// a click is being handled: browsers ask before any other download. The error says what the
// browser lacks for it. Natively it does nothing.
func Download(name, mime string, data []byte) error { return download(name, mime, data) }
