package web

import (
	"regexp"
	"strings"
	"testing"
)

// Languages that are written from the right mirror the page by themselves, if no rule names a
// side of the screen. (The insets of a screen that is not a rectangle are its own.)
func TestStyleNamesNoSide(t *testing.T) {
	style, err := Files.ReadFile("twinlock.css")
	if err != nil {
		t.Fatal(err)
	}
	inset := regexp.MustCompile(`env\(safe-area-inset-(left|right)\)`)
	side := regexp.MustCompile(`(^|[\s;{-])(left|right)(-[a-z]+)*\s*:|:\s*(left|right)\b|\bfloat:|translateX`)
	// Four values of which the second and the fourth differ.
	four := regexp.MustCompile(`(?:margin|padding|inset|border-width): ?([^;]+);`)
	for i, line := range strings.Split(string(style), "\n") {
		line = inset.ReplaceAllString(line, "")
		if side.MatchString(line) {
			t.Errorf("line %d: %s", i+1, line)
		}
		for _, m := range four.FindAllStringSubmatch(line, -1) {
			v := strings.Fields(m[1])
			if len(v) == 4 && v[1] != v[3] && !strings.Contains(line, "rotate(45deg)") && !strings.Contains(m[1], "(") {
				t.Errorf("line %d: %s", i+1, m[0])
			}
		}
	}
}
