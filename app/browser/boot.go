package browser

import (
	"context"
	"fmt"
	"net/url"

	"twinlock/app/platform"
)

// The functions of this file are how the program and the boot script talk to each
// other; web/CONTRACT.md lists the names that stand between the two.

// PopCallback returns what the page was called back with: the query and the
// fragment of the address, as "?code=…&state=…". The boot script has removed them
// from the address bar. Only the first call returns them; later ones, and those of a
// page that was not called back, report false. So does every call natively.
func PopCallback() (callback string, ok bool) { return pop("twinlockPopCallback") }

// PopShortcut returns the shortcut of the installed app that the page was opened
// with, as "link" for "?do=link" (see "shortcuts" in the web app manifest), and
// removes it from the address bar. It returns "" where there is none, and natively.
func PopShortcut() string {
	address, err := url.Parse(property("location", "search"))
	if err != nil || !address.Query().Has("do") {
		return ""
	}
	invoke("history", "replaceState", nil, "", property("location", "pathname"))
	return address.Query().Get("do")
}

// Configuration returns the text of config.json. The boot script has asked for it
// while the program was still loading; Configuration waits for the answer. When there is
// none before the context ends, the error is [platform.ErrNetwork]; natively it always is.
func Configuration(ctx context.Context) ([]byte, error) {
	text, err := promised(ctx, "twinlockConfiguration")
	if err != nil {
		return nil, fmt.Errorf("%w: %v", platform.ErrNetwork, err)
	}
	return []byte(text), nil
}

// Catalogue returns the text of the catalogue of the person's language, which the boot script
// has asked for; otherwise it is as [Configuration].
func Catalogue(ctx context.Context) ([]byte, error) {
	text, err := promised(ctx, "twinlockCatalogue")
	if err != nil {
		return nil, fmt.Errorf("%w: %v", platform.ErrNetwork, err)
	}
	return []byte(text), nil
}

// Mounting tells the boot script that the program is about to replace the page that
// came with the document by its own. Natively it does nothing.
func Mounting() { call("twinlockMounting") }

// ShowsLastView reports whether the boot script shows what was seen at the last visit; natively
// false.
func ShowsLastView() bool { return windowFlag("twinlockLast") }

// View returns the page in the form in which the boot script can show it again, "" where that
// cannot be had: a translator or an extension has changed it. Natively it is "".
func View() string { view, _ := pop("twinlockView"); return view }

// Mounted tells the boot script that the program's page is there. Natively it does
// nothing.
func Mounted() { call("twinlockMounted") }

// Ready tells the boot script that the program's page takes clicks by itself.
// Natively it does nothing.
func Ready() { call("twinlockReady") }

// Update reloads the page, in its new version if one is waiting. Natively it does
// nothing.
func Update() { call("twinlockUpdate") }
