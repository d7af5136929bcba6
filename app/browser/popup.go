package browser

import "errors"

// ErrPopupBlocked is returned when the browser did not open the window.
//
//sentence:none the lock redirects instead
var ErrPopupBlocked = errors.New("the pop-up window was blocked")

// Popup is a window that this page has opened. Its methods never fail: a window
// that is gone is as good as a closed one.
type Popup interface {
	// Navigate sends the window to a URL, without an entry in its history.
	Navigate(url string)
	// Closed reports whether the window is closed. It also reports true once a
	// page in the window has a Cross-Origin-Opener-Policy that parts it from this
	// one.
	Closed() bool
	// Close closes the window.
	Close()
}

// OpenPopup opens an empty window of 480 by 640 CSS pixels in the middle of this
// one. Call it while a click is being handled: browsers block any other window.
// The error is [ErrPopupBlocked]; natively it always is.
func OpenPopup() (Popup, error) { return openPopup() }
