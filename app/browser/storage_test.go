package browser

import (
	"slices"
	"testing"

	"twinlock/app/platform"
)

// What this tab notes is the scope's; a sweep leaves it, the tab's name and a neighbour's
// notes, and removes those of another client.
func TestTabNotes(t *testing.T) {
	here := NewScope("/notes/", "https://tenant.example/", "app", "")
	client := NewScope("/notes/", "https://tenant.example/", "other", "")
	neighbour := NewScope("/notes/b/", "https://tenant.example/", "app", "")
	for _, s := range []Scope{here, client, neighbour} {
		if err := s.TabNotes().Set("key", s.String()); err != nil {
			t.Fatal(err)
		}
	}
	_ = sessionStorage.Set(here.base+"tab", "name")
	here.sweepStorage()
	for s, want := range map[Scope]bool{here: true, client: false, neighbour: true} {
		if value, ok := s.TabNotes().Get("key"); ok != want || ok && value != s.String() {
			t.Errorf("%s has %q, %v", s, value, ok)
		}
	}
	if name, _ := sessionStorage.Get(here.base + "tab"); name != "name" {
		t.Errorf("the tab is named %q", name)
	}
}

// Two tabs keep things under the same keys, side by side.
func TestSection(t *testing.T) {
	whole := &platform.Memory{}
	here, there := &section{whole, "a."}, &section{whole, "b."}
	for tab, value := range map[platform.Storage]string{here: "1", there: "2"} {
		if err := tab.Set("key", value); err != nil {
			t.Fatal(err)
		}
	}
	if value, ok := here.Get("key"); !ok || value != "1" {
		t.Errorf("here = %q, %v", value, ok)
	}
	here.Delete("key")
	if keys := here.Keys(); len(keys) != 0 {
		t.Errorf("here = %q after deleting", keys)
	}
	if keys := there.Keys(); !slices.Equal(keys, []string{"key"}) {
		t.Errorf("there = %q", keys)
	}
}
