// Package decode provides [One], which reads a JSON text that must be one value.
package decode

import (
	"encoding/json"
	"errors"
	"io"
)

// ErrMore is returned when something follows the first JSON value.
var ErrMore = errors.New("more than one JSON value")

// One decodes the value into v and makes sure that nothing but white space follows
// it. Errors: ErrMore, io.EOF for an empty text, and those of encoding/json.
func One(d *json.Decoder, v any) error {
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return ErrMore
	}
	return nil
}
