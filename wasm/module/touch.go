package module

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// A browser compiles a function when it is first called, and the compiled code belongs to the
// module. So whoever has the module can have functions compiled ahead: it calls them, with a
// resume point that none has. For that it needs the table that they are in, and to know which of
// them the program's start calls.
//
// A function that is called so jumps to its last resume point. In nearly all, that is behind a call
// which never returns, such as a panic: they trap there. The list of names has no others, which
// would go on from that point with an empty stack at address 0.

const (
	// TouchTable is the name under which [Touch] exports the table. The function with the number
	// n, in the order of the code, is its element 4096+n.
	TouchTable = "table"
	// TouchSection is the name of the custom section in which [Touch] names functions: one bit for
	// each, that with the number n is bit n%8 of byte n/8.
	TouchSection = "touch"
)

// Names returns the names of a program's functions, in the order of its code. It fails with
// [ErrFormat], also for a packed program.
func Names(program []byte) ([]string, error) {
	_, functions, err := read(program)
	if err != nil {
		return nil, err
	}
	names := make([]string, functions.count)
	for i := range names {
		names[i] = functions.name(i)
	}
	return names, nil
}

func read(program []byte) ([]section, functab, error) {
	sections, err := parse(program)
	if err != nil {
		return nil, functab{}, err
	}
	_, memory, err := findMemory(sections)
	if err != nil {
		return nil, functab{}, err
	}
	functions, _, err := findFunctions(sections, memory)
	return sections, functions, err
}

// Touch returns the same program with its table exported, and with a section that names functions
// of it: those that have one of the names, which are sorted, and that jump to a resume point. It
// also returns how many of the names it has found, or [ErrFormat]. It is called before [Pack].
func Touch(program []byte, sorted []string) (touchable []byte, found int, err error) {
	sections, functions, err := read(program)
	if err != nil {
		return nil, 0, err
	}
	code, err := find(sections, sectionCode)
	if err != nil {
		return nil, 0, err
	}
	bits, bodies := make([]byte, (functions.count+7)/8), reader{b: code.body}
	bodies.uint() // how many
	for i := range functions.count {
		body := bodies.bytes()
		if _, is := slices.BinarySearch(sorted, functions.name(i)); !is {
			continue
		}
		found++
		if functions.isCompiled(i) && resumes(body) {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	if err := export(sections, exported{TouchTable, exportTable, 0}); err != nil {
		return nil, 0, err
	}
	body := append(appendBytes(nil, []byte(TouchSection)), bits...)
	return format(append(sections, section{sectionCustom, body})), found, nil
}

// isCompiled reports whether a function is the compiler's. Those in assembly have no tables of
// values by program counter; touched, some of them never end.
func (t functab) isCompiled(i int) bool { return u32(t.record(i), recordPCData) > 0 }

// resumes reports whether a function begins by jumping to the resume point that it is called with,
// as all do that the compiler makes of functions with a call in them. Others would do their work
// instead, with whatever is in the memory.
func resumes(body []byte) bool {
	r := reader{b: body}
	for range r.uint() {
		r.uint()
		r.byte()
	}
	if len(r.b) > 4 && r.b[0] == 0x23 && r.b[2] == 0x21 { // global.get, local.set: the stack pointer
		r.b = r.b[4:]
	}
	blocks := 0
	for len(r.b) > 1 && (r.b[0] == 0x02 || r.b[0] == 0x03) && r.b[1] == 0x40 { // block, loop
		r.b, blocks = r.b[2:], blocks+1
	}
	return blocks > 1 && bytes.HasPrefix(r.b, []byte("\x20\x00\x0e")) // local.get 0, br_table
}

// Count returns the same program with a global variable for each function, which is 1 once the
// function has been called. That of the function with the number n is exported under the name
// [Counter] returns. It fails with [ErrFormat].
func Count(program []byte) ([]byte, error) {
	sections, err := parse(program)
	if err != nil {
		return nil, err
	}
	code, err := find(sections, sectionCode)
	if err != nil {
		return nil, err
	}
	globals, err := find(sections, sectionGlobal)
	if err != nil {
		return nil, err
	}
	g, c := reader{b: globals.body}, reader{b: code.body}
	first, count := g.uint(), c.uint()
	variables, functions := g.b, appendUint(nil, count)
	list := make([]exported, count)
	for i := range count {
		body := reader{b: c.bytes()}
		whole := body.b
		for range body.uint() { // local variables: how many, and of which type
			body.uint()
			body.byte()
		}
		locals := whole[:len(whole)-len(body.b)]
		set := appendUint([]byte("\x41\x01\x24"), first+i) // i32.const 1, global.set
		functions = appendBytes(functions, slices.Concat(locals, set, body.b))
		variables = append(variables, "\x7f\x01\x41\x00\x0b"...) // an i32 that can change, at first 0
		list[i] = exported{Counter(i), exportGlobal, first + i}
		if body.err != nil {
			return nil, body.err
		}
	}
	if g.err != nil || c.err != nil {
		return nil, fmt.Errorf("%w: globals or code", ErrFormat)
	}
	code.body, globals.body = functions, append(appendUint(nil, first+count), variables...)
	if err := export(sections, list...); err != nil {
		return nil, err
	}
	return format(sections), nil
}

// Counter is the name of a function's variable in a program that [Count] has made.
func Counter(function int) string { return "called" + strconv.Itoa(function) }

// The kinds of exports (WebAssembly Core 2.0 §5.5.10).
const (
	exportTable  = 1
	exportGlobal = 3
)

type exported struct {
	name  string
	kind  byte
	index int
}

func export(sections []section, list ...exported) error {
	s, err := find(sections, sectionExport)
	if err != nil {
		return err
	}
	r := reader{b: s.body}
	count := r.uint()
	body := slices.Clone(r.b)
	for _, e := range list {
		body = append(appendBytes(body, []byte(e.name)), e.kind)
		body = appendUint(body, e.index)
	}
	s.body = append(appendUint(nil, count+len(list)), body...)
	return r.err
}
