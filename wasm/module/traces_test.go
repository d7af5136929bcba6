package module

import (
	"errors"
	"slices"
	"testing"
)

// A later Go may have the data elsewhere: then what is read there has no names.
func TestInlinedNames(t *testing.T) {
	record := make([]byte, recordSize+4*(inlinedCalls+1))
	record[recordFuncData] = inlinedCalls + 1
	table := functab{names: []byte("a\x00bc\x00"), data: make([]byte, callSize)}
	for name, known := range map[int]bool{0: true, 2: true, 3: false, 6: false} {
		putU32(table.data, callName, name)
		names, err := table.inlinedNames(record, []int{0})
		if known && (err != nil || !slices.Equal(names, []int{name})) {
			t.Errorf("names of a call with the name at %d: %v, %v", name, names, err)
		}
		if !known && !errors.Is(err, ErrFormat) {
			t.Errorf("a call with the name at %d: err = %v, want ErrFormat", name, err)
		}
	}
}
