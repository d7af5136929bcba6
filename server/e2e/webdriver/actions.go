package webdriver

import "math"

// Source is a device and what is done with it, one thing after the other.
// WebDriver BiDi knows it too.
type Source struct {
	Type    string   `json:"type"`
	ID      string   `json:"id"`
	Actions []Action `json:"actions"`
}

// Action is one thing that is done with a device.
type Action struct {
	Type   string `json:"type"`
	X      int    `json:"x"` // CSS pixels
	Y      int    `json:"y"`
	Button int    `json:"button"`
	Value  string `json:"value"` // the key
}

// Click is the mouse pressed at a place.
func Click(x, y float64) Source {
	return Source{Type: "pointer", ID: "mouse", Actions: []Action{
		{Type: "pointerMove", X: int(math.Round(x)), Y: int(math.Round(y))},
		{Type: "pointerDown"},
		{Type: "pointerUp"},
	}}
}

// Keys is the keys of a text, pressed one after the other. Tab, Enter and Escape
// are those that their control characters come from.
func Keys(text string, shift bool) Source {
	s := Source{Type: "key", ID: "keyboard"}
	add := func(kind, key string) { s.Actions = append(s.Actions, Action{Type: kind, Value: key}) }
	if shift {
		add("keyDown", shiftKey)
	}
	for _, char := range text {
		key, named := named[char]
		if !named {
			key = string(char)
		}
		add("keyDown", key)
		add("keyUp", key)
	}
	if shift {
		add("keyUp", shiftKey)
	}
	return s
}

// Keys that have no character of their own. (W3C WebDriver, section 17.4.2)
const shiftKey = "\uE008"

var named = map[rune]string{'\t': "\uE004", '\r': "\uE007", '\x1b': "\uE00C"}
