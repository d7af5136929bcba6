package ui

import (
	"slices"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/app/words"
)

// Who cannot link for an address is told whose address it is, and what they can do.
func TestEmailRefusalIsTold(t *testing.T) {
	const page = "https://id.example/verify"
	for _, language := range text.Languages() {
		for _, test := range []struct {
			reason error
			key    text.Key
			verify bool // it can be verified
		}{
			{linking.ErrUnverified, text.Unverified, true},
			{linking.ErrUnvouched, text.Unvouched, false},
			{linking.ErrNoEmail, text.NeedsEmail, false},
		} {
			for _, url := range []string{"", page} {
				p := parts(t)
				p.config.VerifyEmailURL, p.say = url, texttest.In(language)
				about := linking.Account{Subject: "google-oauth2|2", Connection: "google-oauth2", Email: "ada@x"}
				got := html(t, p, func(s *flow.State) {
					showing(ada())(s)
					s.Notice = flow.Notice{Kind: flow.Failed, Err: &linking.RefusedError{Reason: test.reason, Account: about}}
				})
				want := words.Plain(words.Fill(p.say.Of(test.key), "account", "ada@x", "connection", "Google"))
				step, link := p.say.Of(text.AskOperator), test.verify && url != ""
				if link {
					step = p.say.Of(text.VerifyFirst)
				}
				if !strings.Contains(letters(got), letters(want+" "+step)) {
					t.Errorf("%s: %v is told as %s", language, test.reason, letters(got))
				}
				if strings.Contains(got, `href="`+page+`"`) != link || strings.Contains(got, p.say.Of(text.VerifyEmail)) != link ||
					link && (!strings.Contains(got, `target="_blank"`) || !strings.Contains(got, `rel="noopener noreferrer"`)) {
					t.Errorf("%s: with %q, %v offers %s", language, url, test.reason, got)
				}
			}
		}
	}
	other := html(t, parts(t), func(s *flow.State) {
		s.Notice = flow.Notice{Kind: flow.Failed, Err: linking.ErrHasLinked}
	})
	if strings.Contains(other, say.Of(text.AskOperator)) {
		t.Error("it is said of any failure")
	}
}

// The connection tells which of two accounts with one address is meant; where it is not
// known, the strategy does.
func TestRefusalNamesTheConnection(t *testing.T) {
	for _, test := range []struct{ connection, want string }{{"db", "Password"}, {"corp", "corp"}, {"", "samlp"}} {
		err := &linking.RefusedError{Reason: linking.ErrUnvouched, Account: linking.Account{
			Subject: "samlp|1", Provider: "samlp", Connection: test.connection, Email: "ada@x",
		}}
		told := names{say, parts(t).connections}.Failure(err, linking.Account{})
		if !strings.Contains(told, "ada@x ("+test.want+")") {
			t.Errorf("%q: told as %q", test.connection, told)
		}
	}
}

// Beside an account stands what is known of its address.
func TestAddressIsShownAsItIs(t *testing.T) {
	for _, test := range []struct {
		name string
		edit func(*management.User)
		want string
	}{
		{"verified", func(*management.User) {}, say.Of(text.Verified)},
		{"not verified", func(u *management.User) { u.EmailVerified = false }, say.Of(text.NotVerified)},
		{"trusted", func(u *management.User) {
			u.EmailVerified, u.Identities[0].Connection, u.Identities[0].Provider = false, "google-oauth2", "google-oauth2"
		}, say.Of(text.Verified)},
		{"none", func(u *management.User) { u.Email, u.NoEmail = "", true }, say.Of(text.NoEmail)},
		{"nobody knows", func(u *management.User) { u.Email = "" }, say.Of(text.EmailNotKnown)},
	} {
		u := ada()
		u.Identities = u.Identities[:1]
		test.edit(&u)
		p := parts(t)
		p.config.TrustedEmail = []string{"google-oauth2"}
		got := html(t, p, showing(u))
		for _, mark := range []string{say.Of(text.Verified), say.Of(text.NotVerified), say.Of(text.NoEmail), say.Of(text.EmailNotKnown)} {
			if strings.Contains(got, ">"+mark+"<") != (mark == test.want) {
				t.Errorf("%s: %q is wrong in %s", test.name, mark, got)
			}
		}
	}
}

// Where the other account is proposed as the one that stays, the question says why.
func TestProposalSaysWhy(t *testing.T) {
	verified := linking.Account{Subject: "auth0|1", Connection: "db", Email: "ada@x", EmailVerified: true}
	none := linking.Account{Subject: "google-oauth2|2", Connection: "google-oauth2", Name: "Ada", NoEmail: true}
	also := linking.Account{Subject: "google-oauth2|3", Connection: "google-oauth2", Email: "third@x", EmailVerified: true}
	for _, test := range []struct {
		name                 string
		primary, second, own linking.Account
		reversed             error
		want                 bool
	}{
		{"proposed", verified, none, none, nil, true},
		{"as it was begun", verified, none, verified, nil, false},
		{"the other way round", none, verified, verified, nil, false},
		{"both are verified", verified, also, also, nil, false},
		{"nothing else is possible", verified, none, none, linking.ErrHasLinked, false},
	} {
		plan, err := linking.NewPlan(test.primary, test.second, linking.Policy{AllowNoEmail: true})
		if err != nil {
			t.Fatal(err)
		}
		v := view{parts: parts(t), say: say}
		asked := v.confirmLink(flow.Question{Link: &flow.LinkQuestion{
			Plan: plan, SignedIn: test.own.Subject, Reversed: test.reversed,
		}}).(*confirm)
		why := words.Fill(say.Of(text.VerifiedStays), "first", accountLabel(&test.primary))
		if strings.HasSuffix(asked.Lead, why) != test.want {
			t.Errorf("%s: asks %q", test.name, asked.Lead)
		}
		// A profile without an address is never a surprise.
		told := words.Plain(words.Fill(say.Of(text.PrimaryNoEmail), "first", "Ada"))
		drawn := letters(html(t, parts(t), asking(flow.LinkQuestion{Plan: plan, SignedIn: test.own.Subject})))
		if strings.Contains(drawn, letters(told)) != test.primary.NoEmail {
			t.Errorf("%s: %s", test.name, drawn)
		}
	}
}

// What may be linked is what the configuration says.
func TestEmailPolicy(t *testing.T) {
	p := parts(t)
	if got := p.policy(); got.AllowUnverified || !got.AllowNoEmail || got.TrustedEmail != nil {
		t.Errorf("by default %+v", got)
	}
	p.config.UnverifiedEmail, p.config.NoEmail, p.config.TrustedEmail = config.WarnUnverified, config.RefuseNoEmail, []string{"db"}
	if got := p.policy(); !got.AllowUnverified || got.AllowNoEmail || !slices.Equal(got.TrustedEmail, []string{"db"}) {
		t.Errorf("by choice %+v", got)
	}
}
