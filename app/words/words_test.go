package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// flat returns what is drawn, without the line breaks of go-app's HTML.
func flat(ui app.UI) string { return indent.ReplaceAllString(app.HTMLString(ui), "") }

var indent = regexp.MustCompile(`\n *`)

func TestDrawing(t *testing.T) {
	for _, test := range []struct {
		name string
		ui   app.UI
		want string
	}{
		{"text", Of("Sign in"), "<span>Sign in</span>"},
		{"nothing", Of(""), "<span></span>"},
		{"data", Data("a@x"), `<bdi translate="no">a@x</bdi>`}, // one text: screen readers read it in one
		{"only data", Of(Fill("{a}", "a", "x")), `<bdi translate="no">x</bdi>`},
		{"markup", Data("<b>"), `<bdi translate="no">&lt;b&gt;</bdi>`},
		{"quoted", Quote("\u2068<b>\u2069 {a}"), `<bdi lang="und">&lt;b&gt; {a}</bdi>`},
		{"a mark alone", Of("a\u2068b"), "<span>ab</span>"},
		{"an end alone", Of("a\u2069b"), "<span>ab</span>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := flat(test.ui); got != test.want {
				t.Errorf("drawn as %s, want %s", got, test.want)
			}
		})
	}
}

func TestSentencesKeepDataApart(t *testing.T) {
	sentence := Fill("Link {second} to {first}", "first", "ada@x", "second", "\u2068{first}\u2069")
	want := []piece{{"Link ", false}, {"{first}", true}, {" to ", false}, {"ada@x", true}}
	got := split(sentence)
	if !slices.Equal(got, want) {
		t.Errorf("pieces %+v, want %+v", got, want)
	}
	if got, want := Plain(sentence), "Link {first} to ada@x"; got != want {
		t.Errorf("plain %q, want %q", got, want)
	}
	if html := app.HTMLString(Of(sentence)); strings.Count(html, `translate="no"`) != 2 {
		t.Errorf("drawn as %s", html)
	}
}

// go-app changes the text of an element if its component is the same one. On a page that
// was rewritten nobody sees that change.
func TestEveryTextIsItsOwnElement(t *testing.T) {
	id := func(ui app.UI) string { return ui.(app.DismountEnforcer).CompoID() }
	for _, pair := range [][2]app.UI{
		{Of("a"), Of("b")},
		{Data("a"), Data("b")},
		{Data("a"), Of("a")},
		{Quote("a"), Quote("b")},
		{Quote("a"), Of("a")},
		{Of(Fill("{a} {b}", "a", "x", "b", "y")), Of(Fill("{a} y", "a", "x"))},
	} {
		if id(pair[0]) == id(pair[1]) {
			t.Errorf("%s and %s are one element", flat(pair[0]), flat(pair[1]))
		}
	}
}
