package module

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// functab is the runtime's table of functions, which the linker calls pclntab. The
// runtime walks stacks with it, for the garbage collector and for traces. Its layout
// is that of runtime.pcHeader and runtime._func since Go 1.20.
type functab struct {
	names []byte // the names of functions, each ended by a zero
	files []byte // the names of source files, and which file belongs to what
	pcs   []byte // tables by program counter: stack sizes, lines and others
	funcs []byte // an index of the functions' records, then the records
	data  []byte // stack maps and other data of functions
	count int    // how many functions there are
}

// functabMagic is what the table starts with: runtime.pcHeader's magic, two zeros, instructions of
// one byte and pointers of eight.
const functabMagic = "\xf1\xff\xff\xff\x00\x00\x01\x08"

// A function's record. After the fixed part come npcdata offsets into pcs, and
// nfuncdata offsets into other data.
const (
	recordEntry     = 0
	recordName      = 4
	recordStack     = 16 // pcsp
	recordFiles     = 20 // pcfile
	recordLines     = 24 // pcln
	recordPCData    = 28 // npcdata
	recordUnit      = 32 // cuOffset
	recordStartLine = 36
	recordFuncData  = 43 // nfuncdata
	recordSize      = 44
)

// findFunctab finds the table of a program with this many functions.
func findFunctab(memory []byte, count int) (functab, error) {
	for at := 0; ; at++ {
		i := bytes.Index(memory[at:], []byte(functabMagic))
		if i < 0 {
			return functab{}, fmt.Errorf("%w: no table of %d functions", ErrFormat, count)
		}
		at += i
		if t, ok := readFunctab(memory[at:], count); ok {
			return t, nil
		}
	}
}

// readFunctab reads the header and checks every record, so that other bytes, or a
// table of another layout, are not read as this one.
func readFunctab(b []byte, count int) (functab, bool) {
	var header struct{ Magic, Funcs, Files, _, Names, Units, FileNames, PCs, Records uint64 }
	if n, err := binary.Decode(b, binary.LittleEndian, &header); err != nil || n == 0 {
		return functab{}, false
	}
	h, size := header, uint64(len(b))
	parts := []uint64{h.Names, h.Units, h.FileNames, h.PCs, h.Records, size}
	if count == 0 || h.Funcs != uint64(count) || !slices.IsSorted(parts) || 8*h.Funcs+4 > size-h.Records {
		return functab{}, false
	}
	t := functab{
		names: b[h.Names:h.Units],
		files: b[h.Units:h.PCs],
		pcs:   b[h.PCs:h.Records],
		funcs: b[h.Records:],
		count: count,
	}
	if !t.valid() {
		return functab{}, false
	}
	end := align(u32(t.funcs, 8*count-4) + t.recordLen(count-1))
	t.data = t.funcs[min(end, len(t.funcs)):]
	return t, true
}

// valid checks that the records follow each other without a gap. A record with one
// more field would leave one.
func (t functab) valid() bool {
	next := align(8*t.count + 4)
	for i := range t.count {
		if u32(t.funcs, 8*i+4) != next || next+recordSize > len(t.funcs) || !t.validRecord(i) {
			return false
		}
		next = align(next + t.recordLen(i))
	}
	return true
}

// align returns the place of the next record: they start at multiples of a pointer's
// size.
func align(at int) int { return (at + 7) &^ 7 }

func (t functab) validRecord(i int) bool {
	r := t.record(i)
	// On WebAssembly a function's address is its number.
	if entry := u32(t.funcs, 8*i); u32(r, recordEntry) != entry || entry != u32(t.funcs, 0)+i {
		return false
	}
	if u32(r, recordName) >= len(t.names) || t.recordLen(i) > len(r) {
		return false
	}
	for _, offset := range append(t.needed(i), u32(r, recordFiles), u32(r, recordLines)) {
		if offset >= len(t.pcs) {
			return false
		}
	}
	return true
}

func (t functab) record(i int) []byte { return t.funcs[u32(t.funcs, 8*i+4):] }

// recordLen is the length of a function's record, in bytes.
func (t functab) recordLen(i int) int {
	r := t.record(i)
	return recordSize + 4*(u32(r, recordPCData)+int(r[recordFuncData]))
}

// name is a function's name, with the path of its package.
func (t functab) name(i int) string {
	name, _, _ := bytes.Cut(t.names[u32(t.record(i), recordName):], []byte{0})
	return string(name)
}

// needed returns the offsets of the tables by program counter that the runtime
// needs: all except those of files and lines.
func (t functab) needed(i int) []int {
	r := t.record(i)
	var offsets []int
	for _, field := range neededFields(r) {
		offsets = append(offsets, u32(r, field))
	}
	return offsets
}

// neededFields are where a record has these offsets.
func neededFields(record []byte) []int {
	fields := []int{recordStack}
	for k := range u32(record, recordPCData) {
		fields = append(fields, recordSize+4*k)
	}
	return fields
}

// dropLines clears the files and lines of all functions. The runtime reads an offset
// of 0 as "no table" and prints a question mark.
func (t functab) dropLines() {
	for i := range t.count {
		r := t.record(i)
		for _, field := range []int{recordFiles, recordLines, recordUnit, recordStartLine} {
			clear(r[field : field+4])
		}
	}
	clear(t.files)
}

// compact moves the tables that are needed to the front, where their offsets are small.
func (t functab) compact() {
	used := make([]bool, len(t.pcs))
	for i := range t.count {
		for _, offset := range t.needed(i) {
			mark(t.pcs, offset, used)
		}
	}
	moved, end := make([]int, len(t.pcs)), 1
	for i, b := range t.pcs {
		if used[i] {
			t.pcs[end], moved[i] = b, end
			end++
		}
	}
	clear(t.pcs[end:])
	for i := range t.count {
		r := t.record(i)
		for _, field := range neededFields(r) {
			putU32(r, field, moved[u32(r, field)])
		}
	}
}

// mark marks the bytes of the table at an offset and returns how many of them were
// not marked before. A table is pairs of varints, ended by a zero that is not the
// first number.
func mark(pcs []byte, start int, marked []bool) (added int) {
	if start == 0 || marked[start] {
		return 0
	}
	r := reader{b: pcs[start:]}
	for first := true; r.more(); first = false {
		if r.uint() == 0 && !first {
			break
		}
		r.uint()
	}
	end := len(pcs) - len(r.b)
	for i := start; i < end; i++ {
		marked[i] = true
	}
	return end - start
}

func u32(b []byte, at int) int { return int(binary.LittleEndian.Uint32(b[at:])) }

func putU32(b []byte, at, v int) { binary.LittleEndian.PutUint32(b[at:], uint32(v)) }
