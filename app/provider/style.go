package provider

import (
	"fmt"
	"slices"
	"strings"
)

// Class names the CSS classes of the provider's mark: "mark", and one that [Style]
// gives the provider's colour, where it has one.
func (p Provider) Class() string {
	if p.Colour == 0 {
		return "mark"
	}
	return "mark " + p.colourClass()
}

func (p Provider) colourClass() string { return "mark-" + p.Strategy }

// Style is the part of a stylesheet that colours the marks: a rule for each colour,
// and one for those that could hardly be seen on a dark page. A site puts it after its
// own rules for ".mark".
func Style() string {
	var rules strings.Builder
	var shaded []string
	for _, colour := range colours() {
		classes := selector(colour)
		fmt.Fprintf(&rules, "%s { background: #%06x; }\n", classes, colour)
		if brightness(colour) < leastOnDark {
			shaded = append(shaded, classes)
		}
	}
	fmt.Fprintf(&rules, "@media (prefers-color-scheme: dark) {\n  %s { background: #4a4f60; }\n}\n",
		strings.Join(shaded, ", "))
	return rules.String()
}

// colours are all that the table has, each once.
func colours() []uint32 {
	var list []uint32
	for _, p := range table {
		if p.Colour != 0 && !slices.Contains(list, p.Colour) {
			list = append(list, p.Colour)
		}
	}
	return list
}

// selector selects the marks of all providers with a colour.
func selector(colour uint32) string {
	var classes []string
	for _, p := range table {
		if p.Colour == colour {
			classes = append(classes, "."+p.colourClass())
		}
	}
	return strings.Join(classes, ", ")
}

// leastOnDark is the least [brightness] of a mark on a dark page.
const leastOnDark = 75

// brightness is how bright a colour looks, 0 to 255: its luma (ITU-R BT.601).
func brightness(colour uint32) uint32 {
	red, green, blue := colour>>16, colour>>8&0xff, colour&0xff
	return (299*red + 587*green + 114*blue) / 1000
}
