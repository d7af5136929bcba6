// Package module reads the WebAssembly modules that Go's linker writes. [Pack] makes
// a program smaller to download, [Weigh] says what its packages weigh, [Touch] lets a browser
// compile ahead what the start needs, and [Count] says what that is.
//
// Packing does what no option of the linker does. The program's instructions and the
// values that it reads stay the same; some values are written by instructions in front
// of it. One thing is lost: a stack trace names functions without their lines and
// arguments, and no calls that were inlined.
package module

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrFormat is returned for bytes that are not a module as Go's linker writes it.
// Another version of the toolchain may write another format.
var ErrFormat = errors.New("not a Go WebAssembly module of a known format")

// The sections that this package reads or writes (WebAssembly Core 2.0 §5.5.2). All
// except custom ones, of number 0, stand in this order.
const (
	sectionCustom   = 0
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionGlobal   = 6
	sectionExport   = 7
	sectionStart    = 8
	sectionCode     = 10
	sectionData     = 11
)

const preamble = "\x00asm\x01\x00\x00\x00"

type section struct {
	id   byte
	body []byte
}

// parse splits a module into its sections.
func parse(b []byte) ([]section, error) {
	if len(b) < len(preamble) || string(b[:len(preamble)]) != preamble {
		return nil, fmt.Errorf("%w: no preamble", ErrFormat)
	}
	r := reader{b: b[len(preamble):]}
	var sections []section
	for r.more() {
		sections = append(sections, section{r.byte(), r.bytes()})
	}
	return sections, r.err
}

// format is the reverse of parse.
func format(sections []section) []byte {
	b := []byte(preamble)
	for _, s := range sections {
		b = append(b, s.id)
		b = appendBytes(b, s.body)
	}
	return b
}

// find returns the section of an id.
func find(sections []section, id byte) (*section, error) {
	for i := range sections {
		if sections[i].id == id {
			return &sections[i], nil
		}
	}
	return nil, fmt.Errorf("%w: no section %d", ErrFormat, id)
}

// codeSizes returns the sizes of the functions' code, in their order.
func codeSizes(code []byte) ([]int, error) {
	r := reader{b: code}
	var sizes []int
	for range r.uint() {
		sizes = append(sizes, len(r.bytes()))
		if r.err != nil {
			break
		}
	}
	return sizes, r.err
}

// reader reads values from the front of b. After the first error it returns zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) more() bool { return r.err == nil && len(r.b) > 0 }

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrFormat, what)
	}
	r.b = nil
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail("cut short")
		return 0
	}
	b := r.b[0]
	r.b = r.b[1:]
	return b
}

// uint reads an unsigned LEB128, which encoding/binary calls a uvarint.
func (r *reader) uint() int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<32-1 {
		r.fail("bad number")
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

// sint reads a signed LEB128 of 32 bits. Negative numbers do not occur.
func (r *reader) sint() int {
	v, shift := int64(0), 0
	for {
		b := r.byte()
		v |= int64(b&0x7f) << shift
		if shift += 7; b < 0x80 || shift > 28 {
			break
		}
	}
	return int(uint32(v))
}

// bytes reads a size and that many bytes.
func (r *reader) bytes() []byte {
	n := r.uint()
	if n > len(r.b) {
		r.fail("cut short")
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func appendUint(b []byte, v int) []byte { return binary.AppendUvarint(b, uint64(v)) }

// appendSint appends a number, which must not be negative, as a signed LEB128.
func appendSint(b []byte, v int) []byte {
	for ; v >= 0x40; v >>= 7 {
		b = append(b, byte(v)|0x80)
	}
	return append(b, byte(v))
}

func appendBytes(b, body []byte) []byte {
	return append(appendUint(b, len(body)), body...)
}
