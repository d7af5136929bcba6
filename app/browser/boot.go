package browser

import "context"

// The functions of this file are how the program and the boot script talk to each
// other; web/CONTRACT.md lists the names that stand between the two.

// PopCallback returns what the page was called back with: the query and the
// fragment of the address, as "?code=…&state=…". The boot script has removed them
// from the address bar. Only the first call returns them; later ones, and those of a
// page that was not called back, report false. So does every call natively.
func PopCallback() (callback string, ok bool) { return popCallback() }

// PopShortcut returns the shortcut of the installed app that the page was opened
// with, as "link" for "?do=link" (see "shortcuts" in the web app manifest), and
// removes it from the address bar. It returns "" where there is none, and natively.
func PopShortcut() string { return popShortcut() }

// Configuration returns the text of config.json. The boot script has asked for it
// while the program was still loading; Configuration waits for the answer. The error
// is [platform.ErrNetwork] when there is none, or the context's error when that
// ended first; natively it is always the former.
func Configuration(ctx context.Context) ([]byte, error) { return configuration(ctx) }

// Mounting tells the boot script that the program is about to replace the page that
// came with the document by its own. Natively it does nothing.
func Mounting() { mounting() }

// Mounted tells the boot script that the program's page is there. Natively it does
// nothing.
func Mounted() { mounted() }

// Ready tells the boot script that the program's page takes clicks by itself.
// Natively it does nothing.
func Ready() { ready() }

// Update reloads the page, in its new version if one is waiting. Natively it does
// nothing.
func Update() { update() }
