// Package strictjson reads JSON that others have sent: [Check] tells whether it is strict,
// [Object] also returns its members, and [Members] does so where only their names must be. encoding/json accepts much that two readers may
// understand differently: a name given twice, a name in another case, broken UTF-8. Here
// all of that is an error.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may be nested.
const MaxDepth = 32

// ErrInvalid is returned, wrapped, when JSON is not strict. There is no other error.
//
//sentence:none told as an answer, or a configuration, that makes no sense
var ErrInvalid = errors.New("JSON not accepted")

// Check returns nil if data is one JSON value in valid UTF-8, nested at most [MaxDepth]
// deep, in which no object has a name twice. If name is not nil it is called with every
// name of every object, and its error refuses the name.
//
// Errors: [ErrInvalid].
func Check(data []byte, name func(string) error) error {
	if !utf8.Valid(data) {
		return fmt.Errorf("%w: not UTF-8", ErrInvalid)
	}
	// Valid also refuses what follows the value, which a Decoder would leave.
	if !json.Valid(data) {
		return fmt.Errorf("%w: syntax error", ErrInvalid)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return walk(dec, name)
}

// Object checks data, which must be an object, and returns its members. Look them up by
// their exact names; a struct would also match other cases.
//
// Errors: [ErrInvalid].
func Object(data []byte) (map[string]json.RawMessage, error) {
	if err := Check(data, nil); err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil || members == nil {
		return nil, fmt.Errorf("%w: not an object", ErrInvalid)
	}
	return members, nil
}

// Members returns the members of an object in which no name is given twice. Their values
// are not checked: check each before it is used, so that one does not spoil the others.
//
// Errors: [ErrInvalid].
func Members(data []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(data) || !json.Valid(data) {
		return nil, fmt.Errorf("%w: not JSON in UTF-8", ErrInvalid)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if token, err := dec.Token(); err != nil || token != json.Delim('{') {
		return nil, fmt.Errorf("%w: not an object", ErrInvalid)
	}
	members := make(map[string]json.RawMessage)
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
		}
		name, _ := token.(string)
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("%w: %.40q given twice", ErrInvalid, name)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
		}
		members[name] = value
	}
	return members, nil
}

// Exact reports whether the texts of a valid JSON value can be read and written again
// unchanged. Half a surrogate pair, such as "\ud800", cannot: encoding/json makes U+FFFD of
// it (RFC 8259 section 8.2).
func Exact(data []byte) bool {
	for {
		at := bytes.IndexByte(data, '\\')
		if at < 0 {
			return true
		}
		data = data[at+1:]
		if r := unit(data); utf16.IsSurrogate(r) {
			if len(data) < 7 || data[5] != '\\' || utf16.DecodeRune(r, unit(data[6:])) == utf8.RuneError {
				return false
			}
			data = data[6:]
		}
		data = data[1:]
	}
}

// unit returns the UTF-16 code unit of an escape without its backslash, as "ud800"; -1 if
// it is of another kind.
func unit(escape []byte) rune {
	if len(escape) < 5 || escape[0] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(escape[1:5]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// level is one open array or object.
type level struct {
	seen map[string]bool // nil in an array
	key  bool            // the next string is a name
}

func walk(dec *json.Decoder, name func(string) error) error {
	var open []level
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %v", ErrInvalid, err)
		}
		top := len(open) - 1
		if top >= 0 && open[top].key {
			if text, ok := token.(string); ok {
				if err := open[top].add(text, name); err != nil {
					return err
				}
				continue
			}
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{seen: make(map[string]bool), key: true})
		case json.Delim('['):
			open = append(open, level{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:top]
		}
		if len(open) > MaxDepth {
			return fmt.Errorf("%w: nested deeper than %d", ErrInvalid, MaxDepth)
		}
		// After a value an object has a name again.
		if top := len(open) - 1; top >= 0 && token != json.Delim('{') && open[top].seen != nil {
			open[top].key = true
		}
	}
}

func (l *level) add(text string, name func(string) error) error {
	if l.seen[text] {
		return fmt.Errorf("%w: %.40q given twice", ErrInvalid, text)
	}
	l.seen[text], l.key = true, false
	if name == nil {
		return nil
	}
	if err := name(text); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}
