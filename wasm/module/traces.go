package module

import (
	"fmt"
	"slices"
)

// Parts of a record, as internal/abi numbers them in Go 1.26.
const (
	recordFuncID = 40
	wrapper      = 23 // abi.FuncIDWrapper

	unsafePoints = 0 // abi.PCDATA_UnsafePoint
	inlinedAt    = 2 // abi.PCDATA_InlTreeIndex

	inlinedCalls = 3 // abi.FUNCDATA_InlTree
	arguments    = 5 // abi.FUNCDATA_ArgInfo
	noData       = 1<<32 - 1
)

// An inlined call is a runtime.inlinedCall.
const (
	callName = 4
	callSize = 16
)

// dropDetails drops what the runtime reads for two purposes only. One is preemption by
// signals, which a browser does not have: where it is not safe. The other is a stack
// trace: the arguments of calls, and calls that were inlined. A wrapper keeps those,
// because recover counts the calls between itself and a panic, without wrappers. In
// other functions they make no difference: who calls recover is not inlined.
func (t functab) dropDetails() error {
	offsets := t.dataOffsets()
	if len(offsets) > 0 && offsets[len(offsets)-1] > len(t.data) {
		return fmt.Errorf("%w: data out of bounds", ErrFormat)
	}
	var names []int
	for i := range t.count {
		r := t.record(i)
		inlined, err := t.inlinedNames(r, offsets)
		if err != nil {
			return err
		}
		names = append(names, u32(r, recordName))
		replace(r, pcField(r, unsafePoints), 0)
		replace(r, dataField(r, arguments), noData)
		if r[recordFuncID] == wrapper {
			names = append(names, inlined...)
			continue
		}
		replace(r, pcField(r, inlinedAt), 0)
		replace(r, dataField(r, inlinedCalls), noData)
	}
	kept := t.dataOffsets()
	for i, offset := range offsets {
		if _, found := slices.BinarySearch(kept, offset); !found && i+1 < len(offsets) {
			clear(t.data[offset:offsets[i+1]])
		}
	}
	t.keepNames(names)
	return nil
}

// pcField and dataField are where a record has the offset of a table by program
// counter or of other data, or 0.
func pcField(record []byte, kind int) int {
	if kind >= u32(record, recordPCData) {
		return 0
	}
	return recordSize + 4*kind
}

func dataField(record []byte, kind int) int {
	if kind >= int(record[recordFuncData]) {
		return 0
	}
	return recordSize + 4*(u32(record, recordPCData)+kind)
}

func replace(record []byte, field, value int) {
	if field > 0 {
		putU32(record, field, value)
	}
}

// dataOffsets returns the offsets of all data, in order: each ends where the next
// begins.
func (t functab) dataOffsets() []int {
	var offsets []int
	for i := range t.count {
		r := t.record(i)
		for kind := range int(r[recordFuncData]) {
			if offset := u32(r, dataField(r, kind)); offset != noData {
				offsets = append(offsets, offset)
			}
		}
	}
	slices.Sort(offsets)
	return slices.Compact(offsets)
}

// inlinedNames returns where the names of the calls are that were inlined in a function.
// All functions of a program together prove that the data is where it is looked for.
func (t functab) inlinedNames(record []byte, offsets []int) ([]int, error) {
	field := dataField(record, inlinedCalls)
	if field == 0 || u32(record, field) == noData {
		return nil, nil
	}
	start, end := u32(record, field), len(t.data)
	if i, _ := slices.BinarySearch(offsets, start+1); i < len(offsets) {
		end = offsets[i]
	}
	var names []int
	for call := range slices.Chunk(t.data[start:end], callSize) {
		if len(call) < callSize {
			break // a gap before the next data
		}
		name := u32(call, callName)
		if name >= len(t.names) || name > 0 && t.names[name-1] != 0 {
			return nil, fmt.Errorf("%w: an inlined call has no name", ErrFormat)
		}
		names = append(names, name)
	}
	return names, nil
}

// keepNames clears all other names.
func (t functab) keepNames(names []int) {
	used := make([]bool, len(t.names))
	for _, at := range names {
		for ; at < len(t.names) && t.names[at] != 0; at++ {
			used[at] = true
		}
	}
	for i := range t.names {
		if !used[i] {
			t.names[i] = 0
		}
	}
}
