//go:build !js

package browser

import (
	"context"
	"time"

	"twinlock/app/platform"
)

// OpenPopup always reports [ErrPopupBlocked]: there is no window to open.
func OpenPopup() (Popup, error) { return nil, ErrPopupBlocked }

// Origin is the page's scheme, host and port; natively a fixed one.
func Origin() string { return "http://localhost" }

// Assign leaves the page for a URL; natively it does nothing.
func Assign(string) {}

// Standalone tells whether the page runs as an installed app.
func Standalone() bool { return false }

// HomeScreen tells whether the page can be put on the home screen by hand alone.
func HomeScreen() bool { return false }

// Narrow tells whether the window is as narrow as a phone's.
func Narrow() bool { return false }

// Language is the language that the person prefers; natively there is none.
func Language() string { return "" }

// Online is false when the browser is sure that there is no network.
func Online() bool { return true }

// FormatTime writes a moment; natively in one form for every language.
func FormatTime(t time.Time, _ string) string { return t.UTC().Format(time.DateTime) }

// FormatDate writes a day; natively in one form for every language.
func FormatDate(t time.Time, _ string) string { return t.UTC().Format(time.DateOnly) }

// Copy puts a text on the clipboard; natively it does nothing.
func Copy(context.Context, string) error { return nil }

// Download offers data to be saved; natively it does nothing.
func Download(string, string, []byte) {}

// TakeCallback returns what the page was called back with; natively nothing.
func TakeCallback() (string, bool) { return "", false }

// TakeShortcut returns the shortcut that the page was opened with; natively none.
func TakeShortcut() string { return "" }

// Configuration returns the configuration; natively there is none to fetch.
func Configuration(context.Context) ([]byte, error) { return nil, platform.ErrNetwork }

// Mounting tells the boot script that the program's page is about to be there.
func Mounting() {}

// Mounted tells the boot script that the program's page is there.
func Mounted() {}

// Update loads the page anew; natively it does nothing.
func Update() {}

// OnConnection calls f whenever the browser loses or regains the network.
func OnConnection(func()) {}

// Ready tells the boot script that the page now answers by itself.
func Ready() {}
