//go:build js

package browser

import (
	"fmt"
	"syscall/js"
)

// Width and height of a pop-up window, in CSS pixels.
const (
	popupWidth  = 480
	popupHeight = 640
)

type popup struct{ window js.Value }

func openPopup() (Popup, error) {
	w := js.Global()
	left := w.Get("screenX").Int() + max(0, (w.Get("outerWidth").Int()-popupWidth)/2)
	top := w.Get("screenY").Int() + max(0, (w.Get("outerHeight").Int()-popupHeight)/2)
	features := fmt.Sprintf("popup,width=%d,height=%d,left=%d,top=%d", popupWidth, popupHeight, left, top)
	opened, err := tryCall(w, "open", "about:blank", "_blank", features)
	if err != nil || !opened.Truthy() {
		return nil, ErrPopupBlocked
	}
	return popup{opened}, nil
}

func (p popup) Navigate(url string) {
	_ = try(func() { p.window.Get("location").Call("replace", url) })
}

func (p popup) Closed() bool {
	closed := true
	_ = try(func() { closed = p.window.Get("closed").Bool() })
	return closed
}

func (p popup) Close() { _, _ = tryCall(p.window, "close") }
