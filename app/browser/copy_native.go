//go:build !js

package browser

import "context"

func copyText(context.Context, string) error { return nil }

func download(string, string, []byte) error { return nil }
