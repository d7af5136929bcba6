package strconv

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestTable compares the table with the source of the real one.
func TestTable(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(strings.TrimSpace(string(root)) + "/src/internal/strconv/pow10tab.go")
	if err != nil {
		t.Fatal(err)
	}
	e := pow10Min
	for line := range strings.Lines(string(source)) {
		var want uint128
		if _, err := fmt.Sscanf(line, "\t{%v, %v},", &want.Hi, &want.Lo); err != nil {
			continue
		}
		if got := pow10Tab[e-pow10Min]; got != want {
			t.Fatalf("1e%d: %x, want %x", e, got, want)
		}
		e++
	}
	if e != pow10Max+1 {
		t.Errorf("the real table ends before 1e%d", e)
	}
}
