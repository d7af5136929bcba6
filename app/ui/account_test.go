package ui

import (
	"cmp"
	"fmt"
	entities "html"
	"regexp"
	"strings"
	"testing"
	"time"

	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/text"
)

// question draws the question about the link of two accounts.
func question(t *testing.T, primary, secondary linking.Account) string {
	t.Helper()
	plan, err := linking.NewPlan(primary, secondary, linking.Policy{AllowUnverified: true, AllowNoEmail: true})
	if err != nil {
		t.Fatal(err)
	}
	return html(t, parts(t), asking(flow.LinkQuestion{Plan: plan, SignedIn: primary.Subject}))
}

// asking returns a state with the question about a link.
func asking(q flow.LinkQuestion) func(*flow.State) {
	return func(s *flow.State) {
		showing(ada())(s)
		s.Question.Link = &q
	}
}

// cards returns the two accounts of a question as they are drawn, a line each, and abouts
// what is known of them besides.
func cards(t *testing.T, page string) (stays, moves string) { return two(t, page, "account") }

func abouts(t *testing.T, page string) (stays, moves string) { return two(t, page, "about") }

func two(t *testing.T, page, class string) (stays, moves string) {
	t.Helper()
	_, page, _ = strings.Cut(page, class+"-stays")
	stays, moves, ok := strings.Cut(page, class+"-moves")
	if !ok {
		t.Fatalf("no two cards in %s", page)
	}
	moves, _, _ = strings.Cut(moves, "</section>")
	return stays, moves
}

func TestCardsShowAllThatIsKnown(t *testing.T) {
	first := linking.AccountOf(management.User{
		ID: "auth0|1", Name: "Ada King", Email: "ada@example.com", EmailVerified: true,
		Created:   time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC),
		LastLogin: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC),
		Picture:   "https://tenant.example/ada.png",
		Identities: []management.Identity{
			{Provider: "auth0", UserID: "1", Connection: "db"},
			{
				Provider:   "google-oauth2",
				UserID:     "3",
				Connection: "google-oauth2",
				Profile:    management.Profile{Email: "third@gmail.example"},
			},
		},
		Metadata: map[string]any{
			"theme": "dark",
			"tags":  []any{"sums", "music"},
			"size":  map[string]any{"w": true},
			"empty": "",
		},
	})
	second := linking.Account{
		Subject:    "google-oauth2|2",
		Connection: "google-oauth2",
		Name:       "Ada Lovelace",
		NoEmail:    true,
		Metadata:   map[string]any{"theme": "dark"},
	}
	page := question(t, first, second)
	stays, moves := cards(t, page)
	for card, want := range map[string][]string{
		stays: {"ada@", "example.com", ">Password<", say.Of(text.CardStays)},
		moves: {"Ada Lovelace", ">Google<", say.Of(text.CardMoves)},
	} {
		for _, want := range want {
			if !strings.Contains(card, want) {
				t.Errorf("a card lacks %q:\n%s", want, card)
			}
		}
	}
	stays, moves = abouts(t, page)
	for _, want := range []string{
		"Ada King", say.Of(text.Verified), `src="https://tenant.example/ada.png"`, "2026-01-02", "2026-03-04",
		say.Of(text.LinkedAccounts) + " (1)", "Google: third@gmail.example",
		say.Of(text.CardSettings) + " (4)",
		`<bdi translate="no">theme</bdi>`, `<bdi translate="no">dark</bdi>`,
		`<bdi translate="no">sums</bdi>`, `<bdi translate="no">music</bdi>`,
		text.Fill(say.Form(text.ValueEntries, "one"), "count", "1"), `{&#34;w&#34;:true}`, say.Of(text.ValueEmpty),
	} {
		if !strings.Contains(stays, want) {
			t.Errorf("the first card lacks %q:\n%s", want, stays)
		}
	}
	if !strings.Contains(letters(stays), "theme:dark") {
		t.Errorf("the theme is not told in %s", letters(stays))
	}
	for _, want := range []string{
		"Ada Lovelace", say.Of(text.NoEmail), say.Of(text.CardSettings) + " (1)", `<bdi translate="no">dark</bdi>`,
	} {
		if !strings.Contains(moves, want) {
			t.Errorf("the second card lacks %q:\n%s", want, moves)
		}
	}
	for _, not := range []string{say.Of(text.LinkedAccounts), say.Of(text.Verified), say.Of(text.NotVerified)} {
		if strings.Contains(moves, not) {
			t.Errorf("the second card has %q", not)
		}
	}
}

// Long lists and values are folded, and all of them is there.
func TestCardsFoldWhatIsLong(t *testing.T) {
	many, list := map[string]any{"a\u202eb": "x\x00\u202ey"}, []any{}
	for i := range 199 {
		many[fmt.Sprintf("key-%03d", i)] = i
	}
	for i := range 9 {
		list = append(list, fmt.Sprint("element-", i))
	}
	letter := strings.Repeat("A long letter. ", 700) // 10 kB
	first := linking.Account{
		Subject:    "auth0|1",
		Connection: "db",
		Email:      "a@x",
		Metadata:   map[string]any{"letter": letter, "list": list},
	}
	second := linking.Account{
		Subject:    "google-oauth2|2",
		Connection: "google-oauth2",
		Email:      "b@x",
		Metadata:   many,
	}
	stays, moves := abouts(t, question(t, first, second))
	open := regexp.MustCompile(`<details[^>]* open[ >]`)
	if !open.MatchString(stays) {
		t.Error("two settings are folded")
	}
	if open.MatchString(moves) {
		t.Errorf("200 settings are spread out: %s", open.FindString(moves))
	}
	for _, key := range []string{"key-000", "key-198", say.Of(text.CardSettings) + " (200)"} {
		if !strings.Contains(moves, key) {
			t.Errorf("%s is not there", key)
		}
	}
	if n := strings.Count(stays, `<details class="more">`); n != 2 {
		t.Errorf("%d values are shortened, want the letter and the list", n)
	}
	for _, whole := range []string{strings.TrimSpace(letter), `<bdi translate="no">element-8</bdi>`} {
		if !strings.Contains(stays, whole) {
			t.Errorf("%.20q is not there as a whole", whole)
		}
	}
	for _, not := range []string{"\u202e", "\x00"} { // attack case 38
		if strings.Contains(moves, not) {
			t.Errorf("a card has %q", not)
		}
	}
}

// A reversed question says why it is reversed, and whose profile ends.
func TestReversedQuestion(t *testing.T) {
	linked := []management.Identity{
		{
			Provider:   "google-oauth2",
			UserID:     "2",
			Connection: "google-oauth2",
			Profile:    management.Profile{Email: "grace.hopper@gmail.example"},
		},
		{Provider: "google-oauth2", UserID: "3", Connection: "guild", Profile: management.Profile{Email: "ada@example.com"}},
	}
	grace := linking.Account{
		Subject:    "auth0|2",
		Provider:   "auth0",
		Connection: "db",
		Email:      "grace@example.com",
		Linked:     linked,
	}
	for _, tt := range []struct {
		name   string
		by     string // the connection that the person signed in with
		email  string // of the profile that stays; grace's if empty
		turned error
		first  string // whose profile that is, as it is said
		why    string
		named  string
	}{
		{"has linked ones", "db", "", linking.ErrHasLinked, "grace@example.com", say.Of(text.ReversedHasLinked), "grace@example.com"},
		{
			"belongs to another profile", "google-oauth2", "", linking.ErrHasLinked, "grace@example.com",
			say.Of(text.ReversedBelongs), "grace.hopper@gmail.example",
		},
		{
			"an organisation's", "db", "", linking.ErrEnterprise, "grace@example.com", say.Of(text.ReversedEnterprise),
			"grace@example.com",
		},
		{
			"one address, has linked ones", "db", "ada@example.com", linking.ErrHasLinked,
			"ada@example.com (Password)", say.Of(text.ReversedHasLinked), "ada@example.com (Password)",
		},
		{
			"one address, an organisation's", "db", "ada@example.com", linking.ErrEnterprise,
			"ada@example.com (Password)", say.Of(text.ReversedEnterprise), "ada@example.com (Password)",
		},
		{
			"one address, belongs to another profile", "guild", "", linking.ErrHasLinked, "grace@example.com",
			say.Of(text.ReversedBelongs), "ada@example.com (guild)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stays := grace
			stays.Email = cmp.Or(tt.email, grace.Email)
			ends := linking.Account{
				Subject:    "google-oauth2|1",
				Provider:   "google-oauth2",
				Connection: "google-oauth2",
				Email:      "ada@example.com",
			}
			plan, err := linking.NewPlan(stays, ends, linking.Policy{AllowUnverified: true, AllowNoEmail: true})
			if err != nil {
				t.Fatal(err)
			}
			page := html(t, parts(t), asking(flow.LinkQuestion{
				Plan:     plan,
				SignedIn: ends.Subject,
				Reversed: tt.turned,
				Chosen:   flow.ChosenOf(stays, tt.by),
			}))
			_, page, _ = strings.Cut(page, `id="confirm"`)
			said := letters(page)
			second := "ada@example.com"
			if tt.email != "" {
				second += " (Google)"
			}
			for _, want := range []string{
				say.Of(text.ReversedTitle),
				text.Fill(tt.why, "account", tt.named, "owner", tt.first) + " " +
					text.Fill(say.Of(text.ReversedOffer), "first", tt.first, "second", second),
				say.Of(text.CardOtherStays), say.Of(text.CardYoursMoves),
				say.Of(text.LinkKeepsOther),
				text.Fill(say.Of(text.PrimaryUnverified), "first", tt.first),
				text.Fill(say.Of(text.SecondaryUnverified), "second", second),
			} {
				if !strings.Contains(said, letters(want)) {
					t.Errorf("%q is missing in %s", want, said)
				}
			}
			for _, not := range []string{say.Of(text.CardStays), say.Of(text.CardMoves), say.Of(text.LinkKeeps)} {
				if strings.Contains(said, letters(not)) {
					t.Errorf("the question says %q", not)
				}
			}
			cancel, confirm := strings.Index(page, `id="btn-cancel"`), strings.Index(page, `id="btn-confirm"`)
			if cancel < 0 || confirm < cancel || !strings.Contains(page, "cancel-first") ||
				!strings.Contains(page, "button-grave") {
				t.Error("the grave button is in front")
			}
		})
	}
}

// markup matches what stands between texts. In drawings for tests each node has a line of
// its own.
var markup = regexp.MustCompile(`<[^>]*>|\s`)

// letters returns the text of a page without markup and spaces.
func letters(page string) string { return entities.UnescapeString(markup.ReplaceAllString(page, "")) }
