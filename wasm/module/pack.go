package module

// Pack returns the same program with fewer bytes once it is compressed, or
// [ErrFormat]. A packed program has a start function, which Go's linker never writes:
// it is returned as it is.
func Pack(program []byte) ([]byte, error) {
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
	functions.dropLines()
	functions.compact()
	functions.leaveOut(memory, buckets)
	data.body = writeMemory(memory)
	sections, err = addStart(sections, functions.start(len(memory), buckets))
	if err != nil {
		return nil, err
	}
	return format(sections), nil
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
