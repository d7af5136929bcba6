package ui

import (
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"twinlock/app/flow"
	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/lock"
	"twinlock/app/management"
	"twinlock/app/text"
	"twinlock/app/words"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

func facebook(id string, p management.Profile) management.Identity {
	return management.Identity{Provider: "facebook", Connection: "facebook", UserID: id, Profile: p}
}

// Identities of one connection that read alike get what tells them apart: in their rows,
// the names of their buttons, and the questions.
func TestLabelsAreDistinct(t *testing.T) {
	named := func(name string) management.Profile { return management.Profile{Name: name} }
	for _, test := range []struct {
		name string
		ids  []management.Identity
		want []string
	}{
		{"different names", []management.Identity{facebook("1", named("Ada")), facebook("2", named("Eda"))}, []string{"Ada", "Eda"}},
		{"other connections", []management.Identity{
			facebook("1", named("Ada")), {Provider: "x", Connection: "x", UserID: "1", Profile: named("Ada")},
		}, []string{"Ada", "Ada"}},
		{"phone", []management.Identity{
			facebook("1", management.Profile{Name: "Ada", Nickname: "a", Phone: "+1 2"}),
			facebook("2", management.Profile{Name: "Ada", Nickname: "b", Phone: "+1 3"}),
		}, []string{"Ada (+1 2)", "Ada (+1 3)"}},
		{"nickname", []management.Identity{
			facebook("1", management.Profile{Name: "Ada", Nickname: "a", Phone: "+1 2"}),
			facebook("2", management.Profile{Name: "Ada", Nickname: "b", Phone: "+1 2"}),
		}, []string{"Ada (a)", "Ada (b)"}},
		{"one has a phone", []management.Identity{
			facebook("1", management.Profile{Name: "Ada", Phone: "+1 2"}), facebook("2", named("Ada")),
		}, []string{"Ada (+1 2)", "Ada (2)"}},
		{"one address", []management.Identity{
			facebook("1", management.Profile{Name: "Ada", Email: "a@x"}), facebook("2", management.Profile{Name: "Eda", Email: "A@x"}),
		}, []string{"a@x (Ada)", "A@x (Eda)"}},
		{"a fact of one is another's name", []management.Identity{
			facebook("1", management.Profile{Name: "Ada", Nickname: "b"}),
			facebook("2", management.Profile{Name: "Ada", Nickname: "c", Phone: "b"}),
		}, []string{"Ada (1)", "Ada (c)"}},
		{"long ids", []management.Identity{
			facebook("10218151210185211", named("Ada")), facebook("10218151210185222", named("Ada")),
		}, []string{"Ada (…10185211)", "Ada (…10185222)"}},
		{"ids with one end", []management.Identity{
			facebook("10218151210185211", named("Ada")), facebook("20218151210185211", named("Ada")),
		}, []string{`Ada ("facebook|10218151210185211")`, `Ada ("facebook|20218151210185211")`}},
		{"ids that look the same", []management.Identity{
			facebook("1\u200b", named("Ada")), facebook("1", named("Ada")),
		}, []string{`Ada ("facebook|1\u200b")`, `Ada ("facebook|1")`}},
		{"nameless, with long ids", []management.Identity{
			facebook(strings.Repeat("1", 100)+"2", named("")), facebook(strings.Repeat("1", 100)+"3", named("")),
		}, []string{"Account " + strings.Repeat("1", 71) + "… (…11111112)", "Account " + strings.Repeat("1", 71) + "… (…11111113)"}},
		{"case and what is not seen", []management.Identity{
			facebook("1", named("Ada")), facebook("2", named("a\u200bda\u2800")), facebook("3", named("ADA\u3164")),
		}, []string{"Ada (1)", "ada (2)", "ADA (3)"}},
		{"an accent of its own", []management.Identity{
			facebook("1", named("M\u00fcller")), facebook("2", named("Mu\u0308ller")),
		}, []string{"M\u00fcller (1)", "Mu\u0308ller (2)"}},
		{"letters of another script", []management.Identity{
			facebook("1", management.Profile{Name: "Homo", Nickname: "a"}), facebook("2", management.Profile{Name: "Hоmo", Nickname: "а"}),
		}, []string{"Homo (1)", "Hоmo (2)"}},
		{"one and the letter l", []management.Identity{
			facebook("1", management.Profile{Email: "ali1@x"}), facebook("2", management.Profile{Email: "alil@x"}),
		}, []string{"ali1@x (1)", "alil@x (2)"}},
		{"a non-joiner", []management.Identity{
			facebook("1", named("می\u200cخ")), facebook("2", named("میخ")),
		}, []string{"می\u200cخ (1)", "میخ (2)"}},
		{"ids that differ in case", []management.Identity{
			facebook("Ab", named("Ada")), facebook("aB", named("Ada")),
		}, []string{`Ada ("facebook|Ab")`, `Ada ("facebook|aB")`}},
		{"ids that differ in a space", []management.Identity{
			facebook("sp", named("Ada")), facebook("sp ", named("Ada ")),
		}, []string{`Ada ("facebook|sp")`, `Ada ("facebook|sp ")`}},
		{"a name that has another's fact", []management.Identity{
			facebook("1", named("Ada")), facebook("2", named("Ada")), facebook("3", named("Ada (1)")),
		}, []string{"Ada (1)", "Ada (2)", "Ada (1) (3)"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			u := management.User{ID: "auth0|9", Name: "Ada", Email: "ada@x",
				Identities: append([]management.Identity{{Provider: "auth0", UserID: "9", Connection: "db"}}, test.ids...)}
			v := view{parts: parts(t), say: say}
			v.state.User, v.state.Phase = u, flow.Ready
			n := v.names()
			var rows, questions []string
			for i, identity := range test.ids {
				if got := n.Identity(identity, *v.own()); got != test.want[i] {
					t.Errorf("%d is called %q, want %q", i, got, test.want[i])
				}
				rows = append(rows, app.HTMLString(v.row(v.rows()[i], true)))
				c := v.confirmUnlink(flow.Question{Unlink: &identity}).(*confirm)
				questions = append(questions, c.Title+c.Lead+c.Means)
				row := letters(rows[i])
				for _, where := range []string{row, letters(words.Plain(c.Title)), letters(words.Plain(c.Means))} {
					if !strings.Contains(where, letters(test.want[i])) {
						t.Errorf("%q is not in %s", test.want[i], where)
					}
				}
				if button := n.connections.find(identity.Connection, identity.Provider).Label + ": " + test.want[i]; !strings.Contains(rows[i], "aria-label="+strconv.Quote("Unlink "+button)) {
					t.Errorf("the button does not name %q: %s", button, rows[i])
				}
			}
			slices.Sort(rows)
			slices.Sort(questions)
			if n := len(test.ids); len(slices.Compact(rows)) != n || len(slices.Compact(questions)) != n {
				t.Errorf("two rows or two questions are the same: %q, %q", rows, questions)
			}
		})
	}
}

// The profile's own identity reads like a linked one.
func TestOwnIdentityIsDistinct(t *testing.T) {
	u := management.User{ID: "facebook|1", Nickname: "Ada", Identities: []management.Identity{
		facebook("1", management.Profile{}), facebook("2", management.Profile{Name: "Ada"}),
	}}
	got := letters(html(t, parts(t), showing(u)))
	for _, want := range []string{"Ada (facebook|1)", "Ada (2)"} {
		if !strings.Contains(got, letters(want)) {
			t.Errorf("lacks %q: %s", want, got)
		}
	}
}

// Where a link is asked for, refused or done, the second account is told from those that
// the profile has.
func TestSecondIsDistinct(t *testing.T) {
	n := names{say, parts(t).connections}
	profile := linking.Account{Subject: "auth0|9", Connection: "db", Email: "ada@x",
		Linked: []management.Identity{facebook("1", management.Profile{Name: "Ada"})}}
	second := linking.Account{Subject: "facebook|22222222222", Connection: "facebook", Provider: "facebook", Name: "Ada"}
	const want = "Ada (…22222222)"
	if got := n.Account(second, profile); got != want {
		t.Errorf("it is called %q", got)
	}
	for _, plan := range []linking.Plan{{Primary: profile, Secondary: second}, {Primary: second, Secondary: profile}} {
		first, other := n.Pair(plan)
		if plan.Primary.Subject == second.Subject {
			first, other = other, first
		}
		if first != "ada@x" || other != want {
			t.Errorf("they are called %q and %q", first, other)
		}
		v := view{parts: parts(t), say: say}
		v.state.User = management.User{ID: profile.Subject}
		c := v.confirmLink(flow.Question{Link: &flow.LinkQuestion{Plan: plan, SignedIn: profile.Subject}}).(*confirm)
		if !strings.Contains(words.Plain(c.Means), want) || strings.Count(letters(app.HTMLString(c.Body)), letters(want)) < 1 {
			t.Errorf("the question does not say %q: %q", want, c.Means)
		}
	}
	refused := &linking.RefusedError{Reason: linking.ErrHasLinked, Account: second}
	if got := n.Failure(refused, profile); !strings.Contains(got, want) {
		t.Errorf("the history says %q", got)
	}
	got := html(t, parts(t), func(s *flow.State) {
		s.Phase, s.Notice = flow.Ready, flow.Notice{Kind: flow.Failed, Err: refused}
		s.User = management.User{ID: "auth0|9", Identities: []management.Identity{
			{Provider: "auth0", UserID: "9", Connection: "db"}, profile.Linked[0],
		}}
	})
	if !strings.Contains(letters(got), letters(want)) {
		t.Errorf("the notice lacks %q", want)
	}
}

// An entry of the history keeps what told the account apart.
func TestHistoryIsDistinct(t *testing.T) {
	got := letters(html(t, parts(t), func(s *flow.State) {
		s.Phase = flow.Ready
		s.History = []history.Entry{{Kind: history.Unlinked, Account: "Ada (+1 2)"}}
	}))
	if !strings.Contains(got, letters("Ada (+1 2)")) {
		t.Errorf("the entry is not in %s", got)
	}
}

// nothing are names in which nothing can be seen.
var nothing = []string{
	"", " ", "\u00a0\u2003\u3000\t", "\u200b", "\u2800", "\u3164", "\u115f\u1160", "\uffa0", "\u200e\u202e\u2066\u061c", "\ufe0f\U000e0100",
	"\u200d\u200c\u2060\ufeff\u00ad\u034f\u180e", "\U000e0041\U000e007f", "\U0001d159\U0001d173", "\x00\x1b",
}

func TestNamesThatAreNotSeenAreNone(t *testing.T) {
	n := names{say, parts(t).connections}
	for _, none := range nothing {
		i := facebook("7", management.Profile{Email: none, Name: none, Username: none, Nickname: "ada"})
		if got := n.identityLabel(&i, &linking.Account{}); got != "ada" {
			t.Errorf("%q: the identity is called %q", none, got)
		}
		i.Profile.Nickname = none
		if got := n.identityLabel(&i, &linking.Account{}); got != "Account 7" {
			t.Errorf("%q: the identity is called %q", none, got)
		}
		a := linking.Account{Subject: "facebook|7", Email: none, Name: none, Nickname: none}
		if got := accountLabel(&a); got != "facebook|7" {
			t.Errorf("%q: the account is called %q", none, got)
		}
		if got := wantedLabel(flow.Wanted{Subject: "facebook|7", Email: none}); got != "facebook|7" {
			t.Errorf("%q: the wanted account is called %q", none, got)
		}
		u := management.User{ID: "facebook|7", Email: none, Name: none, Identities: []management.Identity{facebook("7", i.Profile), i}}
		u.Identities[1].UserID = "8"
		got := html(t, parts(t), showing(u))
		if !strings.Contains(got, say.Of(text.EmailNotKnown)) || strings.Contains(got, say.Of(text.NotVerified)) || strings.Contains(got, " · ") {
			t.Errorf("%q is drawn as an address or a name", none)
		}
	}
}

// Those without an id are told apart by what is known of them, and else by their places in
// the list.
func TestUnusableAreDistinct(t *testing.T) {
	unusable := func(p management.Profile) management.Identity {
		return management.Identity{Provider: "facebook", Connection: "facebook", Unusable: management.NoID, Profile: p}
	}
	v := view{parts: parts(t), say: say}
	v.state.User = management.User{ID: "auth0|9", Identities: []management.Identity{
		{Provider: "auth0", UserID: "9", Connection: "db"},
		unusable(management.Profile{}), unusable(management.Profile{Name: "Ada"}), unusable(management.Profile{}),
		facebook("7", management.Profile{Name: "Ada", Nickname: "2"}), unusable(management.Profile{Name: "Ada", Nickname: "a.k"}),
	}}
	v.state.Phase = flow.Ready
	nameless := say.Of(text.NamelessAccount)
	want := []string{nameless + " (1)", "Ada (2)", nameless + " (3)", "Ada (7)", "Ada (a.k)"} // "2" is another's place
	if got := v.names().labels(v.own())[1:]; !slices.Equal(got, want) {
		t.Errorf("they are called %q, want %q", got, want)
	}
	for i, r := range v.rows() {
		row := v.row(r, true)
		if !strings.Contains(letters(app.HTMLString(row)), letters(want[i])) {
			t.Errorf("row %d lacks %q", i, want[i])
		}
	}

	v.state.User.Identities = v.state.User.Identities[:1]
	for range 50 {
		v.state.User.Identities = append(v.state.User.Identities, unusable(management.Profile{}), management.Identity{Unusable: management.NoID})
	}
	labels := v.names().labels(v.own())
	slices.Sort(labels)
	connections := 2 // Facebook's, and none
	if n := len(slices.Compact(labels)); n != 1+50*connections {
		t.Errorf("%d labels of %d identities", n, 1+50*connections)
	}
}

// A name is drawn with the joiners that it is written with; an address and an id are drawn
// without them.
func TestJoinersOfNames(t *testing.T) {
	const name, bare = "می\u200cخواهم", "میخواهم"
	n := names{say, nil}
	for want, i := range map[string]management.Identity{
		name:              facebook("7", management.Profile{Name: name}),
		bare + "@x":       facebook("7", management.Profile{Email: name + "@x"}),
		bare:              facebook("7", management.Profile{Username: name}),
		"Account " + bare: facebook(name, management.Profile{}),
	} {
		if got := n.identityLabel(&i, &linking.Account{}); got != want {
			t.Errorf("the identity is called %+q, want %+q", got, want)
		}
	}
	for want, a := range map[string]linking.Account{
		name:               {Subject: "facebook|7", Nickname: name},
		bare + "@x":        {Subject: "facebook|7", Email: name + "@x", Name: name},
		"facebook|" + bare: {Subject: "facebook|" + name},
	} {
		if got := accountLabel(&a); got != want {
			t.Errorf("the account is called %+q, want %+q", got, want)
		}
	}
	got := html(t, parts(t), showing(management.User{ID: "facebook|7", Name: name, Email: name + "@x", Identities: []management.Identity{
		facebook("7", management.Profile{}), facebook("8", management.Profile{Email: name + "@y", Name: name}),
	}}))
	if strings.Contains(got, name+"@") || strings.Count(got, name) != 2 {
		t.Errorf("the names are not drawn as they are, or an address is: %s", got)
	}
}

// What is not seen is not drawn: the label is the true address.
func TestLabelsAreTrue(t *testing.T) {
	n := names{say, nil}
	i := facebook("7", management.Profile{Email: "ada\u200b@exam\u00adple.com"})
	if got := n.identityLabel(&i, &linking.Account{}); got != "ada@example.com" {
		t.Errorf("the address is drawn as %q", got)
	}
}

// The letter of a picture or a mark is a whole one.
func TestLettersAreWhole(t *testing.T) {
	v := view{parts: parts(t), say: say}
	for name, want := range map[string]string{
		"ada":                 "A",
		"e\u0301va":           "E\u0301",
		"👩\u200d💻 Ada":        "👩\u200d💻",
		"🇩🇪 Ada":              "🇩🇪",
		"\u200b\u202e ada":    "A",
		"\u1112\u1161\u11ab국": "\u1112\u1161\u11ab",
	} {
		if got := app.HTMLString(v.avatar("", name)); !strings.Contains(got, ">"+want+"<") && !strings.Contains(got, "\n"+want+"\n") && letters(got) != letters(want) {
			t.Errorf("the avatar of %q is %s, want %q", name, got, want)
		}
		if got := app.HTMLString(lock.Mark(lock.Connection{Label: name})); letters(got) != letters(want) && !strings.Contains(got, ">"+want+"<") {
			t.Errorf("the mark of %q is %s, want %q", name, got, want)
		}
	}
	if got := app.HTMLString(lock.Mark(lock.Connection{Label: "\u2800"})); !strings.Contains(got, "?") {
		t.Errorf("the mark of nothing is %s", got)
	}
}

// What each identity is known by is worked out once for all of them: ten times as many cost
// about ten times as much.
func TestLabelsOfVeryMany(t *testing.T) {
	n := names{say, connections{{Name: "google-oauth2", Label: "Google"}}}
	cost := func(identities int, name func(int) string) uint64 {
		var a linking.Account
		for i := range identities {
			a.Linked = append(a.Linked, management.Identity{
				Provider: "google-oauth2", UserID: strconv.Itoa(i), Connection: "google-oauth2",
				Profile: management.Profile{Name: name(i)},
			})
		}
		for i, label := range n.labels(&a)[1:] {
			if want := n.identityLabel(&a.Linked[i], &a); i < 20 && label != want {
				t.Fatalf("%q, want %q", label, want)
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n.labels(&a)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, name := range []func(int) string{
		func(i int) string { return "Ada " + strconv.Itoa(i) },
		func(int) string { return "Ada" },
	} {
		if few, many := cost(50, name), cost(500, name); many > 15*few {
			t.Errorf("%s: 500 cost %d bytes, 50 cost %d", name(1), many, few)
		}
	}
}
