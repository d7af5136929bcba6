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
	left := pixels("screenX") + max(0, (pixels("outerWidth")-popupWidth)/2)
	top := pixels("screenY") + max(0, (pixels("outerHeight")-popupHeight)/2)
	features := fmt.Sprintf("popup,width=%d,height=%d,left=%d,top=%d", popupWidth, popupHeight, left, top)
	opened, err := tryCall(js.Global(), "open", "about:blank", "_blank", features)
	if err != nil || !opened.Truthy() {
		return nil, ErrPopupBlocked
	}
	return popup{opened}, nil
}

func pixels(name string) int { return int(numberOf(global(name))) }

func (p popup) Navigate(url string) {
	_ = try(func() { p.window.Get("location").Call("replace", url) })
}

func (p popup) Closed() bool {
	closed := true
	_ = try(func() { closed = p.window.Get("closed").Bool() })
	return closed
}

func (p popup) Close() { _, _ = tryCall(p.window, "close") }
