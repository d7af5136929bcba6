package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"twinlock/app/text"
	"twinlock/server/tenant"
)

// secrets remembers every token that the tenant gives.
type secrets struct {
	mu    sync.Mutex
	given []string
}

func (k *secrets) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth/token" {
			next.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		k.remember(answer.Body.Bytes())
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	})
}

func (k *secrets) remember(answer []byte) {
	var tokens map[string]any
	if json.Unmarshal(answer, &tokens) != nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, name := range []string{"access_token", "id_token", "refresh_token"} {
		if token, ok := tokens[name].(string); ok {
			k.given = append(k.given, token)
		}
	}
}

// hoard is all that a site can keep in a browser, and all that it shows, as one
// text. Bytes are read as they are: what is encrypted makes no sense.
const hoard = `(async () => {
	const all = [location.href, document.referrer, document.cookie, window.name, JSON.stringify(history.state), document.documentElement.outerHTML];
	for (const area of [localStorage, sessionStorage]) for (const key of Object.keys(area)) all.push(key, area[key]);
	const text = (v) => v instanceof CryptoKey ? (v.extractable ? "extractable key" : "") :
		v instanceof ArrayBuffer || ArrayBuffer.isView(v) ? new TextDecoder("latin1").decode(v) :
		v && typeof v === "object" ? Object.entries(v).flat().map(text).join(" ") : String(v);
	const done = (request) => new Promise((ok, no) => { request.onsuccess = () => ok(request.result); request.onerror = no; });
	for (const {name} of await indexedDB.databases()) {
		const db = await done(indexedDB.open(name));
		for (const store of db.objectStoreNames)
			for (const part of [await done(db.transaction(store).objectStore(store).getAllKeys()), await done(db.transaction(store).objectStore(store).getAll())])
				all.push("IndexedDB " + name, ...part.map(text));
		db.close();
	}
	for (const name of await caches.keys())
		for (const request of await (await caches.open(name)).keys()) {
			const answer = await (await caches.open(name)).match(request);
			all.push(request.url, JSON.stringify([...request.headers, ...answer.headers]), /wasm|png/.test(request.url) ? "" : await answer.text());
		}
	return all.join("\n");
})()`

// Attack case 39: wherever the site can keep something, there is no token, code
// or state in the clear, at no point of a link.
func TestKeepsNoSecret(t *testing.T) {
	t.Parallel()
	var k secrets
	s := newStage(t, setup{
		around: k.around,
		scopes: renewableScopes,
	})
	p := s.open("/")
	check := func(when string) {
		t.Helper()
		kept := evaluateAsync[string](p, hoard)
		if !strings.Contains(kept, "IndexedDB") {
			t.Errorf("%s: nothing is kept at all: the test looks in the wrong place", when)
		}
		if strings.Contains(kept, "extractable key") {
			t.Errorf("%s: the key can be taken out", when)
		}
		for _, secret := range s.secrets(&k) {
			if strings.Contains(kept, secret) {
				t.Errorf("%s: %.12s… is kept in the clear", when, secret)
			}
		}
		p.clean()
	}
	p.signIn(ada)
	check("signed in")
	p.startLink(lovelace)
	p.appear("#btn-confirm")
	check("before the link")
	p.click("#btn-confirm")
	p.linked(lovelace)
	check("linked")
	p.reload()
	p.linked(lovelace)
	check("after a reload")
	k.mu.Lock()
	if len(k.given) < 5 { // access and ID token of both accounts, refresh token of the session
		t.Errorf("only %d tokens were given", len(k.given))
	}
	k.mu.Unlock()
	p.signOut()
	check("signed out")
}

// secrets are the tokens with their parts, and the codes and states of all
// answers.
func (s *stage) secrets(k *secrets) []string {
	s.t.Helper()
	var list []string
	k.mu.Lock()
	for _, token := range k.given {
		list = append(list, token)
		if parts := strings.Split(token, "."); len(parts) == 3 {
			list = append(list, parts[1], parts[2])
		}
	}
	k.mu.Unlock()
	s.courier.mu.Lock()
	defer s.courier.mu.Unlock()
	for _, answer := range s.courier.answers {
		u, err := url.Parse(answer)
		if err != nil {
			s.t.Fatal(err)
		}
		list = append(list, u.Query().Get("code"), u.Query().Get("state"))
	}
	return list
}

// Attack cases 29 and 39: signing out after an unlink ends what can be ended from
// here: the session, the tenant's own in this browser, and the refresh token.
func TestSignOutAfterUnlink(t *testing.T) {
	t.Parallel()
	var k secrets
	s := newStage(t, setup{
		around: k.around,
		scopes: renewableScopes,

		furnish: linkedBefore(ada, lovelace),
	})
	p := s.open("/")
	p.signIn(ada)
	p.click(".unlink-account")
	p.click("#btn-confirm")
	p.linked()
	p.focusIn("#status")
	p.click(".notice-good summary")
	p.see(".notice-good", say.Of(text.SignOutReach))
	p.signOutBy(p.button(say.Of(text.SignOutHere)))
	if n := s.asked("POST", "/oauth/revoke", http.StatusOK); n != 1 {
		t.Errorf("the refresh token was taken back %d times", n)
	}
	if got := s.renewals(&k); !slices.Equal(got, []int{http.StatusForbidden}) {
		t.Errorf("the refresh tokens are answered with %v", got)
	}
	p.click("#btn-login")
	p.choose(connectionOf(ada))
	p.appear("input[name=password]")
}

// renewals are the tenant's answers to all refresh tokens that it has given.
func (s *stage) renewals(k *secrets) []int {
	s.t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	var answers []int
	for _, token := range k.given {
		if strings.Count(token, ".") == 2 {
			continue // a JWT
		}
		form := url.Values{"grant_type": {"refresh_token"}, "client_id": {tenant.DefaultClientID}, "refresh_token": {token}}
		r := httptest.NewRequest("POST", s.issuer+"oauth/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		s.tenant.ServeHTTP(answer, r)
		answers = append(answers, answer.Code)
	}
	return answers
}
