package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	svgSpace   = "http://www.w3.org/2000/svg"
	xlinkSpace = "http://www.w3.org/1999/xlink"
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
)

// elements are those that a picture may have: shapes, text, and what fills and cuts them. None
// runs, loads, moves or is clicked on, none has a language of its own, and none repeats
// another: a short file could be made of millions of shapes.
var elements = set(`svg g defs title desc path rect circle ellipse line polyline polygon text tspan
	linearGradient radialGradient stop clipPath mask`)

// attributes are those that they may have.
var attributes = set(`id class lang version baseProfile role aria-label aria-hidden aria-labelledby focusable data-name
	viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry fx fy fr d dx dy points pathLength transform
	gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity
	clipPathUnits maskUnits maskContentUnits clip-path clip-rule mask mask-type
	fill fill-rule fill-opacity stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit
	stroke-dasharray stroke-dashoffset opacity color display visibility overflow paint-order vector-effect
	color-interpolation shape-rendering text-rendering enable-background
	font-family font-size font-weight font-style font-stretch letter-spacing word-spacing
	text-anchor dominant-baseline alignment-baseline baseline-shift textLength lengthAdjust`)

func set(words string) map[string]bool {
	s := map[string]bool{}
	for _, word := range strings.Fields(words) {
		s[word] = true
	}
	return s
}

// cleanSVG reads an SVG and writes it anew. What is not known is refused, not left out: the
// operator would see another picture than theirs.
//
// Source: SVG 2 (W3C Candidate Recommendation, 2018-10-04).
func cleanSVG(body []byte) (clean []byte, width, height float64, err error) {
	var out bytes.Buffer
	depth, done := 0, false
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := d.Token()
		if err == io.EOF && done {
			return out.Bytes(), width, height, nil
		}
		if err != nil {
			return nil, 0, 0, fmt.Errorf("is no SVG: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 && (done || t.Name.Space != svgSpace || t.Name.Local != "svg") {
				return nil, 0, 0, errors.New("is no SVG: it must be one element <svg xmlns=\"" + svgSpace + "\">")
			}
			if depth == 0 {
				if t.Attr, width, height, err = sized(t.Attr); err != nil {
					return nil, 0, 0, err
				}
			}
			if err := writeStart(&out, t, depth == 0); err != nil {
				return nil, 0, 0, err
			}
			depth++
		case xml.EndElement:
			out.WriteString("</" + t.Name.Local + ">")
			depth--
			done = depth == 0
		case xml.CharData:
			if len(bytes.TrimSpace(t)) == 0 {
				t = bytes.Repeat([]byte(" "), min(len(t), depth, 1)) // between words of a text
			} else if depth == 0 {
				return nil, 0, 0, errors.New("is no SVG: there is text beside it")
			}
			if err := xml.EscapeText(&out, t); err != nil {
				return nil, 0, 0, err
			}
		case xml.ProcInst:
			if t.Target != "xml" {
				return nil, 0, 0, fmt.Errorf("has <?%s …?>, which a picture may not have", t.Target)
			}
		case xml.Directive:
			return nil, 0, 0, errors.New("has a document type (<!DOCTYPE …>), which a picture may not have: take it out")
		}
	}
}

// writeStart writes the start of an element, if it is one that a picture may have.
func writeStart(out *bytes.Buffer, t xml.StartElement, outermost bool) error {
	if t.Name.Space != svgSpace || !elements[t.Name.Local] {
		return fmt.Errorf("has the element <%s>, which a picture may not have: save it as plain SVG", t.Name.Local)
	}
	var written []xml.Attr
	given := map[string]bool{}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		name, known := attributeName(a.Name)
		switch {
		case !known:
			return fmt.Errorf("has the attribute %q, which a picture may not have: save it as plain SVG"+
				" with presentation attributes", name)
		case given[name]:
			return fmt.Errorf("has the attribute %q twice", name)
		case !within(name, a.Value):
			return fmt.Errorf("has %s=%q: it may refer to nothing but its own parts", name, shorten(a.Value))
		}
		given[name] = true
		written = append(written, xml.Attr{Name: xml.Name{Local: name}, Value: a.Value})
	}
	out.WriteString("<" + t.Name.Local)
	if outermost {
		out.WriteString(` xmlns="` + svgSpace + `"`)
	}
	for _, a := range written {
		out.WriteString(" " + a.Name.Local + `="`)
		if err := xml.EscapeText(out, []byte(a.Value)); err != nil {
			return err
		}
		out.WriteString(`"`)
	}
	out.WriteString(">")
	return nil
}

// attributeName returns the name that an attribute is written by, and whether a picture may
// have it.
func attributeName(n xml.Name) (name string, known bool) {
	switch {
	case n.Space == "" && n.Local == "href", n.Space == xlinkSpace && n.Local == "href":
		return "href", true
	case n.Space == xmlSpace && n.Local == "space":
		return "xml:space", true
	case n.Space == "":
		return n.Local, attributes[n.Local]
	}
	return n.Local, false
}

// within reports whether a value refers to nothing outside the picture. A backslash could
// hide what does (CSS Syntax Level 3, section 4.3.7).
func within(name, value string) bool {
	if name == "href" {
		return strings.HasPrefix(value, "#")
	}
	if strings.Contains(value, `\`) {
		return false
	}
	_, after, found := strings.Cut(strings.ToLower(value), "url(")
	for found {
		if !strings.HasPrefix(strings.TrimLeft(after, ` '"`), "#") {
			return false
		}
		_, after, found = strings.Cut(after, "url(")
	}
	return true
}

// sized gives the attributes of the outermost element a width and a height, in pixels, and
// returns them too: browsers disagree on how large a picture without them is.
func sized(attrs []xml.Attr) (all []xml.Attr, width, height float64, err error) {
	var box []string
	for _, a := range attrs {
		switch a.Name {
		case xml.Name{Local: "width"}:
			width = pixels(a.Value)
			continue
		case xml.Name{Local: "height"}:
			height = pixels(a.Value)
			continue
		case xml.Name{Local: "viewBox"}:
			box = strings.FieldsFunc(a.Value, func(r rune) bool { return strings.ContainsRune(" ,\t\r\n", r) })
		}
		all = append(all, a)
	}
	if len(box) == 4 && (width == 0 || height == 0) {
		width, height = pixels(box[2]), pixels(box[3])
	}
	if width == 0 || height == 0 {
		return nil, 0, 0, errors.New("has no size: give it a viewBox")
	}
	attr := func(name string, value float64) xml.Attr {
		return xml.Attr{Name: xml.Name{Local: name}, Value: strconv.FormatFloat(value, 'f', -1, 64)}
	}
	return append(all, attr("width", width), attr("height", height)), width, height, nil
}

// pixels returns a length in pixels, 0 for one that is none.
func pixels(value string) float64 {
	n, err := strconv.ParseFloat(strings.TrimSuffix(value, "px"), 64)
	if err != nil || !(n > 1e-3 && n < 1e6) {
		return 0
	}
	return n
}

func shorten(value string) string {
	const most = 60
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return value
}
