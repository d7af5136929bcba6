package leftout

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// The list in README.md has everything that this package names.
func TestListIsComplete(t *testing.T) {
	data, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(data), "## What it leaves out")
	list, _, _ = strings.Cut(list, "\n## ")
	for path, code := range endpoints {
		if !slices.ContainsFunc(strings.Split(list, "\n"), func(row string) bool {
			return strings.Contains(row, "`"+path+"`") && strings.HasSuffix(row, "| 501 `"+code+"` |")
		}) {
			t.Errorf("the list has no row for %s with %s", path, code)
		}
	}
	names := slices.Concat(parameters, scopes, slices.Collect(maps.Keys(tokenParameters)))
	for _, grant := range grants { // by the last part of its name, with what it is a part of
		at := strings.LastIndexAny(grant, ":")
		names = append(names, strings.TrimPrefix(grant[max(0, at):], "://auth0.com/oauth/grant-type/"))
	}
	for _, name := range names {
		if !strings.Contains(list, "`"+strings.TrimPrefix(name, ":")+"`") {
			t.Errorf("the list lacks %s", name)
		}
	}
}
