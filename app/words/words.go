// Package words draws text so that what is read is what the program says, also
// where something else rewrites the page.
//
// [Of] draws a sentence, [Data] and [Address] what is not translated. [Fill] puts data
// into a sentence, and marks it as such.
//
// A browser's translator, or an extension, replaces text nodes by elements of its own.
// go-app goes on writing into the nodes that it has made: nobody sees what it writes,
// and the program ends when it takes one away. Here each text has an element of its
// own, which is replaced when the text changes. The elements around it stay where they
// are, and with them the focus and live regions.
package words

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Of draws a text. What stands between marks (see [Fill]) is drawn as [Data] is.
func Of(text string) app.UI { return &words{Text: text} }

// Data draws what belongs to no language: an address, a name, an id, a key. It is not
// translated, and it has a direction of writing of its own.
func Data(data string) app.UI { return &words{Text: open + Plain(data) + end} }

// Address is [Data] whose line may break after each "@", and nowhere else. Do not use
// it for the name of a button or of a dialog: screen readers read the break as a space.
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

// split cuts a text at its marks. A mark without its other half is ignored.
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
