package ui

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"twinlock/app/browser"
	"twinlock/app/inert"
	"twinlock/app/text"
)

// readable writes a value of the settings as people read one, on one line of at most max
// characters: a list of plain values one after the other, and what has parts of its own as
// their number.
func readable(say *text.Catalogue, value any, max int) string {
	switch v := value.(type) {
	case string:
		return firstOf(inert.Name(v, max), say.Of(text.ValueEmpty))
	case bool:
		if v {
			return say.Of(text.ValueOn)
		}
		return say.Of(text.ValueOff)
	case map[string]any:
		return entries(say, len(v))
	case []any:
		return readableList(say, v, max)
	}
	return asJSON(value, max)
}

func readableList(say *text.Catalogue, list []any, max int) string {
	var plain []string
	for _, element := range list {
		switch element.(type) {
		case map[string]any, []any:
			return entries(say, len(list))
		}
		plain = append(plain, readable(say, element, max))
	}
	return firstOf(inert.Name(browser.JoinList(plain, say.Language), max), say.Of(text.ValueEmpty))
}

func entries(say *text.Catalogue, n int) string {
	if n == 0 {
		return say.Of(text.ValueEmpty)
	}
	return plural(say, text.ValueEntries, "count", n)
}

// readablePair writes two values that differ, so that they read differently.
func readablePair(say *text.Catalogue, a, b any) (string, string) {
	one, other := readable(say, a, choiceValue), readable(say, b, choiceValue)
	if inert.Skeleton(one) != inert.Skeleton(other) {
		return one, other
	}
	return fromDifference(exact(a), exact(b))
}

// choiceValue is how much of a value stands beside a choice, in characters.
const choiceValue = 48

// fromDifference returns two texts from shortly before they differ.
func fromDifference(a, b string) (string, string) {
	const before = 8 // characters that stay
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	if same <= 2*before {
		return inert.Name(a, choiceValue), inert.Name(b, choiceValue)
	}
	at := same - before
	return "…" + inert.Name(a[at:], choiceValue), "…" + inert.Name(b[at:], choiceValue)
}

// exact writes a value as JSON in ASCII, with what nobody sees in it.
func exact(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return "…"
	}
	var b strings.Builder
	for _, r := range string(data) {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
	}
	return b.String()
}

// asJSON writes a value as JSON, on one line of at most max characters.
func asJSON(value any, max int) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(value) != nil {
		return "…"
	}
	return inert.Name(b.String(), max)
}
