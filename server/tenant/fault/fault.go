// Package fault makes a tenant misbehave: a [Fault] says how and towards which
// requests, [Parse] reads one, and a [Queue] applies those that wait as middleware.
package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"twinlock/server/tenant/decode"
)

// maxDelay is the longest delay of a fault.
const maxDelay = time.Minute

// A Fault makes the tenant misbehave towards matching requests. Its JSON is the body
// of POST /_emulator/faults.
type Fault struct {
	// Method is the request's, in any case. Empty: any.
	Method string `json:"method,omitempty"`
	// Path is a glob of the whole path; a * stays within its segment. Each segment is
	// compared as it was sent and decoded. It must begin with a slash.
	Path string `json:"path"`
	// Status answers instead of the endpoint, 200 to 599. 0: the endpoint answers.
	Status int `json:"status,omitempty"`
	// Headers are the answer's. Where the endpoint answers they replace its own, and
	// an empty one removes it.
	Headers map[string]string `json:"headers,omitempty"`
	// Body is the answer's with Status, any value that can be JSON. One that was
	// parsed is a json.RawMessage. Nil: no body.
	Body any `json:"body,omitempty"`
	// DelayMS delays the answer by so many milliseconds, at most a minute.
	DelayMS int `json:"delay_ms,omitempty"`
	// Times is how often the fault applies. 0: once. Negative: until it is deleted.
	Times int `json:"times,omitempty"`
	// Drop closes the connection without an answer.
	Drop bool `json:"drop,omitempty"`
	// After has the endpoint do its work before the fault delays, answers or drops.
	// It needs Status or Drop.
	After bool `json:"after,omitempty"`
	// LateMS has the endpoint do its work so many milliseconds later, at most a
	// minute; the client gets the fault's answer or none meanwhile. It needs Status or
	// Drop.
	LateMS int `json:"late_ms,omitempty"`
	// Token changes the next ID token that the token endpoint issues: alg, kid and
	// signature are as in Flaw, all other names are claims, of which null removes one.
	Token map[string]any `json:"token,omitempty"`
	// Refuse has an authorization request answered with these parameters at its
	// redirect_uri, error among them; the state is the request's. Empty: not at all.
	Refuse map[string]string `json:"refuse,omitempty"`
}

// Parse reads a fault from JSON. It returns an error that says what is wrong, an
// unknown member included.
func Parse(r io.Reader) (Fault, error) {
	var body json.RawMessage
	f := Fault{Body: &body}
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := decode.One(d, &f); err != nil {
		return Fault{}, err
	}
	switch {
	case f.Body == nil: // encoding/json replaced the pointer
		f.Body = json.RawMessage("null")
	case len(body) == 0:
		f.Body = nil
	default:
		f.Body = body
	}
	return f, f.check()
}

func (f *Fault) check() error {
	if !strings.HasPrefix(f.Path, "/") {
		return errors.New("path must begin with /")
	}
	if _, err := path.Match(f.Path, ""); err != nil {
		return fmt.Errorf("path: %w", err)
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return errors.New("status must be between 200 and 599")
	}
	for name, ms := range map[string]int{"delay_ms": f.DelayMS, "late_ms": f.LateMS} {
		if ms < 0 || milliseconds(ms) > maxDelay {
			return fmt.Errorf("%s must be between 0 and %d", name, maxDelay.Milliseconds())
		}
	}
	if (f.After || f.LateMS > 0) && f.Status == 0 && !f.Drop {
		return errors.New("after and late_ms need a status or drop")
	}
	if _, err := newFlaw(f.Token); err != nil {
		return fmt.Errorf("token: %w", err)
	}
	return checkRefusal(f.Refuse)
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// matches reports whether the fault is meant for the request.
func (f *Fault) matches(r *http.Request) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, r.Method) {
		return false
	}
	globs, sent := strings.Split(f.Path, "/"), strings.Split(r.URL.EscapedPath(), "/")
	if len(globs) != len(sent) {
		return false
	}
	for n := range globs {
		if !matchSegment(globs[n], sent[n]) {
			return false
		}
	}
	return true
}

func matchSegment(glob, sent string) bool {
	if ok, err := path.Match(glob, sent); ok && err == nil {
		return true
	}
	decodedSent, err := url.PathUnescape(sent)
	if err != nil {
		return false
	}
	decodedGlob, err := url.PathUnescape(glob)
	if err != nil {
		return false
	}
	ok, err := path.Match(decodedGlob, decodedSent)
	return ok && err == nil
}
