package module

import "strings"

// Weight is what functions take of a program, in bytes.
type Weight struct {
	// Code is their instructions.
	Code int
	// Tables is what the runtime knows of them: names, stack sizes, inlined calls.
	Tables int
}

// Weigh returns what the functions of each package of a linked program weigh, by the
// package's path, or [ErrFormat], also for one that is packed. The rest of a program is
// data: types, constants and the first values of variables.
func Weigh(program []byte) (map[string]Weight, error) {
	sections, err := parse(program)
	if err != nil {
		return nil, err
	}
	_, memory, err := findMemory(sections)
	if err != nil {
		return nil, err
	}
	functions, sizes, err := findFunctions(sections, memory)
	if err != nil {
		return nil, err
	}
	weights := make(map[string]Weight)
	seen := make([]bool, len(functions.pcs))
	for i, code := range sizes {
		path := packageOf(functions.name(i))
		w := weights[path]
		w.Code += code
		w.Tables += functions.size(i, seen)
		weights[path] = w
	}
	return weights, nil
}

// size is what the runtime knows of a function, in bytes. A table that several
// functions share counts for the first of them.
func (t functab) size(i int, seen []bool) int {
	size := 8 + t.recordLen(i) + len(t.name(i)) + 1
	for _, offset := range t.needed(i) {
		size += mark(t.pcs, offset, seen)
	}
	return size
}

// packageOf cuts the package's path out of the name of a function.
func packageOf(name string) string {
	for _, made := range []string{"type:.eq.", "type:.hash."} {
		name = strings.TrimPrefix(name, made)
	}
	name, _, _ = strings.Cut(name, "[") // type arguments
	slash := strings.LastIndexByte(name, '/') + 1
	last, _, found := strings.Cut(name[slash:], ".")
	if path := name[:slash] + last; found && !strings.ContainsAny(path, " *{") {
		return path
	}
	return "(made by the compiler)"
}
