package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	native "twinlock/app/browser"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/session"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// tokenLife is how long the tenant's access tokens live.
const tokenLife = 24 * time.Hour

// offline is ada's session, with rotating refresh tokens, in two tabs. No
// browser: the session and the tenant are the real ones.
type offline struct {
	tenant      *tenanttest.Server
	client      *oidc.Client
	first       oidc.Tokens
	here, there *session.Keeper
	heard       chan session.Change // by the other tab

	mu  sync.Mutex
	now time.Time
}

func newOffline(t *testing.T, scopes string) *offline {
	t.Helper()
	s := &offline{now: time.Now(), heard: make(chan session.Change, 8)}
	s.tenant = tenanttest.Start(t, func(o *tenant.Options) { o.Now = s.clock })
	s.client = oidc.New(oidc.Settings{
		Issuer:      s.tenant.Issuer,
		ClientID:    s.tenant.ClientID,
		RedirectURI: tenanttest.Callback,
		Audience:    s.tenant.Audience(),
		Scopes:      strings.Fields(scopes),
	}, oidc.Deps{Fetch: native.Fetch, Verify: native.VerifyRS256, Store: &platform.Memory{}, Now: s.clock})
	scope := native.NewScope("/", s.tenant.Issuer, s.tenant.ClientID, s.tenant.Audience())
	vault := scope.Vault()
	t.Cleanup(func() { _ = vault.Wipe(context.Background()) })
	o := session.Options{Renewer: s.client, Now: s.clock}
	s.here, s.there = session.New(scope, vault, o), session.New(scope, vault, o)

	result := s.signIn(t)
	s.first = result.Tokens
	if err := s.here.Adopt(t.Context(), result.Tokens, result.Claims); err != nil {
		t.Fatal(err)
	}
	if err := s.there.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.here.Listen(func(session.Change) {}))
	t.Cleanup(s.there.Listen(func(change session.Change) { s.heard <- change }))
	return s
}

func (s *offline) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *offline) sleep(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *offline) signIn(t *testing.T) *oidc.Result {
	t.Helper()
	address, _, err := s.client.Begin(t.Context(), oidc.Request{Purpose: "login", Connection: tenant.Database})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	b := s.tenant.Browser(t)
	page := b.SignIn(t, b.Get(t, u.RequestURI()), ada, tenant.Database)
	callback, err := oidc.ParseCallback("?" + page.Callback.Encode())
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.client.Finish(t.Context(), callback, "")
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// exchanges counts what the token endpoint was asked for.
func (s *offline) exchanges(t *testing.T) int {
	t.Helper()
	n := 0
	for _, r := range s.tenant.Requests(t) {
		if r.Method == http.MethodPost && r.Path == "/oauth/token" {
			n++
		}
	}
	return n
}

// Attack case 43: two tabs renew at once, the tenant rotates once, and both go on.
func TestTabsRotateOnce(t *testing.T) {
	s := newOffline(t, "openid read:current_user offline_access")
	for round := range 3 {
		s.sleep(tokenLife)
		before := s.exchanges(t)
		var both sync.WaitGroup
		tokens := make([]oidc.Secret, 2)
		for i, k := range []*session.Keeper{s.here, s.there} {
			both.Go(func() {
				var err error
				if tokens[i], err = k.AccessToken(t.Context()); err != nil {
					t.Errorf("round %d, tab %d: %v", round, i, err)
				}
			})
		}
		both.Wait()
		if n := s.exchanges(t) - before; n != 1 {
			t.Errorf("round %d: %d requests", round, n)
		}
		if tokens[0] != tokens[1] {
			t.Errorf("round %d: the tabs have different tokens", round)
		}
		path := "/api/v2/users/" + url.PathEscape(adaID)
		if answer := s.tenant.Do(t, http.MethodGet, path, tokens[0].Reveal(), nil, nil); answer.StatusCode != http.StatusOK {
			t.Errorf("round %d: the API answers %s", round, answer.Status)
		}
	}
}

// Attack case 43 in real tabs, which agree by Web Locks and the sealed session:
// the access tokens have run out as soon as they come.
func TestTabsTakeTurns(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{scopes: renewableScopes, tokenLife: 20})
	p := s.open("/")
	p.signIn(ada)
	other := p.tab("/")
	other.profileOf(ada)
	for range 3 {
		var loaded []float64
		for _, tab := range []*page{p, other} {
			loaded = append(loaded, evaluate[float64](tab, "setTimeout(() => location.reload(), 200) && performance.timeOrigin"))
		}
		for i, tab := range []*page{p, other} {
			tab.wait("it is loaded anew", fmt.Sprintf("performance.timeOrigin !== %v", loaded[i]))
			tab.profileOf(ada)
		}
	}
	renewals := 0
	for _, r := range s.requests() {
		if r.Method != "POST" || r.Path != "/oauth/token" {
			continue
		}
		if renewals++; r.Status != http.StatusOK {
			t.Errorf("the tenant refused a renewal with status %d", r.Status)
		}
	}
	if renewals < 8 {
		t.Errorf("only %d tokens were asked for", renewals)
	}

	t.Log("signing out in one ends the other, and nothing comes back")
	p.signOut()
	other.appear("#btn-login")
	other.reload()
	other.appear("#btn-login")
}

// vault names what the browser keeps sealed for the site, and with which key.
func (p *page) vault() []string {
	p.t.Helper()
	scope := p.stage.scope().String()
	database, _, _ := strings.Cut(scope, " http")
	return evaluateAsync[[]string](p, js(`new Promise((done, fail) => {
		const opening = indexedDB.open(%s);
		opening.onerror = fail;
		opening.onsuccess = () => {
			const db = opening.result, keys = db.transaction("vault").objectStore("vault").getAllKeys();
			keys.onerror = fail;
			keys.onsuccess = () => { db.close(); done(keys.result.map(k => k.replace(%s, "").replace("entry ", ""))); };
		};
	})`, database, scope))
}

// A refresh token that somebody else has used as well ends the session for all,
// with the reason.
func TestReusedRefreshToken(t *testing.T) {
	s := newOffline(t, "openid offline_access")
	s.sleep(tokenLife)
	if _, err := s.here.AccessToken(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.client.Refresh(t.Context(), s.first.Refresh, adaID); !errors.Is(err, oidc.ErrReuse) {
		t.Fatalf("the thief: %v", err)
	}
	s.sleep(tokenLife)
	if _, err := s.here.AccessToken(t.Context()); !errors.Is(err, session.ErrReused) {
		t.Errorf("here: %v", err)
	}
	if change := <-s.heard; change != session.Reused {
		t.Errorf("the other tab heard %v", change)
	}
	if _, err := s.there.AccessToken(t.Context()); !errors.Is(err, session.ErrReused) {
		t.Errorf("there: %v", err)
	}
}

func TestWithoutARefreshTokenTheSessionEnds(t *testing.T) {
	s := newOffline(t, "openid")
	s.sleep(tokenLife)
	s.here.Refused(s.first.Access)
	if _, err := s.here.AccessToken(t.Context()); !errors.Is(err, session.ErrExpired) {
		t.Errorf("AccessToken: %v", err)
	}
}

// The tenant is away, then back: the session outlasts it.
func TestARenewalThatFailsIsTriedAgain(t *testing.T) {
	s := newOffline(t, "openid offline_access")
	s.sleep(tokenLife)
	s.tenant.Fault(t, tenant.Fault{Method: "POST", Path: "/oauth/token", Status: 503, Times: 1})
	if _, err := s.here.AccessToken(t.Context()); !errors.Is(err, oidc.ErrExchange) || errors.Is(err, session.ErrSignedOut) {
		t.Errorf("AccessToken: %v", err)
	}
	if _, err := s.there.AccessToken(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
