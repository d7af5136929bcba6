package secret

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestToken(t *testing.T) {
	s := Token("eyJ.private")
	type record struct {
		Token Token
		More  []Token
	}
	all := record{s, []Token{s}}
	marshalled, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{
		fmt.Sprint(s), fmt.Sprintf("%s|%v|%+v|%#v|%q|%x|%X|%d|%10.3s", s, s, s, s, s, s, s, s, s),
		fmt.Sprintf("%v %+v %#v", all, &record{Token: s}, []Token{s}),
		string(marshalled), string(text), s.String(), s.GoString(),
	} {
		if strings.Contains(shown, "private") || strings.Contains(shown, "eyJ") || strings.Contains(strings.ToLower(shown), "65794a") ||
			!strings.Contains(shown, Redacted) {
			t.Errorf("shown as %s", shown)
		}
	}
	if s.Reveal() != "eyJ.private" {
		t.Error("Reveal does not")
	}
}

func ExampleToken() {
	t := Token("eyJhbGciOi…")
	fmt.Printf("%v %#v %x\n", t, t, t)
	// Output: [redacted] [redacted] [redacted]
}
