package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/config"
	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/app/words"
)

var say = texttest.In("en")

// TestFailuresAreDrawn looks for the sentence of each error, and for the error's own text.
// An unknown error has a sentence, too.
func TestFailuresAreDrawn(t *testing.T) {
	errs := []error{errors.New("not known")}
	for _, row := range failureSentences {
		errs = append(errs, row.err)
	}
	for _, err := range errs {
		told := letters(html(t, parts(t), func(s *flow.State) {
			s.Notice = flow.Notice{Kind: flow.Failed, Err: fmt.Errorf("link: %w", err)}
		}))
		sentence, _, _ := strings.Cut(words.Plain(sentenceOf(say, err, false)), "{")
		filled := strings.Contains(say.Of(failureKey(err, false)), "{")
		if sentence == "" && !filled || !strings.Contains(told, letters(sentence)) {
			t.Errorf("the page does not say %q of %v", sentence, err)
		}
		if !strings.Contains(told, letters("link: "+err.Error())) {
			t.Errorf("the detail does not tell of %v", err)
		}
	}
	if got := failureKey(errs[0], false); got != text.Unknown {
		t.Errorf("an error that is not known is told as %q", got)
	}
}

// Of an error and the one that it wraps, the sentence of the particular one is told.
func TestParticularSentencesWin(t *testing.T) {
	for _, test := range []struct {
		kind error
		want string
	}{
		{oidc.ErrAuthTime, say.Of(text.NotFresh)},
		{oidc.ErrTime, say.Of(text.Clock)},
		{oidc.ErrSignature, say.Of(text.IDToken)},
		{management.ErrExpiredToken, say.Of(text.Unauthorized)},
	} {
		if told := sentenceOf(say, test.kind, false); told != test.want {
			t.Errorf("%v is told as %q", test.kind, told)
		}
	}
}

// Where a change may have been made, no sentence says that it was not.
func TestWhatIsOpenIsToldAsOpen(t *testing.T) {
	for _, language := range text.Languages() {
		say := texttest.In(language)
		for kind, want := range map[error]string{
			linking.ErrUnsettled:   say.Of(text.Unsettled),
			linking.ErrUnconfirmed: say.Of(text.Unconfirmed),
			linking.ErrMerge:       say.Of(text.Merge),
		} {
			for _, cause := range []error{
				platform.ErrNetwork, context.Canceled, context.DeadlineExceeded, management.ErrServer,
				management.ErrAnswer, management.ErrRateLimited,
			} {
				if told := sentenceOf(say, errors.Join(kind, cause), false); told != want {
					t.Errorf("%v by %v is told as %q", kind, cause, told)
				}
			}
		}
		pending := errors.Join(linking.ErrPending, linking.ErrUnsettled, platform.ErrNetwork)
		if told := sentenceOf(say, pending, false); told != say.Of(text.PendingLink) {
			t.Errorf("a link beside one that is open is told as %q", told)
		}
	}
	if !strings.Contains(say.Of(text.Unsettled), "not known yet whether it was done") {
		t.Errorf("what is open is told as %q", say.Of(text.Unsettled))
	}
}

// Attack case 38: a name from outside is cut, and does not change the direction of the
// text around it.
func TestNamesAreInert(t *testing.T) {
	u := ada()
	u.Name = "Ada\u202egnik\x00" + strings.Repeat("é", 10_000)
	u.Identities[1].Profile.Email = "\u2066ada\u2069@gmail.example"
	got := html(t, parts(t), showing(u))
	for _, not := range []string{"\u202e", "\u2066", "\x00", strings.Repeat("é", maxName)} {
		if strings.Contains(got, not) {
			t.Errorf("the page has %q", not)
		}
	}
}

func parts(t *testing.T) *Parts {
	t.Helper()
	c := config.Config{
		Issuer:   "https://tenant.example/",
		ClientID: "app",
		Audience: "https://tenant.eu.auth0.com/api/v2/",
		Connections: []config.Connection{
			{Name: "db", Label: "Password", Strategy: "auth0"},
			{Name: "google-oauth2", Label: "Google", Strategy: "google-oauth2"},
		},
	}.WithDefaults()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	p := NewParts(c, "", say)
	t.Cleanup(func() { p.locks.login.Close(); p.locks.link.Close() })
	return p
}

// Attack case 38: instead of a picture that is not allowed there is a letter.
func TestPictures(t *testing.T) {
	p := parts(t)
	for picture, want := range map[string]bool{
		"https://lh3.googleusercontent.com/a.png": true,
		"https://tenant.example/a.png":            true,
		browser.Origin() + "/a.png":               true,
		"https://s.gravatar.com/avatar/a":         false,
		browser.Origin() + ".example/a.png":       false,
		"javascript:alert(1)":                     false,
		"":                                        false,
	} {
		u := ada()
		u.Picture = picture
		got := html(t, p, showing(u))
		if shown := strings.Contains(got, "<img"); shown != want {
			t.Errorf("%q is shown: %v", picture, shown)
		}
		if want && !strings.Contains(got, `referrerpolicy="no-referrer"`) {
			t.Errorf("%q hears where it is shown", picture)
		}
	}
}

func ada() management.User {
	return management.User{
		ID: "auth0|1", Name: "Ada King", Email: "ada@example.com", EmailVerified: true,
		Identities: []management.Identity{
			{Provider: "auth0", UserID: "1", Connection: "db"},
			{Provider: "google-oauth2", UserID: "2", Connection: "google-oauth2",
				Profile: management.Profile{Email: "ada.lovelace@gmail.example", Name: "Ada Lovelace", EmailVerified: true}},
			{Provider: "oauth2", UserID: "3", Connection: "guild"},
		},
	}
}

// html draws a state.
func html(t *testing.T, p *Parts, set func(*flow.State)) string {
	t.Helper()
	v := view{parts: p, say: p.say}
	set(&v.state)
	return app.HTMLString(v.page())
}

// showing returns a state with a profile.
func showing(u management.User) func(*flow.State) {
	return func(s *flow.State) { s.Phase, s.User = flow.Ready, u }
}

func TestPages(t *testing.T) {
	p := parts(t)
	for _, test := range []struct {
		name      string
		set       func(*flow.State)
		want, not []string
	}{
		{
			"starting", func(*flow.State) {}, []string{`id="btn-login"`, `data-connection="google-oauth2"`},
			[]string{`id="btn-logout"`, `role="alert"`},
		},
		{
			"signed out", func(s *flow.State) { s.Phase = flow.SignedOut }, []string{`id="btn-login"`, "Sign in"},
			[]string{`id="btn-logout"`, "Link with:"},
		},
		{
			"loading", func(s *flow.State) { s.Phase = flow.Loading },
			[]string{`id="btn-logout"`, say.Of(text.LoadingProfile), "Link with:"}, []string{`id="btn-login"`},
		},
		{"ready", showing(ada()),
			[]string{
				`id="linked-accounts-list"`, `id="btn-link-account"`, "Ada King", "Google", "Ada Lovelace", "Account 3",
				"guild", say.Of(text.Verified), say.Of(text.Primary),
			},
			[]string{`id="btn-login"`, say.Of(text.NoLinked)}},
		{"nothing linked", func(s *flow.State) {
			u := ada()
			u.Identities = u.Identities[:1]
			showing(u)(s)
		}, []string{say.Of(text.NoLinked)}, []string{`unlink-account`}},
		{"failed", func(s *flow.State) {
			s.Phase = flow.Unavailable
			s.Notice = flow.Notice{Kind: flow.Failed, Err: management.ErrServer, Next: flow.Next{Kind: flow.ReadAgain}}
		},
			[]string{`role="alert"`, say.Of(text.Server), say.Of(text.TryAgain), say.Of(text.Details)},
			[]string{`id="linked-accounts-list"`}},
		{"status", func(s *flow.State) {
			showing(ada())(s)
			s.Notice = flow.Notice{Kind: flow.LinkFinished}
		}, []string{`role="status"`, say.Of(text.ResumeDone)}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := html(t, p, test.set)
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("lacks %q:\n%s", want, got)
				}
			}
			for _, not := range test.not {
				if strings.Contains(got, not) {
					t.Errorf("has %q", not)
				}
			}
		})
	}
}

func TestOneRowForEachLinkedIdentity(t *testing.T) {
	got := html(t, parts(t), showing(ada()))
	if n := strings.Count(got, "<li"); n != 2 {
		t.Errorf("%d rows, want one for each of the two linked identities", n)
	}
	if n := strings.Count(got, "unlink-account"); n != 2 {
		t.Errorf("%d buttons to unlink", n)
	}
}

// An identity that cannot be used is a row with the reason and without the button. Where it
// may be the profile's own, no row has a button.
func TestUnusableIdentitiesAreDrawn(t *testing.T) {
	beside, own := ada(), ada()
	beside.Identities = append(beside.Identities,
		management.Identity{Unusable: management.NoID},
		management.Identity{Provider: "google-oauth2", Connection: "google-oauth2", Unusable: management.BadID,
			Profile: management.Profile{Name: "Augusta"}})
	own.Identities[0] = management.Identity{Unusable: management.NoID}
	for _, test := range []struct {
		name          string
		user          management.User
		rows, buttons int
		says, not     []string
	}{
		{"beside", beside, 4, 2,
			[]string{say.Of(text.NamelessAccount), "Augusta", say.Of(text.NoID), say.Of(text.BadID)},
			[]string{say.Of(text.Unusable)}},
		{"its own", own, 2, 0, []string{"Ada King", "ada@", say.Of(text.Unusable)}, []string{say.Of(text.NoID)}},
	} {
		got := html(t, parts(t), showing(test.user))
		if rows, buttons := strings.Count(got, "<li"), strings.Count(got, "unlink-account"); rows != test.rows || buttons != test.buttons {
			t.Errorf("%s: %d rows with %d buttons", test.name, rows, buttons)
		}
		for _, want := range test.says {
			if !strings.Contains(letters(got), letters(want)) {
				t.Errorf("%s: lacks %q", test.name, want)
			}
		}
		for _, not := range test.not {
			if strings.Contains(letters(got), letters(not)) {
				t.Errorf("%s: says %q", test.name, not)
			}
		}
	}
}

// The table has a sentence for each reason, in every language.
func TestEachReasonIsDrawn(t *testing.T) {
	for _, language := range text.Languages() {
		for _, reason := range []management.Unusable{management.NoID, management.BadID} {
			if texttest.In(language).Of(unusableSentences[reason]) == "" {
				t.Errorf("%s: %q has no sentence", language, reason)
			}
		}
	}
}

func TestPairLabels(t *testing.T) {
	p := parts(t)
	account := func(email, connection string) linking.Account {
		return linking.Account{Email: email, Connection: connection}
	}
	for _, test := range []struct {
		name string
		plan linking.Plan
		want []string
	}{
		{
			"two addresses", linking.Plan{Primary: account("a@x", "db"), Secondary: account("b@x", "google-oauth2")},
			[]string{"a@x", "b@x"},
		},
		{"one name twice at one provider",
			linking.Plan{
				Primary:   linking.Account{Subject: "x|1", Name: "Ada", Connection: "db"},
				Secondary: linking.Account{Subject: "x|2", Name: "Ada", Connection: "db"},
			},
			[]string{"Ada (x|1)", "Ada (x|2)"}},
		{
			"one address twice",
			linking.Plan{Primary: account("a@x", "db"), Secondary: account("A@x", "google-oauth2")},
			[]string{"a@x (Password)", "A@x (Google)"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			first, second := names{p.say, p.connections}.pairLabels(&test.plan)
			if got := []string{first, second}; !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
