package browser

import (
	"slices"
	"testing"

	"twinlock/app/platform"
)

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
