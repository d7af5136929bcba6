package inert

import (
	"strings"
	"testing"
)

func TestSkeleton(t *testing.T) {
	for _, alike := range [][]string{
		{"Ada", "ada", "ADA", "a\u200bda", "Аda", "АДА"[:2] + "da", "Ada\u200c"},
		{"Müller", "Mu\u0308ller", "MÜLLER", "Muller", "Mül1er", "MüIler", "Мüller"},
		{"homo", "hоmo", "h0mo", "ηomo"},
		{"José", "Jose\u0301", "JOSÉ"},
		{"نیم" + zwnj + "فاصله", "نیمفاصله"},
		{"Ada (1)", "ada (l)"},
	} {
		for _, other := range alike {
			if a, b := Skeleton(alike[0]), Skeleton(other); a != b {
				t.Errorf("%+q reads like %+q, and %+q like %+q", alike[0], a, other, b)
			}
		}
	}
	for _, pair := range [][2]string{
		{"Ada", "Eda"}, {"Ada", "Ada "}, {"Ada", "Adam"}, {"Анна", "Инна"}, {"कि", "का"}, {"爱达", "爱打"}, {"", "a"}, {"😀", "😁"},
		{"ada@x", "ada.x"}, {"7", "8"},
	} {
		if a := Skeleton(pair[0]); a == Skeleton(pair[1]) {
			t.Errorf("%q and %q both read like %q", pair[0], pair[1], a)
		}
	}
}

// No character is in two groups, and none is in upper case.
func TestLookalikes(t *testing.T) {
	if strings.ToLower(lookalikes) != lookalikes {
		t.Error("some are in upper case")
	}
	for _, r := range lookalikes {
		if r != ' ' && strings.Count(lookalikes, string(r)) != 1 {
			t.Errorf("%c is there twice", r)
		}
	}
}

func FuzzSkeleton(f *testing.F) {
	f.Add("Ada hоmo M\u0308 Ａ 1")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Skeleton(s); Skeleton(got) != got {
			t.Errorf("Skeleton(%+q) = %+q, and again %+q", s, got, Skeleton(got))
		}
	})
}
