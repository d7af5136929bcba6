//go:build !js

package browser

func download(string, string, []byte) error { return nil }
