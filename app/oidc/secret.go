package oidc

import (
	"fmt"
	"io"
)

const redacted = "[redacted]"

// Secret is a token. Printed, logged or marshalled it says "[redacted]".
type Secret string

// Reveal returns the token itself.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string   { return redacted }
func (s Secret) GoString() string { return redacted }

// Format covers every verb, %x and %d included.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
