package site

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	dom "golang.org/x/net/html"

	"twinlock/app/config"
	"twinlock/app/text"
)

// A page is drawn in the site's first language. So that the boot script can put it into
// another one, each element has the attribute data-say with the keys of what it says: "close"
// for its text, and "close@aria-label" for an attribute. Data in a text has an element of its
// own, whose attribute data-is names the place that it fills: "connection".
//
// To find the keys, the page is drawn a second time, by a catalogue that says its keys: a key
// and the places to fill are between marks, which no text contains.
const (
	keyBegins   = '\uE000'
	placeBegins = '\uE001'
	keyEnds     = '\uE002'
)

// keysOf returns a catalogue that says its keys.
func keysOf(c catalogue) (*text.Catalogue, error) {
	keys := catalogue{}
	for key, entry := range c {
		said := string(keyBegins) + key
		for _, place := range placeholders(entry) {
			said += string(placeBegins) + strings.Trim(place, "{}") + "=" + place
		}
		keys[key] = said + string(keyEnds)
	}
	for _, fact := range facts {
		keys[fact] = c[fact]
	}
	return keys.parsed()
}

// withKeys returns a configuration whose labels by language are keys too.
func withKeys(c config.Config) config.Config {
	c.Connections = slices.Clone(c.Connections)
	for i := range c.Connections {
		if connection := &c.Connections[i]; len(connection.Labels) > 0 {
			connection.Label = string(keyBegins) + labelKey(connection.Name) + string(keyEnds)
			connection.Labels = nil
		}
	}
	return c
}

// markKeys writes the attributes into a page that is drawn twice. What is not data and has no
// key is an error: it would stay in the first language.
func markKeys(page, keyed *dom.Node) error {
	var says []string
	for i, a := range page.Attr {
		switch key, isKey := keyIn(keyed.Attr[i].Val); {
		case isKey:
			says = append(says, key+"@"+a.Key)
		case slices.Contains(spoken, a.Key) && hasLetter(a.Val):
			return fmt.Errorf("%s %q has no key", a.Key, a.Val)
		}
	}
	key, places, err := textOf(keyed)
	if err != nil {
		return err
	}
	if key != "" {
		says = append([]string{key}, says...)
	}
	if len(says) > 0 {
		page.Attr = append(page.Attr, dom.Attribute{Key: "data-say", Val: strings.Join(says, " ")})
	}
	return markChildren(page, keyed, places)
}

// initial is the key of the first letter of a label, in the mark beside it.
const initial = "initial"

// spoken are the attributes that people read or hear.
var spoken = []string{"alt", "aria-description", "aria-label", "placeholder", "title"}

func markChildren(page, keyed *dom.Node, places []string) error {
	children, others := elements(page), elements(keyed)
	if len(children) != len(others) {
		return fmt.Errorf("<%s> is drawn differently with keys", page.Data)
	}
	for i, child := range children {
		if child.Data != others[i].Data || len(child.Attr) != len(others[i].Attr) {
			return fmt.Errorf("<%s> is drawn differently with keys", child.Data)
		}
		if err := markKeys(child, others[i]); err != nil {
			return err
		}
		if places != nil {
			child.Attr = append(child.Attr, dom.Attribute{Key: "data-is", Val: places[i]})
		}
	}
	return nil
}

func elements(n *dom.Node) (list []*dom.Node) {
	for c := range n.ChildNodes() {
		if c.Type == dom.ElementNode {
			list = append(list, c)
		}
	}
	return list
}

// textOf returns the key of an element's own text, and the places that its children fill. The
// key is "" for an element that says nothing by itself, or data.
func textOf(keyed *dom.Node) (key string, places []string, err error) {
	var said strings.Builder
	for c := range keyed.ChildNodes() {
		switch c.Type {
		case dom.TextNode:
			said.WriteString(c.Data)
		case dom.ElementNode:
			if _, place, inText := lastCut(said.String(), string(placeBegins)); inText {
				places = append(places, strings.TrimSuffix(place, "="))
			}
		}
	}
	key, isKey := keyIn(said.String())
	if said.String() == string(keyBegins) { // cut from a key
		return initial, nil, nil
	}
	switch {
	case isKey && len(places) != len(elements(keyed)):
		return "", nil, fmt.Errorf("%s stands beside other elements", key)
	case !isKey && hasLetter(said.String()) && attr(keyed, "translate") != "no":
		return "", nil, fmt.Errorf("%q has no key", said.String())
	}
	return key, places, nil
}

func lastCut(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// keyIn returns the key that a text consists of. That of a plural is in a JSON object.
func keyIn(s string) (key string, found bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, `{"other":"`), `"}`)
	s, begins := strings.CutPrefix(s, string(keyBegins))
	s, ends := strings.CutSuffix(s, string(keyEnds))
	if !begins || !ends || strings.ContainsRune(s, keyEnds) {
		return "", false
	}
	key, _, _ = strings.Cut(s, string(placeBegins))
	return key, true
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }
