package module

import (
	"go/version"
	"strings"
)

// IsKnown reports whether [Pack] knows what only stack traces need in programs of a Go
// version, as the go command names it. It does where the version's runtime was read.
func IsKnown(goVersion string) bool {
	release, _, _ := strings.Cut(goVersion, " ")
	return version.Lang(release) == "go1.26"
}

// Pack returns the same program with fewer bytes once it is compressed, or
// [ErrFormat]. Where the version [IsKnown], stack traces lose more than lines. A packed
// program has a start function, which Go's linker never writes: it is returned as it is.
func Pack(program []byte, goVersion string) ([]byte, error) {
	sections, err := parse(program)
	if err != nil {
		return nil, err
	}
	if _, err := find(sections, sectionStart); err == nil {
		return program, nil
	}
	data, memory, err := findMemory(sections)
	if err != nil {
		return nil, err
	}
	functions, _, err := findFunctions(sections, memory)
	if err != nil {
		return nil, err
	}
	buckets, err := findBuckets(memory, functions.count)
	if err != nil {
		return nil, err
	}
	if err := functions.drop(goVersion); err != nil {
		return nil, err
	}
	functions.leaveOut(memory, buckets)
	data.body = writeMemory(memory)
	sections, err = addStart(sections, functions.start(len(memory), buckets))
	if err != nil {
		return nil, err
	}
	return format(sections), nil
}

// drop leaves out what the program does not need.
func (t functab) drop(goVersion string) error {
	t.dropLines()
	if IsKnown(goVersion) {
		if err := t.dropDetails(); err != nil {
			return err
		}
	}
	t.compact()
	return nil
}

// findFunctions returns the table of functions and the sizes of their code.
func findFunctions(sections []section, memory []byte) (functab, []int, error) {
	code, err := find(sections, sectionCode)
	if err != nil {
		return functab{}, nil, err
	}
	sizes, err := codeSizes(code.body)
	if err != nil {
		return functab{}, nil, err
	}
	table, err := findFunctab(memory, len(sizes))
	return table, sizes, err
}
