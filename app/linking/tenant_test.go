package linking_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// person is somebody signed in to the embedded tenant.
type person struct {
	id     string
	tokens tenanttest.Tokens
	api    *management.Client
}

func start(t *testing.T) *tenanttest.Server {
	return tenanttest.Start(t, func(o *tenant.Options) {
		o.RateLimit = tenant.RateLimit{PerSecond: 1e6, Burst: 1e6}
	})
}

func signIn(t *testing.T, s *tenanttest.Server, email, connection string) person {
	t.Helper()
	p := person{tokens: s.Login(t, email, connection, map[string][]string{
		"scope": {"openid profile email " + tenanttest.ManagementScopes}, "audience": {s.Audience()},
	})}
	for id, u := range s.Users(t) {
		if u.Email == email {
			p.id = id
		}
	}
	p.api = &management.Client{
		Fetch: browser.Fetch,
		Base:  s.Audience(),
		Token: func(context.Context) (oidc.Secret, error) { return oidc.Secret(p.tokens.AccessToken), nil },
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
	return p
}

func (p person) ceremony(journal linking.Journal) linking.Ceremony {
	return linking.Ceremony{API: p.api, Journal: journal, Sleep: p.api.Sleep}
}

func (p person) account(t *testing.T) linking.Account {
	t.Helper()
	u, err := p.api.User(context.Background(), p.id)
	if err != nil {
		t.Fatal(err)
	}
	return linking.AccountOf(u)
}

func newJournal() linking.Journal {
	return linking.NewJournal(browser.NewScope("/", "https://tenant.example/", "app", "").Vault())
}

func twoAccounts(t *testing.T, s *tenanttest.Server) (first, second person, plan linking.Plan) {
	t.Helper()
	first = signIn(t, s, "ada@example.com", "Username-Password-Authentication")
	second = signIn(t, s, "ada.lovelace@gmail.example", "google-oauth2")
	plan, err := linking.NewPlan(first.account(t), second.account(t), linking.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	return first, second, plan
}

// requests lists what the Management API was asked since a number of requests.
func requests(t *testing.T, s *tenanttest.Server, since int) (list []string) {
	t.Helper()
	for _, r := range s.Requests(t)[since:] {
		if strings.HasPrefix(r.Path, "/api/v2/") {
			list = append(list, r.Method)
		}
	}
	return list
}

func TestLinkAtTenant(t *testing.T) {
	for _, test := range []struct {
		name  string
		swap  bool
		want  map[string]any
		email string
	}{
		{"to the first", false, map[string]any{"theme": "dark", "phone": "+1", "newsletter": true}, "ada@example.com"},
		{"swapped", true, map[string]any{"theme": "light", "phone": "+1", "newsletter": true}, "ada.lovelace@gmail.example"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t)
			primary, secondary, plan := twoAccounts(t, s)
			if test.swap {
				var err error
				if plan, err = plan.Swap(); err != nil {
					t.Fatal(err)
				}
				primary, secondary = secondary, primary
			}
			people, asked := len(s.Users(t)), len(s.Requests(t))
			journal := newJournal()
			out, err := primary.ceremony(journal).Link(t.Context(), plan, oidc.Secret(secondary.tokens.IDToken))
			if err != nil || out.State != linking.Done {
				t.Fatalf("Link is %q: %v", out.State, err)
			}
			if got := requests(t, s, asked); !slices.Equal(got, []string{"POST", "GET", "PATCH"}) {
				t.Errorf("it asked %q", got)
			}
			users := s.Users(t)
			held := users[primary.id]
			if len(users) != people-1 || len(held.Identities) != 2 || held.Email != test.email {
				t.Errorf("the tenant holds %d users, %+v", len(users), held)
			}
			if !reflect.DeepEqual(held.UserMetadata, test.want) {
				t.Errorf("metadata %v, want %v", held.UserMetadata, test.want)
			}
			// Attack case 36: what unlinking makes of it is what was told.
			after, err := primary.ceremony(nil).Unlink(t.Context(), linking.Policy{}, out.User, out.User.Linked()[0])
			if err != nil || len(after.Identities) != 1 {
				t.Fatalf("Unlink: %v", err)
			}
			users = s.Users(t)
			if alone := users[secondary.id]; len(users) != people || len(alone.UserMetadata) != 0 {
				t.Errorf("the unlinked account is %+v", alone)
			}
			if !reflect.DeepEqual(users[primary.id].UserMetadata, test.want) {
				t.Errorf("metadata %v after the unlink", users[primary.id].UserMetadata)
			}
		})
	}
}

// The connection breaks after the tenant has done the work, at both writes.
func TestSilentTenant(t *testing.T) {
	s := start(t)
	primary, secondary, plan := twoAccounts(t, s)
	for method, path := range map[string]string{"POST": "/api/v2/users/*/identities", "PATCH": "/api/v2/users/*"} {
		s.Fault(t, tenant.Fault{Method: method, Path: path, Drop: true, After: true})
	}
	asked := len(s.Requests(t))
	out, err := primary.ceremony(newJournal()).Link(t.Context(), plan, oidc.Secret(secondary.tokens.IDToken))
	if err != nil || out.State != linking.Done || out.User.Metadata["newsletter"] != true {
		t.Fatalf("Link is %q: %v", out.State, err)
	}
	if got := requests(t, s, asked); !slices.Equal(got, []string{"POST", "GET", "PATCH", "GET"}) {
		t.Errorf("it asked %q", got)
	}
}

// The connection breaks, and the tenant does the work when the person who is signed in
// has looked in vain and been told so: whoever stays finishes it.
func TestLateTenant(t *testing.T) {
	for _, swapped := range []bool{false, true} {
		s := start(t)
		first, second, plan := twoAccounts(t, s)
		primary, secondary := first, second
		if swapped {
			var err error
			if plan, err = plan.Swap(); err != nil {
				t.Fatal(err)
			}
			primary, secondary = second, first
		}
		journal := newJournal()
		s.Fault(t, tenant.Fault{Method: "POST", Path: "/api/v2/users/*/identities", Drop: true})
		out, err := primary.ceremony(journal).Link(t.Context(), plan, oidc.Secret(secondary.tokens.IDToken))
		if out.State != linking.Unsettled || !errors.Is(err, linking.ErrUnsettled) {
			t.Fatalf("Link is %q: %v", out.State, err)
		}
		// It is the first who is signed in, whoever was to stay.
		out, err = first.ceremony(journal).Resume(t.Context(), first.id)
		if out.State != linking.NotLinked || err != nil || out.User.ID != first.id {
			t.Fatalf("Resume is %q: %v", out.State, err)
		}
		if _, err := primary.api.Link(t.Context(), primary.id, oidc.Secret(secondary.tokens.IDToken)); err != nil {
			t.Fatal(err)
		}
		out, err = primary.ceremony(journal).Resume(t.Context(), primary.id)
		if out.State != linking.Done || err != nil {
			t.Fatalf("Resume is %q: %v", out.State, err)
		}
		if held := s.Users(t)[primary.id].UserMetadata; held["newsletter"] != true || held["phone"] != "+1" {
			t.Errorf("swapped %t: the settings are %v", swapped, held)
		}
	}
}

// Attack case 31: the merge fails, the page goes, the next visit ends it.
func TestResumeAtTenant(t *testing.T) {
	s := start(t)
	primary, secondary, plan := twoAccounts(t, s)
	journal := newJournal()
	s.Fault(t, tenant.Fault{Method: "PATCH", Path: "/api/v2/users/*", Status: 500, Times: 1})
	out, err := primary.ceremony(journal).Link(t.Context(), plan, oidc.Secret(secondary.tokens.IDToken))
	if !errors.Is(err, linking.ErrMerge) || out.State != linking.MergeLeft {
		t.Fatalf("Link is %q: %v", out.State, err)
	}
	if _, err := primary.ceremony(journal).Link(t.Context(), plan, oidc.Secret(secondary.tokens.IDToken)); !errors.Is(err, linking.ErrPending) {
		t.Errorf("a second Link: %v", err)
	}
	for _, want := range []linking.State{linking.Done, linking.NothingPending} {
		out, err := primary.ceremony(journal).Resume(t.Context(), primary.id)
		if err != nil || out.State != want {
			t.Fatalf("Resume is %q, want %q: %v", out.State, want, err)
		}
	}
	want := map[string]any{"theme": "dark", "phone": "+1", "newsletter": true}
	if got := s.Users(t)[primary.id].UserMetadata; !reflect.DeepEqual(got, want) {
		t.Errorf("metadata %v, want %v", got, want)
	}
}

// Attack case 19: the tenant refuses what a plan would have refused.
func TestTenantRefusesChains(t *testing.T) {
	s := start(t)
	primary, secondary, plan := twoAccounts(t, s)
	facebook := signIn(t, s, "ada@facebook.example", "facebook")
	journal := newJournal()
	other, err := linking.NewPlan(secondary.account(t), facebook.account(t), linking.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := secondary.ceremony(journal).Link(t.Context(), other, oidc.Secret(facebook.tokens.IDToken)); err != nil {
		t.Fatal(err)
	}
	if _, err := linking.NewPlan(primary.account(t), secondary.account(t), linking.Policy{}); !errors.Is(err, linking.ErrHasLinked) {
		t.Errorf("NewPlan: %v", err)
	}
	out, err := primary.ceremony(journal).Link(t.Context(), plan, oidc.Secret(secondary.tokens.IDToken))
	if !errors.Is(err, management.ErrSecondary) || out.State != linking.NotLinked {
		t.Errorf("Link by the old plan is %q: %v", out.State, err)
	}
	if _, found, err := journal.Load(t.Context(), primary.id); found || err != nil {
		t.Errorf("an entry is left: %v", err)
	}
}

// Attack cases 14 and 15: each state of an address, as the tenant's own documents tell it.
func TestEmailAtTenant(t *testing.T) {
	identity := func(provider, id, connection, more string) string {
		return `{"provider":"` + provider + `","user_id":"` + id + `","connection":"` + connection + `"` + more + `}`
	}
	google := identity("google-oauth2", "9", "google-oauth2", `,"profileData":{"email":"ada@x.example","email_verified":true}`)
	for _, test := range []struct {
		name, id, connection, members, linked string
		want                                  linking.Email
	}{
		{"verified", "twitter|1", "twitter", `,"email":"a@x.example","email_verified":true`, "", linking.Verified},
		{"as text", "twitter|1", "twitter", `,"email":"a@x.example","email_verified":"true"`, "", linking.Unverified},
		{"none", "twitter|1", "twitter", ``, "", linking.NoEmail},
		{"none, beside one that has", "twitter|1", "twitter", ``, "," + google, linking.NoEmail},
		{"odd", "twitter|1", "twitter", `,"email":["a@x.example"],"email_verified":true`, "", linking.Unverified},
		{"an organisation's", "samlp|corp|1", "corp", `,"email":"a@x.example","email_verified":"true"`, "", linking.Unvouched},
		{"an organisation's, without any", "samlp|corp|1", "corp", `,"email":"a@x.example"`, "", linking.Unvouched},
		{"trusted", "samlp|corp|1", "trusted", `,"email":"a@x.example"`, "", linking.Verified},
		{"trusted, beside another", "samlp|corp|1", "trusted", `,"email":"a@x.example"`, "," + google, linking.Verified},
	} {
		t.Run(test.name, func(t *testing.T) {
			provider, rest, _ := strings.Cut(test.id, "|")
			s := tenanttest.Start(t, func(o *tenant.Options) {
				o.Connections = []tenant.Connection{
					{Name: "google-oauth2", Strategy: "google-oauth2"}, {Name: "twitter", Strategy: "twitter"},
					{Name: "corp", Strategy: "samlp"}, {Name: "trusted", Strategy: "samlp"},
				}
			})
			s.Put(t, `{"user_id":"`+test.id+`"`+test.members+`,"identities":[`+
				identity(provider, rest, test.connection, "")+test.linked+`]}`)
			account := test.id
			if strings.Contains(test.members, `"email":"`) {
				account = "a@x.example"
			}
			p := signIn(t, s, account, test.connection)
			p.id = test.id
			policy, a := linking.Policy{TrustedEmail: []string{"trusted"}}, p.account(t)
			if got := policy.Email(&a); got != test.want {
				t.Errorf("is %d, want %d: %+v", got, test.want, a)
			}
		})
	}
}
