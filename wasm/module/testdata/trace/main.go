// Command trace does what the runtime needs its tables for, then fails.
package main

import (
	"fmt"
	"runtime"
)

type node struct{ next *node }

// grow makes the stack move and the collector walk it.
func grow(depth int, list *node) int {
	if depth == 0 {
		runtime.GC()
		return 0
	}
	var room [64]byte
	return grow(depth-1, &node{list}) + 1 + int(room[depth%64])
}

func recovered() (value any) {
	defer func() { value = recover() }()
	panic("recovered")
}

type recoverer struct{ value *any }

func (r recoverer) direct() { *r.value = recover() }

// nested is inlined in the wrapper that the compiler makes for pointers.
func (r recoverer) nested() { r.direct() }

// recoveredBy panics and defers a method that recovers, or calls one.
func recoveredBy(nested bool) (value any) {
	defer func() { recover() }()
	var r interface {
		direct()
		nested()
	} = &recoverer{&value}
	if nested {
		defer r.nested()
	} else {
		defer r.direct()
	}
	panic("recovered")
}

//go:noinline
func fail(list []int) { list[len(list)]++ }

func main() {
	_, file, line, ok := runtime.Caller(0)
	fmt.Println(grow(5000, nil), recovered(), file, line, ok)
	fmt.Printf("by a wrapper: %v, by a call in it: %v\n", recoveredBy(false), recoveredBy(true))
	fail(nil)
}
