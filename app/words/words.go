// Package words draws text so that the person reads what the program says, also on a page
// that a translator or an extension rewrites.
//
// [Of] draws a sentence, [Data] what is not translated, and [Quote] what somebody else says.
// [Fill] puts data into a sentence and marks it, and [Plain] removes the marks.
//
// A browser's translator replaces text nodes by elements of its own. go-app still writes
// into the nodes that it has made: nobody sees that text, and the program ends when it
// removes such a node. Here each text has an element, which is replaced when the text
// changes. The elements around it stay, and so do the focus and live regions.
package words

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Of draws a text. What stands between the marks of [Fill] is drawn as [Data] is.
func Of(text string) app.UI { return &words{Text: text} }

// Data draws what belongs to no language: an address, a name, an id, a key. It is not
// translated, and its direction of writing does not depend on the text around it.
func Data(data string) app.UI { return &words{Text: Mark(data)} }

// Quote draws what somebody else says. Its language is not known: a translator may
// translate it, and it has a direction of writing of its own.
func Quote(said string) app.UI { return &words{Text: Plain(said), Quoted: true} }

// The marks around data in a text: first strong isolate and pop directional
// isolate (Unicode Standard Annex #9, section 2.4.2).
const (
	open = "\u2068"
	end  = "\u2069"
)

var unmark = strings.NewReplacer(open, "", end, "")

// Fill replaces each "{key}" in a sentence by its value, and marks the values as data. The
// arguments are a key, its value, the next key and so on. A value is never searched for keys.
func Fill(sentence string, keysAndValues ...string) string {
	pairs := make([]string, len(keysAndValues))
	for i, s := range keysAndValues {
		if i%2 == 0 {
			pairs[i] = "{" + s + "}"
		} else {
			pairs[i] = Mark(s)
		}
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}

// Mark marks a text as data.
func Mark(data string) string { return open + Plain(data) + end }

// Plain returns a text without marks, for attributes and files.
func Plain(text string) string { return unmark.Replace(text) }

// words is a text on the page.
type words struct {
	app.Compo
	// Text is what is drawn, with marks.
	Text string
	// Quoted is true for what [Quote] draws.
	Quoted bool
}

// CompoID makes go-app replace the element instead of changing its text.
func (w *words) CompoID() string {
	if w.Quoted {
		return ":" + w.Text
	}
	return w.Text
}

// Render draws the text.
func (w *words) Render() app.UI {
	if w.Quoted {
		return app.Bdi().Attr("lang", "und").Body(app.Text(w.Text))
	}
	pieces := split(w.Text)
	if len(pieces) == 1 && pieces[0].data {
		return pieces[0].draw()
	}
	drawn := make([]app.UI, len(pieces))
	for i, p := range pieces {
		drawn[i] = p.draw()
	}
	return app.Span().Body(drawn...)
}

// piece is a part of a text: data, or words of a language.
type piece struct {
	text string
	data bool
}

func (p piece) draw() app.UI {
	if !p.data {
		return app.Text(p.text)
	}
	return app.Bdi().Attr("translate", "no").Body(app.Text(p.text))
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
