package browser

import "errors"

// ErrPopupBlocked: the browser did not open the window.
//
//sentence:none the lock redirects instead
var ErrPopupBlocked = errors.New("the pop-up window was blocked")

// Popup is a window that this page opened.
type Popup interface {
	// Navigate sends the window to a URL.
	Navigate(url string)
	// Closed tells whether the person has closed it.
	Closed() bool
	Close()
}
