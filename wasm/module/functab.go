package module

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// functab is the runtime's table of functions, which the linker calls pclntab: with
// it the runtime walks stacks, for the garbage collector and for traces. Its layout
// is that of runtime.pcHeader and runtime._func since Go 1.20.
type functab struct {
	names []byte // of functions
	files []byte // their names, and which file is whose
	pcs   []byte // tables by program counter
	funcs []byte // the records, and before them where each is
	count int
}

// functabMagic starts the table: runtime.pcHeader's magic, two zeros, instructions of
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

// readFunctab reads the header and checks every record: what is taken for the table
// must be nothing else.
func readFunctab(b []byte, count int) (functab, bool) {
	var header struct{ Magic, Funcs, Files, _, Names, Units, FileNames, PCs, Records uint64 }
	if n, err := binary.Decode(b, binary.LittleEndian, &header); err != nil || n == 0 {
		return functab{}, false
	}
	h, size := header, uint64(len(b))
	parts := []uint64{h.Names, h.Units, h.FileNames, h.PCs, h.Records, size}
	if h.Funcs != uint64(count) || !slices.IsSorted(parts) || 8*h.Funcs+4 > size-h.Records {
		return functab{}, false
	}
	t := functab{
		names: b[h.Names:h.Units],
		files: b[h.Units:h.PCs],
		pcs:   b[h.PCs:h.Records],
		funcs: b[h.Records:],
		count: count,
	}
	for i := range count {
		if !t.valid(i) {
			return functab{}, false
		}
	}
	return t, true
}

func (t functab) valid(i int) bool {
	entry, at := u32(t.funcs, 8*i), u32(t.funcs, 8*i+4)
	if at+recordSize > len(t.funcs) {
		return false
	}
	r := t.funcs[at:]
	// On WebAssembly a function's address is its number.
	if u32(r, recordEntry) != entry || entry != u32(t.funcs, 0)+i {
		return false
	}
	if u32(r, recordName) >= len(t.names) || recordSize+4*(u32(r, recordPCData)+int(r[recordFuncData])) > len(r) {
		return false
	}
	for _, offset := range append(t.kept(i), u32(r, recordFiles), u32(r, recordLines)) {
		if offset >= len(t.pcs) {
			return false
		}
	}
	return true
}

func (t functab) record(i int) []byte { return t.funcs[u32(t.funcs, 8*i+4):] }

// name is the function's, with its package's path.
func (t functab) name(i int) string {
	name, _, _ := bytes.Cut(t.names[u32(t.record(i), recordName):], []byte{0})
	return string(name)
}

// kept are the offsets of the tables by program counter that the runtime needs:
// all but those of files and lines.
func (t functab) kept(i int) []int {
	r := t.record(i)
	offsets := []int{u32(r, recordStack)}
	for k := range u32(r, recordPCData) {
		offsets = append(offsets, u32(r, recordSize+4*k))
	}
	return offsets
}

// dropLines forgets the files and lines of all functions. An offset of 0 is how the
// runtime knows that there is no table; it then prints a question mark.
func (t functab) dropLines() {
	needed := make([]bool, len(t.pcs))
	for i := range t.count {
		for _, offset := range t.kept(i) {
			mark(t.pcs, offset, needed)
		}
		r := t.record(i)
		for _, field := range []int{recordFiles, recordLines, recordUnit, recordStartLine} {
			clear(r[field : field+4])
		}
	}
	clear(t.files)
	for i := range t.pcs {
		if !needed[i] {
			t.pcs[i] = 0
		}
	}
}

// mark marks the bytes of one table and returns how many were not marked: pairs of
// varints, ended by a zero that is not the first.
func mark(pcs []byte, start int, marked []bool) (fresh int) {
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
