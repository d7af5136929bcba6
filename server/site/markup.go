package site

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	dom "golang.org/x/net/html"
)

// parse reads a document as go-app writes it, and corrects it to the elements that the
// browser's program builds: see [requote], [correct] and [unindent].
func parse(page []byte) (*dom.Node, error) {
	quoted, err := requote(page)
	if err != nil {
		return nil, err
	}
	doc, err := dom.Parse(bytes.NewReader(quoted))
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	correctAll(doc, 0)
	return doc, nil
}

// render writes a document. The same document gives the same bytes.
func render(doc *dom.Node) ([]byte, error) {
	var b bytes.Buffer
	if err := dom.Render(&b, doc); err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	return b.Bytes(), nil
}

var errQuote = errors.New("attribute is not quoted as Go quotes")

// requote escapes attribute values for HTML. go-app writes them as Go string literals, in
// which a quotation mark is written \". For a browser it ends the attribute, and what
// follows it in the value becomes markup.
func requote(page []byte) ([]byte, error) {
	var out bytes.Buffer
	rest := string(page)
	for inTag := false; rest != ""; {
		stop := "<"
		if inTag {
			stop = `">`
		}
		i := strings.IndexAny(rest, stop)
		if i < 0 {
			break
		}
		out.WriteString(rest[:i])
		rest = rest[i:]
		if rest[0] != '"' {
			inTag = rest[0] == '<'
			out.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		literal, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return nil, errQuote
		}
		value, err := strconv.Unquote(literal)
		if err != nil {
			return nil, errQuote
		}
		out.WriteString(`"` + html.EscapeString(value) + `"`)
		rest = rest[len(literal):]
	}
	out.WriteString(rest)
	return out.Bytes(), nil
}

// correctAll corrects all nodes below n. depth is how far go-app has indented n.
func correctAll(n *dom.Node, depth int) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch c.Type {
		case dom.TextNode:
			if c.Data = unindent(c.Data, depth); c.Data == "" {
				n.RemoveChild(c)
			}
		case dom.ElementNode:
			c.Attr = correct(c.Attr)
			correctAll(c, depth+1)
		}
		c = next
	}
}

// correct sorts attributes, which go-app writes in random order, and writes true and false
// as HTML wants them. go-app writes "true" as a bare name, which for aria-expanded means
// undefined, and "false" as a value, which for disabled means true.
func correct(attrs []dom.Attribute) []dom.Attribute {
	attrs = slices.DeleteFunc(attrs, func(a dom.Attribute) bool {
		return boolean[a.Key] && a.Val == "false"
	})
	for i, a := range attrs {
		if a.Val == "" && !boolean[a.Key] {
			attrs[i].Val = "true"
		}
	}
	slices.SortFunc(attrs, func(a, b dom.Attribute) int { return strings.Compare(a.Key, b.Key) })
	return attrs
}

// boolean has the attributes that are true whenever they are there (HTML section 2.3.2).
var boolean = map[string]bool{
	"allowfullscreen": true, "async": true, "autofocus": true, "autoplay": true, "checked": true, "controls": true,
	"default": true, "defer": true, "disabled": true, "formnovalidate": true, "hidden": true, "inert": true,
	"ismap": true, "itemscope": true, "loop": true, "multiple": true, "muted": true, "nomodule": true,
	"novalidate": true, "open": true, "playsinline": true, "readonly": true, "required": true, "reversed": true,
	"selected": true,
}

// unindent removes the line breaks and the indentation that go-app puts around children.
// The browser's program makes none: between buttons there would be a gap, until the
// program replaces the page.
func unindent(text string, depth int) string {
	rest, indented := strings.CutPrefix(text, "\n")
	if !indented {
		return text
	}
	for range 2 * depth {
		rest = strings.TrimPrefix(rest, " ")
	}
	if i := strings.LastIndexByte(rest, '\n'); i >= 0 && strings.Trim(rest[i:], "\n ") == "" {
		rest = rest[:i]
	}
	return rest
}

// find returns the first element for which match holds, in document order.
func find(n *dom.Node, match func(*dom.Node) bool) *dom.Node {
	for c := range n.Descendants() {
		if c.Type == dom.ElementNode && match(c) {
			return c
		}
	}
	return nil
}

// removeAll removes the elements for which match holds.
func removeAll(n *dom.Node, match func(*dom.Node) bool) {
	var found []*dom.Node
	for c := range n.Descendants() {
		if c.Type == dom.ElementNode && match(c) {
			found = append(found, c)
		}
	}
	for _, c := range found {
		if c.Parent != nil {
			c.Parent.RemoveChild(c)
		}
	}
}

// attr returns the value of an attribute, "" if it is not there.
func attr(n *dom.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// element makes an element. The attributes are a name, its value, the next name and so on.
func element(tag string, attrs ...string) *dom.Node {
	n := &dom.Node{Type: dom.ElementNode, Data: tag}
	for pair := range slices.Chunk(attrs, 2) {
		n.Attr = append(n.Attr, dom.Attribute{Key: pair[0], Val: pair[1]})
	}
	slices.SortFunc(n.Attr, func(a, b dom.Attribute) int { return strings.Compare(a.Key, b.Key) })
	return n
}

// withText adds a text to an element, and returns the element.
func withText(n *dom.Node, text string) *dom.Node {
	n.AppendChild(&dom.Node{Type: dom.TextNode, Data: text})
	return n
}
