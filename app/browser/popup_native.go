//go:build !js

package browser

func openPopup() (Popup, error) { return nil, ErrPopupBlocked }
