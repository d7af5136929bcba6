// Package secret has a type for tokens, [Token], that does not show its value when it
// is printed, logged or marshalled.
package secret

import (
	"fmt"
	"io"
)

// Redacted is what a [Token] shows in place of its value.
const Redacted = "[redacted]"

// Token is a secret text that gives access to something: an access token, a refresh
// token, an ID token. "" is no token. Printed, logged or marshalled it shows [Redacted].
type Token string

// Reveal returns the value. Call it where the value goes into a request or is sealed,
// and nowhere else: a test lists the places.
func (t Token) Reveal() string { return string(t) }

// String returns [Redacted].
func (t Token) String() string { return Redacted }

// GoString returns [Redacted].
func (t Token) GoString() string { return Redacted }

// Format writes [Redacted] for every verb, %x and %d included.
func (t Token) Format(f fmt.State, _ rune) { io.WriteString(f, Redacted) }

// MarshalText returns [Redacted].
func (t Token) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON returns [Redacted] as a JSON string.
func (t Token) MarshalJSON() ([]byte, error) { return []byte(`"` + Redacted + `"`), nil }
