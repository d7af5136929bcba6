package ui

import (
	"encoding/json"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/text"
	"twinlock/app/words"
)

// Values are written as people read them, and two that differ never read alike.
func TestReadableValues(t *testing.T) {
	list := func(values ...any) []any { return values }
	for _, test := range []struct {
		value any
		want  string
	}{
		{"dark", "dark"},
		{"", say.Of(text.ValueEmpty)},
		{" \u200b", say.Of(text.ValueEmpty)},
		{true, say.Of(text.ValueOn)},
		{false, say.Of(text.ValueOff)},
		{json.Number("12.50"), "12.50"},
		{list("sums", "music", true), "sums, music, on"},
		{list(), say.Of(text.ValueEmpty)},
		{list(list("a"), "b"), "(2 entries)"},
		{map[string]any{}, say.Of(text.ValueEmpty)},
		{map[string]any{"w": 1.0, "h": 2.0}, "(2 entries)"},
		{"a\nb\u202ec", "a bc"},
		{strings.Repeat("ab", 40), strings.Repeat("ab", 23) + "a…"},
		{json.RawMessage(`"\ud800"`), `"\ud800"`},
	} {
		if got := readable(say, test.value, choiceValue); got != test.want {
			t.Errorf("%#v reads %q, want %q", test.value, got, test.want)
		}
	}
	long := strings.Repeat("a long letter ", 20)
	for _, pair := range [][2]any{
		{"on", true}, {"", list()}, {"(entries: 1)", list(list())}, {"1", json.Number("1")},
		{"dark", "dark\u200b"}, {"paypal", "p\u0430ypal"}, {"ada", "Ada"},
		{long + "to Ada", long + "to Grace"},
		{map[string]any{"w": 1.0}, map[string]any{"w": 2.0}},
		{list("a, b"), list("a", "b")},
		{strings.Repeat("ü", 60), strings.Repeat("ü", 61)},
	} {
		one, other := readablePair(say, pair[0], pair[1])
		if one == other || one == "" || other == "" {
			t.Errorf("%q and %q both read %q", pair[0], pair[1], one)
		}
		if n := max(len([]rune(one)), len([]rune(other))); n > choiceValue+1 {
			t.Errorf("%q and %q are written with %d characters", pair[0], pair[1], n)
		}
	}
}

// Keys of settings have the operator's names, in the person's language, wherever they are
// told; what is stored elsewhere is told in the operator's words.
func TestOperatorsWordsInAQuestion(t *testing.T) {
	own := parts(t)
	own.config.MetadataLabels = []config.MetadataLabel{
		{Key: "theme", Label: "Aussehen", Language: "de"},
		{Key: "theme", Label: "Appearance"},
	}
	own.config.StoredElsewhere = []config.Sentence{
		{Words: "Bestellungen bleiben.", Language: "de"}, {Words: "Your orders stay."},
	}
	plan, err := linking.NewPlan(
		linking.Account{Subject: "db|1", Connection: "db", Email: "a@x", Metadata: map[string]any{"theme": "dark"}},
		linking.Account{Subject: "db|2", Connection: "db", Email: "b@x", Metadata: map[string]any{"theme": "light", "font": "big"}},
		linking.Policy{AllowUnverified: true})
	if err != nil {
		t.Fatal(err)
	}
	said := letters(html(t, own, asking(flow.LinkQuestion{Plan: plan, SignedIn: "db|1"})))
	for _, want := range []string{
		words.Plain(words.Fill(say.Of(text.LinkLosesMetadata), "keys", "Appearance")), "Your orders stay.",
		"Settings: 1 kept, 1 lost – change",
		text.Fill(say.Of(text.FieldKeep), "value", "dark"), text.Fill(say.Of(text.FieldTake), "value", "light"),
		text.Fill(say.Of(text.FieldAdd), "value", "big"), say.Of(text.FieldLeave),
	} {
		if !strings.Contains(said, letters(want)) {
			t.Errorf("%q is missing in %s", want, said)
		}
	}
	for _, not := range []string{"theme", "Aussehen", say.Of(text.LinkStoredElsewhere), "Bestellungen", "itself does not change"} {
		if strings.Contains(said, letters(not)) {
			t.Errorf("the question says %q", not)
		}
	}
}

// An account at a provider is said to stay as it is; one that is only the tenant's is not.
func TestUntouchedAccounts(t *testing.T) {
	v := view{parts: parts(t), say: say}
	for _, test := range []struct {
		connection, provider string
		said                 bool
	}{
		{"google-oauth2", "google-oauth2", true},
		{"club", "oauth2", true},
		{"db", "auth0", false},
		{"unknown", "auth0", false},
		{"email", "email", false},
		{"sms", "sms", false},
	} {
		if got := v.untouched(test.connection, test.provider); (got != nil) != test.said {
			t.Errorf("of %s: %q", test.connection, got)
		}
	}
}

// What a press means is said with the button, and said again when it changes.
func TestButtonForYesIsDescribed(t *testing.T) {
	page := question(t, linking.Account{Subject: "db|1", Connection: "db", Email: "a@x"},
		linking.Account{Subject: "db|2", Connection: "db", Email: "b@x"})
	means := words.Plain(words.Fill(say.Of(text.ConfirmLinkMeans), "first", "a@x", "second", "b@x"))
	if !strings.Contains(letters(page), letters(means)) {
		t.Errorf("%q is missing", means)
	}
	for _, want := range []string{`aria-describedby="confirm-means"`, `id="confirm-means"`, `aria-live="polite"`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

// Each key in a list is data of its own, and no value is searched for places.
func TestKeysAreDataOfTheirOwn(t *testing.T) {
	v := view{parts: parts(t), say: say}
	got := v.listKeys("Lost: {keys} of {account}.", []string{"theme", "{account}"}, "account", "{keys}")
	if want := "Lost: \u2068theme\u2069, \u2068{account}\u2069 of \u2068{keys}\u2069."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
