package module

import (
	"encoding/binary"
	"testing"
)

// table returns a table of two functions whose records have some bytes more than
// [recordSize].
func table(more int) functab {
	const count = 2
	t := functab{names: []byte("a\x00b\x00"), pcs: make([]byte, 8), count: count}
	t.funcs = make([]byte, 8*count+4)
	for i := range count {
		at := align(len(t.funcs))
		t.funcs = append(t.funcs, make([]byte, at+recordSize+more-len(t.funcs))...)
		for _, place := range []int{8 * i, at + recordEntry} {
			binary.LittleEndian.PutUint32(t.funcs[place:], uint32(7+i))
		}
		binary.LittleEndian.PutUint32(t.funcs[8*i+4:], uint32(at))
		t.funcs[at+recordName] = byte(2 * i)
	}
	return t
}

// A later Go may add a field to the records.
func TestLongerRecords(t *testing.T) {
	if !table(0).valid() {
		t.Fatal("a table of records of the known size is refused")
	}
	if table(8).valid() {
		t.Error("a table of longer records is accepted")
	}
}
