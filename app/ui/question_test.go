package ui

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/platform"
	"twinlock/app/text"
	"twinlock/app/words"
)

// The question about a reversed link says why it is reversed.
func TestWhyALinkIsReversed(t *testing.T) {
	google := func(id, email string) management.Identity {
		return management.Identity{
			Provider:   "google-oauth2",
			UserID:     id,
			Connection: "google-oauth2",
			Profile:    management.Profile{Email: email},
		}
	}
	grace := linking.AccountOf(management.User{
		ID: "auth0|9", Email: "grace@x", EmailVerified: true,
		Identities: []management.Identity{{Provider: "auth0", UserID: "9", Connection: "db"}, google("8", "hopper@x")},
	})
	twice := grace
	twice.Linked = append(twice.Linked, google("7", "murray@x"))
	company := linking.Account{
		Subject:       "waad|9",
		Provider:      "waad",
		Connection:    "db",
		Email:         "grace@x",
		EmailVerified: true,
	}
	first := linking.AccountOf(ada())
	first.Linked = nil
	for _, test := range []struct {
		name       string
		second     linking.Account
		connection string
		reason     error
		want       string
	}{
		{"by the account itself", grace, "db", linking.ErrHasLinked, words.Fill(say.Of(text.ReversedHasLinked), "account", "grace@x")},
		{
			"by one that is linked to it", grace, "google-oauth2", linking.ErrHasLinked,
			words.Fill(say.Of(text.ReversedBelongs), "account", "hopper@x", "owner", "grace@x"),
		},
		{
			"by one of two", twice, "google-oauth2", linking.ErrHasLinked,
			words.Fill(say.Of(text.ReversedBelongs), "account", "Google", "owner", "grace@x"),
		},
		{
			"by whatever the tenant offered", grace, "", linking.ErrHasLinked,
			words.Fill(say.Of(text.ReversedHasLinked), "account", "grace@x"),
		},
		{
			"of an organisation", company, "db", linking.ErrEnterprise,
			words.Fill(say.Of(text.ReversedEnterprise), "account", "grace@x"),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan, err := linking.NewPlan(test.second, first, linking.Policy{})
			if err != nil {
				t.Fatal(err)
			}
			v := view{parts: parts(t), say: say}
			c := v.confirmLink(flow.Question{Link: &flow.LinkQuestion{
				Plan:     plan,
				SignedIn: "auth0|1",
				Reversed: test.reason,
				Chosen:   flow.ChosenOf(test.second, test.connection),
			}}).(*confirm)
			if !strings.HasPrefix(c.Lead, test.want+" ") || c.Title != say.Of(text.ReversedTitle) || !c.Grave {
				t.Errorf("asks %q, %q, grave: %v", c.Title, c.Lead, c.Grave)
			}
			told := strings.Join(append(c.Consequences, c.Title, c.Lead), " ")
			if strings.Contains(strings.ToLower(told), "your profile") {
				t.Errorf("calls theirs yours: %s", told)
			}
		})
	}
}

// The history names the account that was asked for when another answered.
func TestHistoryNamesTheWantedAccount(t *testing.T) {
	wanted := flow.Wanted{Subject: "google-oauth2|2", Email: "lovelace@x"}
	refused := &linking.RefusedError{Reason: linking.ErrWrongAccount, Account: linking.Account{Email: "mary@x"}}
	got := names{say: say}.Failure(flow.Wanting(refused, wanted), linking.Account{})
	if strings.Contains(got, "{") || !strings.Contains(got, "mary@x") || !strings.Contains(got, "lovelace@x") {
		t.Errorf("the history says %q", got)
	}
}

// What the person is told of a failure does not change with the network afterwards.
func TestOfflineIsOfItsMoment(t *testing.T) {
	for offline, want := range map[bool]string{true: say.Of(text.Offline), false: say.Of(text.NoAnswer)} {
		told := html(t, parts(t), func(s *flow.State) {
			s.Notice = flow.Notice{Kind: flow.Failed, Err: platform.ErrNetwork, Offline: offline}
		})
		if !strings.Contains(letters(told), letters(want)) {
			t.Errorf("offline %v: %s", offline, letters(told))
		}
	}
}

// A question about settings that cannot be read says that they are left alone, or lost, and
// offers no choice; a value with half a surrogate pair is shown as it is written.
func TestOddMetadataIsTold(t *testing.T) {
	odd, tidy := linking.AccountOf(ada()), linking.Account{
		Subject:       "google-oauth2|9",
		Connection:    "google-oauth2",
		Email:         "nine@x",
		EmailVerified: true,
		Metadata:      map[string]any{"theme": "dark", "half": json.RawMessage(`"\ud800"`)},
	}
	odd.OddMetadata = true
	said := letters(question(t, odd, tidy))
	for _, want := range []string{
		words.Plain(words.Fill(say.Of(text.PrimaryMetadata), "first", "ada@example.com", "second", "nine@x")),
		words.Plain(words.Fill(say.Of(text.LinkLosesMetadata), "keys", "half, theme")),
		`half:"\ud800"`,
	} {
		if !strings.Contains(said, letters(want)) {
			t.Errorf("%q is missing in %s", want, said)
		}
	}
	if strings.Contains(said, letters(say.Of(text.FieldsBody))) {
		t.Error("there is something to choose")
	}
	odd.Linked = nil
	said = letters(question(t, tidy, odd))
	want := words.Plain(words.Fill(say.Of(text.SecondaryMetadata), "second", "ada@example.com"))
	if !strings.Contains(said, letters(want)) {
		t.Errorf("%q is missing in %s", want, said)
	}
}

// TestKeysDrawNothing presses a key in the dialog of a question: nothing is drawn again.
func TestKeysDrawNothing(t *testing.T) {
	engine, k := app.NewTestEngine(), &keyed{question: &confirm{Body: app.Div()}}
	if err := engine.Load(k); err != nil {
		t.Fatal(err)
	}
	engine.ConsumeAll()
	if k.pressed != 1 || k.drawn != 1 {
		t.Errorf("after %d keys it has been drawn %d times", k.pressed, k.drawn)
	}
}

// keyed draws a question, and presses a key in its dialog.
type keyed struct {
	app.Compo
	question       *confirm
	pressed, drawn int
}

func (k *keyed) Render() app.UI {
	k.drawn++
	return k.question.Render()
}

// OnPreRender is called natively where a browser would call OnMount.
func (k *keyed) OnPreRender(ctx app.Context) {
	k.pressed++
	k.question.onKeyDown(ctx, app.Event{Value: app.Null()})
}
