package module

// Simplified does of [Pack] only what the program can see.
func Simplified(program []byte, goVersion string) ([]byte, error) {
	sections, err := parse(program)
	if err != nil {
		return nil, err
	}
	data, memory, err := findMemory(sections)
	if err != nil {
		return nil, err
	}
	functions, _, err := findFunctions(sections, memory)
	if err != nil {
		return nil, err
	}
	if err := functions.drop(goVersion); err != nil {
		return nil, err
	}
	data.body = writeMemory(memory)
	return format(sections), nil
}
