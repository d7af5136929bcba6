package page

import (
	"fmt"
	"regexp"
	"strconv"
)

// Branding is how the pages look.
type Branding struct {
	// Name is what the pages call the tenant. Empty: the host.
	Name string `yaml:"name"`
	// PrimaryColor is that of buttons, as #rrggbb. Empty: a blue.
	PrimaryColor string `yaml:"primary_color"`
}

var hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// HasValidColor reports whether PrimaryColor is empty or has its form.
func (b Branding) HasValidColor() bool {
	return b.PrimaryColor == "" || hexColor.MatchString(b.PrimaryColor)
}

// style returns what overrides the colours of style.css.
func (b Branding) style() string {
	if b.PrimaryColor == "" {
		return ""
	}
	on := "#ffffff"
	if luminance(b.PrimaryColor) > 0.18 { // where black and white contrast alike (WCAG 2, 1.4.3)
		on = "#000000"
	}
	return fmt.Sprintf("\n:root { --accent: %s; --on-accent: %s; }\n", b.PrimaryColor, on)
}

// luminance returns the relative luminance of a valid #rrggbb with a gamma of 2, which
// is exact enough to choose between black and white.
func luminance(color string) float64 {
	sum := 0.0
	for n, weight := range []float64{0.2126, 0.7152, 0.0722} {
		part, _ := strconv.ParseUint(color[1+2*n:3+2*n], 16, 8)
		linear := float64(part) / 255
		sum += weight * linear * linear
	}
	return sum
}
