//go:build !js

package browser

import (
	"context"
	"errors"
)

func pop(string) (string, bool) { return "", false }

func promised(context.Context, string) (string, error) { return "", errors.New("no boot script") }

func call(string) {}
