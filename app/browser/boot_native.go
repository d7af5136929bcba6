//go:build !js

package browser

import (
	"context"

	"twinlock/app/platform"
)

func popCallback() (string, bool) { return "", false }

func popShortcut() string { return "" }

func configuration(context.Context) ([]byte, error) { return nil, platform.ErrNetwork }

func mounting() {}

func mounted() {}

func ready() {}

func update() {}
