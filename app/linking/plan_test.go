package linking

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/app/management"
	"twinlock/app/oidc"
)

func account(subject string, edits ...func(*Account)) Account {
	a := Account{
		Subject:       subject,
		Connection:    providerOf(subject),
		Provider:      providerOf(subject),
		Email:         "ada@example.com",
		EmailVerified: true,
	}
	for _, edit := range edits {
		edit(&a)
	}
	return a
}

func unverified(a *Account) { a.EmailVerified = false }

func unread(a *Account) { a.Unread = true }

func unusable(a *Account) { a.Unusable = true }

func odd(a *Account) { a.OddMetadata = true }

// nameless is an identity that can only be shown.
var nameless = management.Identity{Provider: "google-oauth2", Connection: "google-oauth2", Unusable: management.NoID}

func via(connection string) func(*Account) {
	return func(a *Account) { a.Connection = connection }
}

func with(identities ...management.Identity) func(*Account) {
	return func(a *Account) { a.Linked = identities }
}

// metadata sets user_metadata as management reads it.
func metadata(text string) func(*Account) {
	return func(a *Account) { a.Metadata = object(text) }
}

func object(text string) map[string]any {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var o map[string]any
	if err := dec.Decode(&o); err != nil {
		panic(err)
	}
	return o
}

var (
	database = management.Identity{Provider: "auth0", UserID: "1", Connection: "db"}
	google   = management.Identity{Provider: "google-oauth2", UserID: "2", Connection: "google-oauth2"}
	facebook = management.Identity{Provider: "facebook", UserID: "3", Connection: "facebook"}
)

func TestNewPlanRefuses(t *testing.T) {
	const one, two = "auth0|1", "google-oauth2|2"
	for _, test := range []struct {
		name          string
		first, second Account
		policy        Policy
		wantErr       error
		about         string
		swap          bool
	}{
		{"the same account (attack case 11)", account(one), account(one), Policy{}, ErrSameAccount, one, false},
		{"another than the chosen one (attack cases 12 and 13)", account(one), account("google-oauth2|3"), Policy{Expected: two}, ErrWrongAccount, "google-oauth2|3", false},
		{"second unverified (attack case 14)", account(one), account(two, unverified), Policy{}, ErrUnverified, two, false},
		{"first unverified (attack case 15)", account(one, unverified), account(two), Policy{}, ErrUnverified, one, false},
		{"linked already (attack case 19)", account(one, with(google)), account(two), Policy{}, ErrAlreadyHere, two, false},
		{"first is linked to the second (attack case 19)", account(one), account(two, with(database)), Policy{}, ErrAlreadyHere, two, false},
		{"second has linked ones (attack case 19)", account(one), account(two, with(facebook)), Policy{}, ErrHasLinked, two, true},
		{"both have linked ones", account(one, with(facebook)), account(two, with(facebook)), Policy{}, ErrHasLinked, two, false},
		{"no id (attack case 20)", account(one), account(""), Policy{}, ErrUnread, "", false},
		{"no ids (attack case 20)", account(""), account(""), Policy{}, ErrUnread, "", false},
		{"the chosen one is linked to it by now", account(one), account("facebook|9", with(google)), Policy{Expected: two}, ErrHasLinked, "facebook|9", true},
		{"first not read", account(one, unread), account(two), Policy{}, ErrUnread, one, true},
		{"connection not allowed (attack case 21)", account(one), account(two), Policy{Connections: []string{"auth0"}}, ErrConnection, two, false},
		{"first's connection not allowed (attack case 21)", account(one), account(two), Policy{Connections: []string{"google-oauth2"}}, ErrConnection, one, false},
		{"connection named like one allowed (attack case 21)", account(one), account(two, via("Google-OAuth2")), Policy{Connections: []string{"auth0", "google-oauth2"}}, ErrConnection, two, false},
		{"connection not known (attack case 21)", account(one), account(two, via("")), Policy{Connections: []string{"auth0", "google-oauth2"}}, ErrConnection, two, false},
		{"a second one of its connection", account(one), account("auth0|2"), Policy{RefuseSame: true}, ErrSameConnection, "auth0|2", false},
		{"a second one of a linked one's", account(one, with(google)), account("google-oauth2|3"), Policy{RefuseSame: true}, ErrSameConnection, "google-oauth2|3", false},
		{"second's own identity is unusable", account(one), account(two, unusable), Policy{}, ErrUnusable, two, false},
		{"first's own identity is unusable", account(one, unusable), account(two), Policy{}, ErrUnusable, one, false},
		{"second has an unusable one", account(one), account(two, with(nameless)), Policy{}, ErrHasLinked, two, true},
		{"both have an unusable one", account(one, with(nameless)), account(two, with(nameless)), Policy{}, ErrHasLinked, two, false},
		{"an unusable one is not the chosen one", account(one), account("google-oauth2|3", with(nameless)), Policy{Expected: two}, ErrWrongAccount, "google-oauth2|3", false},
		{"second is an enterprise account", account(one), account("samlp|corp|2"), Policy{}, ErrEnterprise, "samlp|corp|2", true},
		{"both are enterprise accounts", account("waad|1"), account("samlp|corp|2"), Policy{}, ErrEnterprise, "samlp|corp|2", false},
		{"enterprise, and unverified", account(one, unverified), account("okta|corp|2"), Policy{}, ErrUnverified, one, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := NewPlan(test.first, test.second, test.policy)
			var refused *RefusedError
			if !errors.Is(err, test.wantErr) || !errors.As(err, &refused) {
				t.Fatalf("NewPlan: %v, want %v", err, test.wantErr)
			}
			if refused.Account.Subject != test.about || refused.Swap != test.swap {
				t.Errorf("about %q, swap %v", refused.Account.Subject, refused.Swap)
			}
		})
	}
}

func TestNewPlan(t *testing.T) {
	const one, two = "auth0|1", "google-oauth2|2"
	for _, test := range []struct {
		name          string
		first, second Account
		policy        Policy
		want          []Warning
	}{
		{"two accounts", account(one), account(two), Policy{}, nil},
		{"another of the same provider (attack case 17)", account(one, with(google)), account("google-oauth2|3"), Policy{}, nil},
		{"allowed connections", account(one), account(two), Policy{Connections: []string{"auth0", "google-oauth2"}}, nil},
		{"the chosen one", account(one), account(two), Policy{Expected: two}, nil},
		{"unverified, allowed", account(one, unverified), account(two, unverified), Policy{AllowUnverified: true}, []Warning{WarnPrimaryUnverified, WarnSecondaryUnverified}},
		{"enterprise primary", account("samlp|corp|1"), account(two), Policy{}, []Warning{WarnPersonal}},
		{"second not read", account(one), account(two, unread), Policy{}, []Warning{WarnUnread}},
		{"an unusable one beside", account(one, with(nameless)), account(two), Policy{}, nil},
		{"first's metadata is odd", account(one, odd), account(two), Policy{}, []Warning{WarnPrimaryMetadata}},
		{"second's metadata is odd", account(one), account(two, odd), Policy{}, []Warning{WarnSecondaryMetadata}},
		{"second's app_metadata is odd", account(one), account(two, func(a *Account) { a.OddAppMetadata = true }), Policy{}, []Warning{WarnSecondaryMetadata}},
		{"first's app_metadata is odd, and stays", account(one, func(a *Account) { a.OddAppMetadata = true }), account(two), Policy{}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan, err := NewPlan(test.first, test.second, test.policy)
			if err != nil {
				t.Fatal(err)
			}
			if plan.Primary.Subject != test.first.Subject || plan.Secondary.Subject != test.second.Subject {
				t.Errorf("planned %s to %s", plan.Secondary.Subject, plan.Primary.Subject)
			}
			if !slices.Equal(plan.Warnings, test.want) {
				t.Errorf("warnings %q", plan.Warnings)
			}
		})
	}
}

// Attack case 16: addresses that are or look alike make no two accounts one,
// and no two accounts different.
func TestAddressesAreNotCompared(t *testing.T) {
	for _, email := range []string{"ada@example.com", "ADA@example.com", "a.d.a+1@example.com", "аda@example.com", "ada@example.com ", "\u200b"} {
		second := account("google-oauth2|2", func(a *Account) { a.Email = email })
		if _, err := NewPlan(account("auth0|1"), second, Policy{}); err != nil {
			t.Errorf("%q: %v", email, err)
		}
		sameProvider := account("auth0|2", func(a *Account) { a.Email = email })
		if _, err := NewPlan(account("auth0|1"), sameProvider, Policy{}); err != nil {
			t.Errorf("%q, of the same provider: %v", email, err)
		}
		second.Subject = "auth0|1"
		if _, err := NewPlan(account("auth0|1"), second, Policy{}); !errors.Is(err, ErrSameAccount) {
			t.Errorf("%q: %v", email, err)
		}
	}
}

func TestAccountOf(t *testing.T) {
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	got := AccountOf(management.User{
		ID: "auth0|1", Name: "Ada", Email: "ada@example.com", EmailVerified: true, Picture: "https://cdn.example/a.png",
		Created: created, LastLogin: created.Add(time.Hour), Logins: 3,
		Identities:  []management.Identity{database, google},
		Metadata:    object(`{"theme":"dark"}`),
		AppMetadata: object(`{"roles":["admin"],"plan":"gold"}`),
	})
	want := Account{
		Subject: "auth0|1", Connection: "db", Provider: "auth0", UserID: "1", Name: "Ada", Email: "ada@example.com", EmailVerified: true,
		EmailFrom: "db", Picture: "https://cdn.example/a.png", Created: created, LastLogin: created.Add(time.Hour), Logins: 3,
		Linked:   []management.Identity{google},
		Metadata: map[string]any{"theme": "dark"}, AppMetadata: []string{"plan", "roles"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	claims := AccountOfClaims(oidc.Claims{Subject: "google-oauth2|2", Name: "Ada", Email: "a@b", EmailVerified: true, Picture: "p"}, "google-oauth2")
	want = Account{
		Subject: "google-oauth2|2", Connection: "google-oauth2", Provider: "google-oauth2",
		Name: "Ada", Email: "a@b", EmailVerified: true, Picture: "p", Unread: true,
	}
	if !reflect.DeepEqual(claims, want) {
		t.Errorf("of claims: %+v", claims)
	}
}

func mustPlan(t testing.TB, primary, secondary string, policy Policy) Plan {
	t.Helper()
	plan, err := NewPlan(account("auth0|1", metadata(primary)), account("google-oauth2|2", metadata(secondary)), policy)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestPatch(t *testing.T) {
	type choices map[string]Choice
	for _, test := range []struct {
		name               string
		primary, secondary string
		choices            choices
		policy             Policy
		want               string // "" for no patch
		lost, replaced     []string
	}{
		{"nothing there", `{}`, `{}`, nil, Policy{}, "", nil, nil},
		{"all alike", `{"a":[1,{"b":null}]}`, `{"a":[1,{"b":null}]}`, nil, Policy{}, "", nil, nil},
		{"taken over by default", `{"a":1}`, `{"b":2}`, nil, Policy{}, `{"b":2}`, nil, nil},
		{"the primary's by default", `{"a":1}`, `{"a":2}`, nil, Policy{}, "", []string{"a"}, nil},
		{"the secondary's by choice", `{"a":1}`, `{"a":2}`, choices{"a": KeepSecondary}, Policy{}, `{"a":2}`, nil, []string{"a"}},
		{"dropped by choice", `{}`, `{"a":2}`, choices{"a": KeepPrimary}, Policy{}, "", []string{"a"}, nil},
		{"lists joined, not by position (attack case 32)", `{"a":["p"]}`, `{"a":["s","p","t","s"]}`, choices{"a": KeepBoth}, Policy{}, `{"a":["p","s","t"]}`, nil, nil},
		{"lists joined to the primary's", `{"a":[1,2]}`, `{"a":[2]}`, choices{"a": KeepBoth}, Policy{}, "", nil, nil},
		{"lists of what looks alike", `{"a":[1,{"x":1,"y":2}]}`, `{"a":["1",{"y":2,"x":1},1.0]}`, choices{"a": KeepBoth}, Policy{}, `{"a":[1,{"x":1,"y":2},"1",1.0]}`, nil, nil},
		{"a list and a text cannot be joined", `{"a":["p"]}`, `{"a":"s"}`, choices{"a": KeepBoth}, Policy{}, "", []string{"a"}, nil},
		{"objects cannot be joined", `{"a":{"p":1}}`, `{"a":{"s":1}}`, choices{"a": KeepBoth}, Policy{}, "", []string{"a"}, nil},
		{"a choice that is none", `{}`, `{"a":1}`, choices{"a": "all", "b": KeepSecondary}, Policy{}, `{"a":1}`, nil, nil},
		{"a null is no key", `{"a":1,"b":null}`, `{"a":null,"b":2}`, choices{"a": KeepSecondary}, Policy{}, `{"b":2}`, nil, nil},
		{"no merge", `{"a":1,"c":3}`, `{"a":2,"b":2,"c":3}`, choices{"a": KeepSecondary}, Policy{NoMerge: true}, "", []string{"a", "b"}, nil},
		{"numbers as they are (attack case 33)", `{}`, `{"a":12345678901234567890.10,"b":-0,"c":1E400}`, nil, Policy{}, `{"a":12345678901234567890.10,"b":-0,"c":1E400}`, nil, nil},
		{"names that are dangerous (attack case 33)", `{}`, `{"__proto__":{"admin":true},"a":{"b":[{"__proto__":1}]},"constructor":{"prototype":{}},"ok":1}`, nil, Policy{}, `{"ok":1}`, []string{"__proto__", "a", "constructor"}, nil},
		{"a list beside a dangerous one (attack case 33)", `{"a":[{"__proto__":1}]}`, `{"a":[2]}`, choices{"a": KeepBoth}, Policy{}, "", []string{"a"}, nil},
		{"names that only look it (attack case 33)", `{}`, `{"":1,"constructor":"Ferrari","prototype":2,"toString":3,"$where":4,"a.b":5}`, nil, Policy{}, `{"":1,"constructor":"Ferrari","prototype":2,"toString":3,"$where":4,"a.b":5}`, nil, nil},
		{"names of root attributes are but keys (attack case 34)", `{}`, `{"email_verified":true,"app_metadata":{"roles":["admin"]}}`, nil, Policy{}, `{"email_verified":true,"app_metadata":{"roles":["admin"]}}`, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := mustPlan(t, test.primary, test.secondary, test.policy)
			for key, c := range test.choices {
				plan = plan.With(key, c)
			}
			var want map[string]any
			if test.want != "" {
				want = object(test.want)
			}
			if got := plan.Patch(); !reflect.DeepEqual(got, want) {
				t.Errorf("patch %v, want %v", got, want)
			}
			if l := plan.Lost(); !slices.Equal(l.Metadata, test.lost) || !slices.Equal(l.Replaced, test.replaced) {
				t.Errorf("lost %q, replaced %q", l.Metadata, l.Replaced)
			}
		})
	}
}

// Attack case 32: rights are no part of the plan but as a loss.
func TestAppMetadataIsLost(t *testing.T) {
	second := AccountOf(management.User{
		ID: "google-oauth2|2", Email: "ada@x", EmailVerified: true, Identities: []management.Identity{google},
		AppMetadata: object(`{"roles":["admin"]}`),
	})
	plan, err := NewPlan(account("auth0|1"), second, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if got := plan.Lost().AppMetadata; !slices.Equal(got, []string{"roles"}) {
		t.Errorf("lost %q", got)
	}
	if plan = plan.With("roles", KeepSecondary); plan.Patch() != nil {
		t.Errorf("patch %v", plan.Patch())
	}
}

// Attack case 33: what is large or deep costs no more than its size.
func TestLargeMetadata(t *testing.T) {
	numbers := make([]string, 100_000)
	for i := range numbers {
		numbers[i] = `"` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + `"`
	}
	list := `{"l":[` + strings.Join(numbers, ",") + `]}`
	plan := mustPlan(t, list, `{"l":[1]}`, Policy{}).With("l", KeepBoth)
	if got := plan.Patch()["l"].([]any); len(got) != 7*26+1 {
		t.Errorf("%d elements", len(got))
	}
	deep := `{"d":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `,"` + strings.Repeat("k", 1<<20) + `":1}`
	plan = mustPlan(t, `{}`, deep, Policy{})
	data, err := json.Marshal(plan.entry(morning))
	if err != nil {
		t.Fatal(err)
	}
	if e, err := ParseEntry(data); err != nil || len(e.Merge) != 2 {
		t.Errorf("%d keys in the journal: %v", len(e.Merge), err)
	}
}

func TestSwap(t *testing.T) {
	plan := mustPlan(t, `{"a":1,"b":1,"l":[1],"p":1}`, `{"a":2,"b":2,"l":[2],"s":2}`, Policy{}).
		With("b", KeepPrimary).With("l", KeepBoth).With("s", KeepPrimary)
	swapped, err := plan.Swap()
	if err != nil {
		t.Fatal(err)
	}
	if swapped.Primary.Subject != plan.Secondary.Subject || swapped.Secondary.Subject != plan.Primary.Subject {
		t.Errorf("%s is linked to %s", swapped.Secondary.Subject, swapped.Primary.Subject)
	}
	// The value chosen for b stays chosen; for a nothing was, so the new
	// primary's stays.
	if got, want := swapped.Patch(), object(`{"b":1,"l":[2,1],"p":1}`); !reflect.DeepEqual(got, want) {
		t.Errorf("patch %v, want %v", got, want)
	}
	back, err := swapped.Swap()
	if err != nil || !reflect.DeepEqual(back, plan) {
		t.Errorf("swapped twice it is\n%+v\nwant\n%+v", back, plan)
	}
	refused, err := NewPlan(account("samlp|corp|1"), account("google-oauth2|2"), Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = refused.Swap(); !errors.Is(err, ErrEnterprise) {
		t.Errorf("Swap: %v", err)
	}
}

func TestWithLeavesThePlanAlone(t *testing.T) {
	plan := mustPlan(t, `{"a":1}`, `{"a":2,"b":2}`, Policy{})
	first := plan.With("a", KeepSecondary)
	second := first.With("a", KeepPrimary).With("b", KeepPrimary)
	if plan.Fields[0].Choice != KeepPrimary || len(plan.Patch()) != 1 {
		t.Error("the plan has changed")
	}
	if first.Fields[0].Choice != KeepSecondary || len(first.Patch()) != 2 || second.Patch() != nil {
		t.Error("the choices got mixed")
	}
}

func FuzzPatch(f *testing.F) {
	f.Add([]byte(`{"a":1,"l":[1],"p":{}}`), []byte(`{"a":2,"l":[2,1],"s":null}`), []byte("pbs"))
	f.Add([]byte(`{"":"x"}`), []byte(`{"__proto__":{},"":[]}`), []byte("s"))
	f.Add([]byte(`{"l":[[],{}]}`), []byte(`{"l":[{"constructor":{"prototype":1}}]}`), []byte("b"))
	f.Fuzz(func(t *testing.T, first, second, choices []byte) {
		var ours, theirs map[string]any
		if !readJSON(first, &ours) || !readJSON(second, &theirs) {
			t.Skip()
		}
		before, _ := json.Marshal([]any{ours, theirs})
		plan, err := NewPlan(
			account("auth0|1", func(a *Account) { a.Metadata = ours }),
			account("google-oauth2|2", func(a *Account) { a.Metadata = theirs }), Policy{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(plan.Fields, func(a, b Field) int { return a.compare(b.Key) }) {
			t.Error("the fields are not sorted")
		}
		for i, c := range choices {
			if i < len(plan.Fields) {
				plan = plan.With(plan.Fields[i].Key, map[byte]Choice{'p': KeepPrimary, 's': KeepSecondary, 'b': KeepBoth}[c])
			}
		}
		checkPatch(t, plan)
		swapped, err := plan.Swap()
		if err != nil {
			t.Fatal(err)
		}
		checkPatch(t, swapped)
		if back, err := swapped.Swap(); err != nil || !reflect.DeepEqual(back, plan) {
			t.Errorf("swapped twice it is %+v, want %+v", back, plan)
		}
		if after, _ := json.Marshal([]any{ours, theirs}); string(after) != string(before) {
			t.Error("the accounts have been written to")
		}
	})
}

func readJSON(data []byte, to *map[string]any) bool {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.UseNumber()
	return dec.Decode(to) == nil
}

// checkPatch goes through the keys of both accounts: each value is kept, or
// announced as lost.
func checkPatch(t *testing.T, p Plan) {
	t.Helper()
	patch, loss := p.Patch(), p.Lost()
	if patch != nil && len(patch) == 0 {
		t.Error("an empty patch is not nil")
	}
	after := maps.Clone(p.Primary.Metadata)
	if after == nil {
		after = make(map[string]any)
	}
	for key, v := range patch {
		if v == nil || hostile(key, v) {
			t.Errorf("%q must not be sent", key)
		}
		if _, theirs := p.Secondary.Metadata[key]; !theirs {
			t.Errorf("%q is not the secondary's", key)
		}
		after[key] = v
	}
	for key, v := range p.Primary.Metadata {
		if v != nil && !holds(after[key], v) && !slices.Contains(loss.Replaced, key) {
			t.Errorf("%q of the primary has changed unannounced", key)
		}
	}
	for key, v := range p.Secondary.Metadata {
		if v != nil && !holds(after[key], v) && !slices.Contains(loss.Metadata, key) {
			t.Errorf("%q of the secondary is lost unannounced", key)
		}
	}
	data, err := json.Marshal(p.entry(morning))
	if err != nil {
		t.Fatal(err)
	}
	if patch == nil {
		return
	}
	e, err := ParseEntry(data)
	if err != nil {
		t.Fatal(err)
	}
	if left, skipped := e.compare(management.User{Metadata: p.Primary.Metadata}); !equal(left, patch) || len(skipped) > 0 {
		t.Errorf("journalled %v, want %v", left, patch)
	}
	if left, skipped := e.compare(management.User{Metadata: after}); len(left)+len(skipped) > 0 {
		t.Errorf("after the merge %v is left", left)
	}
}

// Into metadata that cannot be merged nothing is written, and what is lost is told.
func TestOddMetadataIsLeftAlone(t *testing.T) {
	first, second := account("auth0|1", odd), account("google-oauth2|2", metadata(`{"news":true,"theme":"light"}`))
	plan, err := NewPlan(first, second, Policy{})
	if err != nil || len(plan.Fields) > 0 || plan.Patch() != nil || len(plan.entry(morning).Merge) > 0 {
		t.Fatalf("planned %+v, %v", plan, err)
	}
	if lost := plan.Lost().Metadata; !slices.Equal(lost, []string{"news", "theme"}) {
		t.Errorf("lost are %q", lost)
	}
	// The other way round there is nothing to take over, and the own settings stay.
	plan, err = plan.Swap()
	if err != nil || plan.Patch() != nil || len(plan.Lost().Metadata) > 0 || !slices.Equal(plan.Warnings, []Warning{WarnSecondaryMetadata}) {
		t.Errorf("planned %+v, %v", plan, err)
	}
}

// A key with half a surrogate pair, on either side, is neither written nor replaced.
func TestHalfSurrogatesAreNotTakenOver(t *testing.T) {
	half := json.RawMessage(`"\ud800"`)
	with := func(o map[string]any) func(*Account) { return func(a *Account) { a.Metadata = o } }
	first := account("auth0|1", with(map[string]any{"ours": half, "both": half, "list": []any{"a"}}))
	second := account("google-oauth2|2", with(map[string]any{
		"theirs": half, "ours": "x", "both": half, "list": json.RawMessage(`["\udfff"]`), "fine": "\U0001f600",
	}))
	plan, err := NewPlan(first, second, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Fields) != 1 || plan.Fields[0].Key != "fine" {
		t.Errorf("there is a choice about %+v", plan.Fields)
	}
	for _, c := range []Choice{KeepPrimary, KeepBoth, KeepSecondary} {
		for _, key := range []string{"theirs", "ours", "list"} {
			plan = plan.With(key, c)
		}
	}
	if patch := plan.Patch(); !reflect.DeepEqual(patch, map[string]any{"fine": "\U0001f600"}) {
		t.Errorf("patch %v", patch)
	}
	if lost := plan.Lost(); !slices.Equal(lost.Metadata, []string{"list", "ours", "theirs"}) || len(lost.Replaced) > 0 {
		t.Errorf("lost %+v", lost)
	}
}

// A second identity of one connection is warned of where the policy says so, and only there.
func TestSecondOfOneConnection(t *testing.T) {
	for _, test := range []struct {
		name          string
		first, second Account
		same          bool
	}{
		{"of its own", account("auth0|1"), account("auth0|2"), true},
		{"of a linked one's", account("auth0|1", with(google)), account("google-oauth2|3"), true},
		{"of none", account("auth0|1", with(google)), account("facebook|3"), false},
		{"another name", account("auth0|1"), account("auth0|2", via("staff")), false},
		{"not known", account("auth0|1", via("")), account("auth0|2", via("")), false},
	} {
		for _, policy := range []Policy{{}, {WarnSame: true}, {RefuseSame: true}} {
			plan, err := NewPlan(test.first, test.second, policy)
			warned := slices.Contains(plan.Warnings, WarnSame)
			if errors.Is(err, ErrSameConnection) != (test.same && policy.RefuseSame) || warned != (test.same && policy.WarnSame) {
				t.Errorf("%s, %+v: %v, %v", test.name, policy, plan.Warnings, err)
			}
		}
	}
}
