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

//go:noinline
func fail(list []int) { list[len(list)]++ }

func main() {
	_, file, line, ok := runtime.Caller(0)
	fmt.Println(grow(5000, nil), recovered(), file, line, ok)
	fail(nil)
}
