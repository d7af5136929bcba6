package module

import (
	"errors"
	"testing"
)

// A later Go may have other buckets, or none on WebAssembly.
func TestFindBuckets(t *testing.T) {
	const functions, at = 3, 8
	memory := make([]byte, at+bucketSize*bucketsPerFunction*functions)
	memory[at-1] = 1
	for i := range bucketsPerFunction * functions {
		putU32(memory, at+bucketSize*i, i/bucketsPerFunction)
	}
	if b, err := findBuckets(memory, functions); err != nil || b.at != at || b.count != 2*bucketsPerFunction {
		t.Errorf("buckets = %+v, %v", b, err)
	}
	memory[at+bucketSize-1] = 1
	if _, err := findBuckets(memory, functions); !errors.Is(err, ErrFormat) {
		t.Errorf("other buckets: err = %v, want ErrFormat", err)
	}
	if _, err := findBuckets(memory, 1); !errors.Is(err, ErrFormat) {
		t.Errorf("no function that has all its buckets: err = %v, want ErrFormat", err)
	}
}
