// Package strictyaml reads files that people write. [Parse] takes one document
// and refuses what is most often a mistake: a key given twice, a second document,
// a file that is far too large. An [Error] is one line and names the line of the
// file.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
)

// Error says why a file cannot be read.
type Error struct {
	Line    int    // in the file, from 1; 0 where the problem is not in one line
	Problem string // one line, such as "holds more than one document"
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Problem
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Problem)
}

// Parse reads one YAML document of at most maxSize bytes. A map becomes
// map[string]any, a list []any; a file without a document is nil. A byte order mark
// before it, which some editors write, is left out. The error is an [*Error].
func Parse(data []byte, maxSize int) (any, error) {
	if len(data) > maxSize {
		return nil, &Error{Problem: fmt.Sprintf("is larger than %d bytes", maxSize)}
	}
	var document any
	d := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	if err := d.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, oneLine(err)
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, &Error{Problem: "holds more than one document"}
	}
	return document, nil
}

// oneLine shortens the decoder's error, which shows a part of the file over
// several lines.
func oneLine(err error) *Error {
	var detailed yaml.Error
	if !errors.As(err, &detailed) || detailed.GetToken() == nil {
		return &Error{Problem: fmt.Sprintf("not YAML: %.200s", strings.Join(strings.Fields(err.Error()), " "))}
	}
	return &Error{Line: detailed.GetToken().Position.Line, Problem: detailed.GetMessage()}
}
