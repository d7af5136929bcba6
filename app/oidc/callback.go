package oidc

import (
	"fmt"
	"net/url"
	"strings"
)

// Bounds of what a callback's URL may carry, in bytes.
const (
	maxCallback = 16 << 10
	maxState    = 256
	maxCode     = 4 << 10
	maxIssuer   = 512
	maxError    = 64
)

// Callback is an answer to an authorization request as it stands in the
// callback's URL: nothing in it is proven.
type Callback struct {
	State, Code, Issuer, Error, ErrorDescription string
}

// ParseCallback reads an answer from the query or the fragment of the URL that
// the person came back to. It is either a code or an error, each parameter
// given once (RFC 6749 section 3.1); what else the URL holds is ignored.
//
// The one error is [ErrCallback], and it repeats nothing of the URL.
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
		// Nobody asked for these here: who puts them in a URL forges.
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

// callbackValues joins query and fragment, so that what is in both counts as
// given twice.
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
