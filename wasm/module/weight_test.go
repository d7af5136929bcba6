package module

import "testing"

func TestPackageOf(t *testing.T) {
	tests := map[string]string{
		"main.main":                               "main",
		"crypto/sha256.Sum256":                    "crypto/sha256",
		"example.org/m/v5.(*Parser).Parse":        "example.org/m/v5",
		"slices.Sort[go.shape.string]":            "slices",
		"maps.Keys[go.shape.map[a/b.C]int].func1": "maps",
		"type:.eq.net/url.URL":                    "net/url",
		"type:.eq.[2]interface {}":                "(made by the compiler)",
		"type:.hash.struct { A int }":             "(made by the compiler)",
		"gcWriteBarrier1":                         "(made by the compiler)",
	}
	for name, want := range tests {
		if got := packageOf(name); got != want {
			t.Errorf("packageOf(%q) = %q, want %q", name, got, want)
		}
	}
}
