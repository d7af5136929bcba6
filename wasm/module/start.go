package module

import (
	"bytes"
	"fmt"
	"slices"
)

// Some of what the runtime knows of the functions follows from their order: their
// numbers, the places of their records and names, and the buckets by which it finds
// the function of a program counter. This is a fifth of a program, and its numbers
// count up, which no compression finds. A packed program has the steps between them
// instead. Its start function, which the browser calls before all others, writes the
// numbers back: the memory is then, to the last byte, as the linker filled it.

const (
	bucketSize         = 20 // runtime.findfuncbucket: the number of a function, then zeros
	bucketsPerFunction = 16
)

// buckets are those of all functions except the last.
type buckets struct {
	at    int
	count int
}

// findBuckets finds them by their content. The memory is searched for nothing but
// what the start function would write.
func findBuckets(memory []byte, functions int) (buckets, error) {
	b := buckets{count: bucketsPerFunction * max(functions-1, 0)}
	want := make([]byte, bucketSize*b.count)
	for i := range b.count {
		putU32(want, bucketSize*i, i/bucketsPerFunction)
	}
	if b.at = bytes.Index(memory, want); b.at < 0 || b.count == 0 {
		return buckets{}, fmt.Errorf("%w: no buckets of %d functions", ErrFormat, functions)
	}
	return b, nil
}

// leaveOut clears the buckets and leaves steps in the table of functions.
func (t functab) leaveOut(memory []byte, b buckets) {
	clear(memory[b.at : b.at+bucketSize*b.count])
	for i := t.count - 1; i > 0; i-- {
		r, previous := t.record(i), t.record(i-1)
		putU32(r, recordEntry, 0)
		putU32(r, recordName, u32(r, recordName)-u32(previous, recordName))
		for _, at := range []int{8 * i, 8*i + 4} {
			putU32(t.funcs, at, u32(t.funcs, at)-u32(t.funcs, at-8))
		}
	}
}

// The instructions of the start function (WebAssembly Core 2.0 §5.4).
const (
	loop      = "\x03\x40"
	again     = "\x0d\x00" + end // to the loop's first instruction, if the top of the stack is not 0
	end       = "\x0b"
	load      = "\x28\x02\x00" // of 32 bits, at the address
	loadNext  = "\x28\x02\x04" // four bytes behind it
	store     = "\x36\x02\x00"
	storeNext = "\x36\x02\x04"
	add       = "\x6a"
	divide    = "\x6e"
	differ    = "\x47"
)

func constant(v int) string { return "\x41" + string(appendSint(nil, v)) }

// A local is a variable of the start function.
type local byte

func (l local) get() string { return "\x20" + string(rune(l)) }
func (l local) set() string { return "\x21" + string(rune(l)) }

// plus adds to the variable what the instructions leave, and leaves the sum.
func (l local) plus(value string) string { return l.get() + value + add + "\x22" + string(rune(l)) }

// start returns the code of a function that undoes leaveOut in a memory of this size.
func (t functab) start(memory int, b buckets) []byte {
	funcs := memory - len(t.funcs)
	const index, number, place, record, name, bucket, i local = 0, 1, 2, 3, 4, 5, 6
	const locals = "\x01\x07\x7f" // seven of 32 bits, all zero
	return []byte(locals +
		constant(funcs) + index.set() +
		loop +
		index.get() + number.plus(index.get()+load) + store +
		index.get() + place.plus(index.get()+loadNext) + storeNext +
		place.get() + constant(funcs) + add + record.set() +
		record.get() + number.get() + store +
		record.get() + name.plus(record.get()+loadNext) + storeNext +
		index.plus(constant(8)) + constant(funcs+8*t.count) + differ + again +
		constant(b.at) + bucket.set() +
		loop +
		bucket.get() + i.get() + constant(bucketsPerFunction) + divide + store +
		bucket.plus(constant(bucketSize)) + bucket.set() +
		i.plus(constant(1)) + constant(b.count) + differ + again +
		end)
}

// addStart adds the function with its type, and names it as the first to call.
func addStart(sections []section, body []byte) ([]section, error) {
	imports, err := countImports(sections)
	if err != nil {
		return nil, err
	}
	const noParametersNorResults = "\x60\x00\x00"
	kind, err := addItem(sections, sectionType, []byte(noParametersNorResults))
	if err != nil {
		return nil, err
	}
	number, err := addItem(sections, sectionFunction, appendUint(nil, kind))
	if err != nil {
		return nil, err
	}
	if _, err := addItem(sections, sectionCode, appendBytes(nil, body)); err != nil {
		return nil, err
	}
	after := slices.IndexFunc(sections, func(s section) bool { return s.id > sectionStart })
	start := section{sectionStart, appendUint(nil, imports+number)}
	return slices.Insert(sections, after, start), nil
}

// addItem adds to the list that a section holds, and returns the item's place in it.
func addItem(sections []section, id byte, item []byte) (int, error) {
	s, err := find(sections, id)
	if err != nil {
		return 0, err
	}
	r := reader{b: s.body}
	count := r.uint()
	s.body = slices.Concat(appendUint(nil, count+1), r.b, item)
	return count, r.err
}

// countImports returns how many functions the browser gives: they are numbered first.
func countImports(sections []section) (int, error) {
	s, err := find(sections, sectionImport)
	if err != nil {
		return 0, err
	}
	r := reader{b: s.body}
	count := r.uint()
	for range count {
		r.bytes()
		r.bytes()
		if kind := r.byte(); kind != 0 {
			r.fail("an import that is no function")
		}
		if r.uint(); r.err != nil {
			break
		}
	}
	return count, r.err
}
