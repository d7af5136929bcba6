package tenant_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// press presses a state's button, as a browser does on the page of states.
func press(t *testing.T, s *tenanttest.Server, name string) {
	t.Helper()
	if answer := s.Do(t, http.MethodPost, "/_emulator/states/"+name, "", nil, nil); answer.StatusCode != http.StatusOK {
		t.Fatalf("press %s: %s", name, answer.Status)
	}
}

// TestStates: each state's button does at the tenant what it says, to a person who has
// signed in, or to one who signs in.
func TestStates(t *testing.T) {
	type scene struct {
		*testing.T
		s      *tenanttest.Server
		tokens tenanttest.Tokens // of ada, who was signed in before
	}
	status := func(c scene) *http.Response {
		return c.s.Do(c, http.MethodGet, userPath(adaID), c.tokens.AccessToken, nil, nil)
	}
	wantStatus := func(want int) func(scene) {
		return func(c scene) {
			if got := status(c).StatusCode; got != want {
				c.Errorf("the profile: status %d, want %d", got, want)
			}
		}
	}
	identities := func(want int, has string) func(scene) {
		return func(c scene) {
			u := c.s.Users(c)[adaID]
			text, err := json.Marshal(u)
			if err != nil {
				c.Fatal(err)
			}
			if len(u.Identities) != want || !strings.Contains(string(text), has) {
				c.Errorf("%d identities, want %d and %q in %s", len(u.Identities), want, has, text)
			}
			c.s.Login(c, ada, tenant.Database, nil)
		}
	}
	checks := map[string]func(scene){
		"usual": wantStatus(http.StatusOK),
		"not-verified": func(c scene) {
			claims := jwt.MapClaims{}
			tokens := c.s.Login(c, "mallory@example.com", tenant.Database, url.Values{"scope": {"openid email"}})
			if _, _, err := jwt.NewParser().ParseUnverified(tokens.IDToken, claims); err != nil || claims["email_verified"] != false {
				c.Errorf("claims %v, %v", claims, err)
			}
		},
		"no-email":     identities(2, `"provider":"twitter"`),
		"unvouched":    identities(2, "ada@acme.example"),
		"many-rows":    identities(51, "team-49"),
		"odd-metadata": identities(1, "__proto__"),
		"unusable-ids": identities(3, "nameless"),
		"blocked": func(c scene) {
			if !c.s.Users(c)[adaID].Blocked {
				c.Error("not blocked")
			}
		},
		"refused": func(c scene) {
			p := c.s.Browser(c).Get(c, c.s.Flow(tenant.Database, nil).Path)
			if !strings.Contains(p.Callback.Get("error_description"), "555-0100") {
				c.Errorf("the callback gets %v", p.Callback)
			}
		},
		"clock": func(c scene) {
			claims := jwt.MapClaims{}
			tokens := c.s.Login(c, ada, tenant.Database, nil)
			if _, _, err := jwt.NewParser().ParseUnverified(tokens.IDToken, claims); err != nil {
				c.Fatal(err)
			}
			if at, err := claims.GetIssuedAt(); err != nil || time.Until(at.Time) < 24*time.Hour {
				c.Errorf("issued at %v, %v", at, err)
			}
		},
		"coop": func(c scene) {
			p := c.s.Browser(c).Get(c, c.s.Flow(tenant.Database, nil).Path)
			if p.Header.Get("Cross-Origin-Opener-Policy") != "same-origin" {
				c.Errorf("%s has the headers %v", p.URL, p.Header)
			}
		},
		"slow": func(c scene) {
			client := http.Client{Timeout: 300 * time.Millisecond}
			r, err := http.NewRequestWithContext(c.Context(), http.MethodGet, c.s.URL+userPath(adaID), nil)
			if err != nil {
				c.Fatal(err)
			}
			if answer, err := client.Do(r); err == nil {
				answer.Body.Close()
				c.Errorf("answered at once: %s", answer.Status)
			}
		},
		"failing": wantStatus(http.StatusInternalServerError),
		"rate-limit": func(c scene) {
			if a := status(c); a.StatusCode != http.StatusTooManyRequests || a.Header.Get("X-RateLimit-Reset") == "" {
				c.Errorf("%s %v", a.Status, a.Header)
			}
		},
		"deleted": func(c scene) {
			if _, there := c.s.Users(c)[adaID]; there {
				c.Error("the account is there")
			}
			if got := status(c).StatusCode; got == http.StatusOK {
				c.Error("its token is good")
			}
		},
	}
	s := tenanttest.Start(t)
	var states []struct{ Name, Label, See, Account string }
	s.Do(t, http.MethodGet, "/_emulator/states", "", nil, &states)
	if len(states) != len(checks) {
		t.Errorf("%d states, %d of them have a check", len(states), len(checks))
	}
	start := s.Users(t)
	for _, state := range states {
		t.Run(state.Name, func(t *testing.T) {
			check := checks[state.Name]
			if check == nil || state.Label == "" || state.See == "" || state.Account == "" {
				t.Fatalf("incomplete, or without a check: %+v", state)
			}
			s := tenanttest.Start(t)
			c := scene{t, s, s.Login(t, ada, tenant.Database, nil)}
			if answer := s.Do(t, http.MethodGet, "/_emulator/states/"+state.Name, "", nil, nil); answer.StatusCode < 400 {
				t.Errorf("GET: %s", answer.Status)
			}
			wantStatus(http.StatusOK)(c) // a GET has changed nothing
			press(t, s, state.Name)
			check(c)
			press(t, s, "reset")
			if after := s.Users(t); len(after) != len(start) || after[adaID].Blocked || len(after[adaID].Identities) != 1 {
				t.Errorf("after the reset: %+v", after[adaID])
			}
			c.tokens = s.Login(t, ada, tenant.Database, nil)
			wantStatus(http.StatusOK)(c)
		})
	}
	if slices.ContainsFunc(states, func(x struct{ Name, Label, See, Account string }) bool { return x.Name == "reset" }) {
		t.Error("a state has the name of the way back")
	}
}

// TestStatesPage: the page of states has a form for each of them, says which one was
// entered, and needs no script.
func TestStatesPage(t *testing.T) {
	s := tenanttest.Start(t)
	html := func(r *http.Request) { r.Header.Set("Accept", "text/html") }
	query := func(r *http.Request) { r.URL.RawQuery = "now=slow" }
	body := serve(s.Tenant, http.MethodGet, "/_emulator/states", nil, html, query).Body.String()
	for _, want := range []string{
		`<form method="post" action="/_emulator/states/slow">`, `<form method="post" action="/_emulator/states/reset">`,
		`Now: Slow API.`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if none := serve(s.Tenant, http.MethodPost, "/_emulator/states/none", nil).Code; none != http.StatusNotFound {
		t.Errorf("an unknown state: %d", none)
	}
}
