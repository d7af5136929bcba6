package session_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/session"
)

func newStore(t *testing.T, address string) *session.Store {
	t.Helper()
	of, err := issuer.New(address)
	if err != nil {
		t.Fatal(err)
	}
	return session.New(of, time.Now)
}

// A browser has the cookies of its answers.
type browser struct{ cookies []*http.Cookie }

func (b *browser) request() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	return r
}

// visit calls handle and adds the cookies that it sets.
func (b *browser) visit(handle func(http.ResponseWriter, *http.Request)) {
	w := httptest.NewRecorder()
	handle(w, b.request())
	b.cookies = append(b.cookies, w.Result().Cookies()...)
}

func TestSessions(t *testing.T) {
	s := newStore(t, "http://127.0.0.1:8001/")
	var b browser
	if _, ok := s.Of(b.request()); ok {
		t.Error("a new browser has a session")
	}
	b.visit(func(w http.ResponseWriter, r *http.Request) {
		s.Start(w, r, session.Session{Identity: "auth0|1", Connection: "db", Client: "app"})
	})
	first := b
	got, ok := s.Of(b.request())
	if !ok || got.Identity != "auth0|1" || got.Connection != "db" || got.Client != "app" || got.ID == b.cookies[0].Value {
		t.Errorf("got %+v, %t", got, ok)
	}
	// The next session replaces the first.
	b.visit(func(w http.ResponseWriter, r *http.Request) {
		s.Start(w, r, session.Session{Identity: "auth0|2", Connection: "db", Client: "app"})
	})
	b.cookies = b.cookies[1:]
	if _, ok := s.Of(first.request()); ok {
		t.Error("the replaced session is still there")
	}
	s.EndAll("auth0|1")
	if got, ok := s.Of(b.request()); !ok || got.Identity != "auth0|2" {
		t.Errorf("another's session: %+v, %t", got, ok)
	}
	b.visit(s.End)
	if _, ok := s.Of(b.request()); ok {
		t.Error("the session has not ended")
	}
}

func TestBrowser(t *testing.T) {
	s := newStore(t, "http://127.0.0.1:8001/")
	var b, other browser
	var name, again, others string
	b.visit(func(w http.ResponseWriter, r *http.Request) { name = s.Browser(w, r) })
	b.visit(func(w http.ResponseWriter, r *http.Request) { again = s.Browser(w, r) })
	other.visit(func(w http.ResponseWriter, r *http.Request) { others = s.Browser(w, r) })
	if name == "" || name != again || name == others || !s.IsBrowser(b.request(), name) ||
		s.IsBrowser(other.request(), name) {
		t.Errorf("names %q, %q, %q", name, again, others)
	}
}

// TestCookies: each tenant has its own, and on https frames of other sites get them.
func TestCookies(t *testing.T) {
	names := map[string]bool{}
	for address, secure := range map[string]bool{"http://127.0.0.1:8001/": false, "http://127.0.0.1:8002/": false, "https://tenant.example/": true} {
		w := httptest.NewRecorder()
		newStore(t, address).Set(w, "p", "v", 1)
		c := w.Result().Cookies()[0]
		if want := map[bool]http.SameSite{false: http.SameSiteLaxMode, true: http.SameSiteNoneMode}[secure]; c.Secure != secure || c.SameSite != want || !c.HttpOnly {
			t.Errorf("%s: %v", address, c)
		}
		names[c.Name] = true
	}
	if len(names) != 3 {
		t.Errorf("names %v", names)
	}
}
