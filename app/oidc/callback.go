package oidc

import (
	"fmt"
	"net/url"
	"strings"
)

// Limits of what a callback's URL may carry, in bytes.
const (
	maxCallback = 16 << 10
	maxState    = 256
	maxCode     = 4 << 10
	maxIssuer   = 512
	maxError    = 64
)

// Callback is an answer to an authorization request as it stands in the callback's URL:
// nothing in it is proven.
type Callback struct {
	// State names the transaction that the answer claims to be for; never "".
	State string
	// Code is what is exchanged for tokens; "" if the answer is an error.
	Code string
	// Issuer is who answers, by its own word (RFC 9207); "" if it does not say.
	Issuer string
	// Error is the code of an error (RFC 6749 section 4.1.2.1); "" if there is a Code.
	Error string
	// ErrorDescription is inert text of at most 300 characters, which anybody may have
	// written; mostly "".
	ErrorDescription string
}

// ParseCallback reads an answer from the query or the fragment of the URL that the person
// came back to. It is either a code or an error, each parameter given once (RFC 6749
// section 3.1). Whatever else the URL has is ignored.
//
// Errors: [ErrCallback], whose text repeats nothing of the URL.
func ParseCallback(rawURL string) (Callback, error) {
	cb, err := parseCallback(rawURL)
	if err != nil {
		return Callback{}, fmt.Errorf("%w: %w", ErrCallback, err)
	}
	return cb, nil
}

func parseCallback(rawURL string) (Callback, error) {
	values, err := callbackValues(rawURL)
	if err != nil {
		return Callback{}, err
	}
	for _, name := range []string{"access_token", "id_token", "refresh_token"} {
		// This client never asks for these in a URL: somebody has forged it.
		if values.Has(name) {
			return Callback{}, fmt.Errorf("it carries tokens")
		}
	}
	var cb Callback
	for _, p := range []struct {
		name  string
		field *string
		max   int
	}{
		{"state", &cb.State, maxState},
		{"code", &cb.Code, maxCode},
		{"iss", &cb.Issuer, maxIssuer},
		{"error", &cb.Error, maxError},
	} {
		given := values[p.name]
		if len(given) > 1 {
			return Callback{}, fmt.Errorf("%s given twice", p.name)
		}
		if len(given) == 0 {
			continue
		}
		if len(given[0]) > p.max || strings.ContainsFunc(given[0], notVisible) {
			return Callback{}, fmt.Errorf("%s is too long or has characters it may not have", p.name)
		}
		*p.field = given[0]
	}
	switch description := values["error_description"]; {
	case len(description) > 1:
		return Callback{}, fmt.Errorf("error_description given twice")
	case len(description) == 1 && cb.Error != "":
		cb.ErrorDescription = describe(description[0])
	}
	switch {
	case cb.State == "":
		return Callback{}, fmt.Errorf("no state")
	case (cb.Code == "") == (cb.Error == ""):
		return Callback{}, fmt.Errorf("not one of code and error")
	}
	return cb, nil
}

// callbackValues joins query and fragment: what is in both counts as given twice.
func callbackValues(rawURL string) (url.Values, error) {
	if len(rawURL) > maxCallback {
		return nil, fmt.Errorf("longer than %d bytes", maxCallback)
	}
	// Not url.Parse: its errors quote the URL, and the code is in there.
	rest, fragment, _ := strings.Cut(rawURL, "#")
	_, query, _ := strings.Cut(rest, "?")
	values := make(url.Values)
	for _, part := range []string{query, fragment} {
		parsed, err := url.ParseQuery(part)
		if err != nil {
			return nil, fmt.Errorf("not a query")
		}
		for name, given := range parsed {
			values[name] = append(values[name], given...)
		}
	}
	return values, nil
}

func notVisible(r rune) bool { return r <= ' ' || r > '~' }
