//go:build !js

package browser

var tab Memory

// Tab returns the storage of this tab; natively one that lasts as long as the
// program.
func Tab() Storage { return &tab }
