package main

import (
	"strings"
	"syscall"
	"testing"
)

// Attack case 39: the address of a callback, with the code in it, is written
// nowhere.
func TestCallbackIsNotLogged(t *testing.T) {
	needBundle(t)
	p := startProcess(t, "serve", "--addr=127.0.0.1:0", "--domain=acme.eu.auth0.com", "--client-id=abc", "--connections=google-oauth2")
	home := p.line(t, "ready: ")
	for _, path := range []string{"callback", "no/such/page"} {
		get(t, home+path+"?code=code-of-ada&state=state-of-ada")
	}
	out := p.end(t, syscall.SIGTERM)
	if written := out + p.stderr.String(); strings.Contains(written, "of-ada") {
		t.Errorf("the server wrote %q", written)
	}
}
