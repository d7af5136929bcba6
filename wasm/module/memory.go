package module

import (
	"bytes"
	"fmt"
)

// gap is the shortest run of zeros that ends a segment, in bytes. The linker uses 8,
// which is right without compression. But zeros compress to almost nothing, and the
// headers of tens of thousands of segments would be a fourteenth of the download.
const gap = 256

// maxMemory is far above what a program starts with and far below what a damaged
// address could ask for, in bytes.
const maxMemory = 1 << 28

const (
	opConst = 0x41 // i32.const
	opEnd   = 0x0b
)

// readMemory returns the memory, from address 0 on, as the data section fills it.
func readMemory(data []byte) ([]byte, error) {
	r := reader{b: data}
	var memory []byte
	for range r.uint() {
		if kind, op := r.byte(), r.byte(); kind != 0 || op != opConst {
			r.fail("unknown kind of data segment")
		}
		at := r.sint()
		if r.byte() != opEnd {
			r.fail("unknown address of a data segment")
		}
		content := r.bytes()
		if r.err != nil {
			break
		}
		end := at + len(content)
		if end > maxMemory {
			r.fail("data segment out of bounds")
			break
		}
		if end > len(memory) {
			memory = append(memory, make([]byte, end-len(memory))...)
		}
		copy(memory[at:], content)
	}
	return memory, r.err
}

// writeMemory returns a data section that fills the memory with these bytes.
func writeMemory(memory []byte) []byte {
	var segments []byte
	count := 0
	for at := skipZeros(memory, 0); at < len(memory); count++ {
		end, next := segmentEnd(memory, at)
		segments = append(segments, 0, opConst)
		segments = appendSint(segments, at)
		segments = append(segments, opEnd)
		segments = appendBytes(segments, memory[at:end])
		at = next
	}
	return append(appendUint(nil, count), segments...)
}

// segmentEnd returns the end of the segment that begins at start, and the start of
// the next one.
func segmentEnd(memory []byte, start int) (end, next int) {
	for end = start; end < len(memory); end = next {
		zeros := bytes.IndexByte(memory[end:], 0)
		if zeros < 0 {
			return len(memory), len(memory)
		}
		end += zeros
		if next = skipZeros(memory, end); next-end >= gap || next == len(memory) {
			return end, next
		}
	}
	return end, end
}

func skipZeros(memory []byte, at int) int {
	for at < len(memory) && memory[at] == 0 {
		at++
	}
	return at
}

// findMemory returns the data section and the memory as that fills it.
func findMemory(sections []section) (*section, []byte, error) {
	s, err := find(sections, sectionData)
	if err != nil {
		return nil, nil, err
	}
	memory, err := readMemory(s.body)
	if err != nil {
		return nil, nil, fmt.Errorf("data section: %w", err)
	}
	return s, memory, nil
}
