//go:build !js

package browser

// Natively they last as long as the program.
var localStorage, sessionStorage = new(Memory), new(Memory)
