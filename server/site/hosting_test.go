package site_test

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestHostingNamesEveryHeader checks that the table of HOSTING.md has a row for
// each header that every answer carries, and no row for another.
func TestHostingNamesEveryHeader(t *testing.T) {
	page, err := os.ReadFile("HOSTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "| header | value | why |\n|---|---|---|\n")
	if !found {
		t.Fatal("HOSTING.md has no table of headers")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	var named []string
	for row := range strings.Lines(table) {
		named = append(named, strings.Trim(strings.Split(row, "|")[1], " `"))
	}
	sent := []string{"Cache-Control", "Strict-Transport-Security"} // each file's own, and that of TLS
	for name := range render(t, options(t)).Header() {
		sent = append(sent, name)
	}
	slices.Sort(named)
	slices.Sort(sent)
	if !slices.Equal(named, sent) {
		t.Errorf("HOSTING.md names %q, sent are %q", named, sent)
	}
}
