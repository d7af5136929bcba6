// Package words draws text so that what is read is what the program says, also
// where something else rewrites the page.
//
// A browser's translator, and many an extension, puts elements of its own in the
// place of text nodes. go-app goes on to write into the nodes that it has made:
// what it writes is then seen by nobody, and taking one away ends the program.
// Here each text stands in an element of its own, which is replaced when the text
// changes. Elements stay where they are, and so do the focus and live regions: they
// are around it.
package words

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Of draws a text. What stands between marks (see [Fill]) is drawn as [Data] is.
func Of(text string) app.UI { return &words{Text: text} }

// Data draws what is no language: an address, a name, an id, a key. It is not
// translated, and its direction of writing is its own.
func Data(data string) app.UI { return &words{Text: open + Plain(data) + end} }

// Address is [Data] that may go on in another line after each "@", rather than
// anywhere in it. Not for what names a button or a dialog: the break is read as a
// space.
func Address(address string) app.UI { return &words{Text: open + Plain(address) + end, Breaks: true} }

// The marks around data in a text: first strong isolate and pop directional
// isolate (Unicode Standard Annex #9, section 2.4.2).
const (
	open = "\u2068"
	end  = "\u2069"
)

var unmark = strings.NewReplacer(open, "", end, "")

// Fill replaces "{key}" in a sentence by a value, for each key and value given,
// and marks the values as data.
func Fill(sentence string, keysAndValues ...string) string {
	pairs := make([]string, len(keysAndValues))
	for i, s := range keysAndValues {
		if i%2 == 0 {
			pairs[i] = "{" + s + "}"
		} else {
			pairs[i] = open + Plain(s) + end
		}
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}

// Plain is a text without marks, for where there is only text: attributes, files.
func Plain(text string) string { return unmark.Replace(text) }

// words is a text on the page.
type words struct {
	app.Compo
	Text   string
	Breaks bool
}

// CompoID has go-app replace the element rather than change its text.
func (w *words) CompoID() string {
	if w.Breaks {
		return "@" + w.Text
	}
	return w.Text
}

// Render draws the text.
func (w *words) Render() app.UI {
	pieces := split(w.Text)
	if len(pieces) == 1 && pieces[0].data {
		return pieces[0].draw(w.Breaks)
	}
	drawn := make([]app.UI, len(pieces))
	for i, p := range pieces {
		drawn[i] = p.draw(w.Breaks)
	}
	return app.Span().Body(drawn...)
}

// piece is a part of a text: data, or words of a language.
type piece struct {
	text string
	data bool
}

func (p piece) draw(breaks bool) app.UI {
	if !p.data {
		return app.Text(p.text)
	}
	data := app.Bdi().Attr("translate", "no")
	if !breaks {
		return data.Body(app.Text(p.text))
	}
	var lines []app.UI
	for i, part := range strings.SplitAfter(p.text, "@") {
		if i > 0 {
			lines = append(lines, app.Wbr())
		}
		lines = append(lines, app.Text(part))
	}
	return data.Body(lines...)
}

// split cuts a text at its marks. A mark without its other half is none.
func split(text string) (pieces []piece) {
	for text != "" {
		before, rest, marked := strings.Cut(text, open)
		data, after, whole := strings.Cut(rest, end)
		if !marked || !whole {
			return append(pieces, piece{text: Plain(text)})
		}
		if before != "" {
			pieces = append(pieces, piece{text: before})
		}
		pieces = append(pieces, piece{text: data, data: true})
		text = after
	}
	return pieces
}
