package account_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/organization"
	"twinlock/server/tenant/password"
	"twinlock/server/tenant/seed"
)

const ada = "ada@example.com"

func newService(t *testing.T, limit account.LoginLimit) (*account.Service, *directory.Directory,
	connection.Connection) {
	t.Helper()
	users, err := directory.Open(directory.Options{
		Connections: connection.Default().WithDefaults(), Organizations: organization.Default(), Seeds: seed.DefaultUsers(),
		Picture: func(string) string { return "" }, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	of, err := issuer.New("http://127.0.0.1:8001/")
	if err != nil {
		t.Fatal(err)
	}
	database, _ := users.Connections().Database("")
	return account.New(users, of, limit, time.Now), users, database
}

// peer is a request of a peer with that address.
func peer(address string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.RemoteAddr = address + ":1"
	return r
}

// ticket is the one in the link of the last message.
func ticket(t *testing.T, s *account.Service, subject string) string {
	t.Helper()
	messages := s.Messages()
	if len(messages) == 0 || messages[len(messages)-1].Subject != subject {
		t.Fatalf("there is no %q in %+v", subject, messages)
	}
	link, err := url.Parse(messages[len(messages)-1].Link)
	if err != nil {
		t.Fatal(err)
	}
	return link.Query().Get("ticket")
}

func TestSignIn(t *testing.T) {
	s, users, c := newService(t, account.LoginLimit{Attempts: 2})
	for n, tt := range []struct {
		from, email, password string
		want                  error
	}{
		{"10.0.0.1", "nobody@example.com", "x", account.ErrWrongPassword},
		{"10.0.0.1", ada, "x", account.ErrWrongPassword},
		{"10.0.0.1", " ADA@example.com ", seed.DefaultPassword, nil}, // which ends the row
		{"10.0.0.1", ada, "x", account.ErrWrongPassword},
		{"10.0.0.1", ada, "x", account.ErrWrongPassword},
		{"10.0.0.1", ada, seed.DefaultPassword, account.ErrTooManyAttempts},
		{"10.0.0.2", ada, seed.DefaultPassword, nil},
	} {
		if _, err := s.SignIn(peer(tt.from), c, tt.email, tt.password); !errors.Is(err, tt.want) {
			t.Errorf("%d, %s from %s: %v, want %v", n, tt.email, tt.from, err, tt.want)
		}
	}
	value := ticket(t, s, "Your account has been blocked")
	if err := s.Unblock(value); err != nil {
		t.Error(err)
	}
	if err := s.Unblock(value); !errors.Is(err, account.ErrTicket) {
		t.Errorf("a link works twice: %v", err)
	}
	id, err := s.SignIn(peer("10.0.0.1"), c, ada, seed.DefaultPassword)
	if err != nil {
		t.Fatalf("after the block: %v", err)
	}
	block := func(u *directory.User) error { u.Blocked = true; return nil }
	if _, err := users.Change(id.Key(), nil, block); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignIn(peer("10.0.0.1"), c, ada, seed.DefaultPassword); !errors.Is(err, account.ErrBlocked) {
		t.Errorf("a blocked user: %v", err)
	}
}

func TestRegister(t *testing.T) {
	s, users, c := newService(t, account.LoginLimit{})
	id, err := s.Register(c, seed.Identity{Email: " Joan@example.com"}, "Manhattan-1945", map[string]any{"theme": "dark"})
	if err != nil || id.Profile.Email != "joan@example.com" || id.Profile.EmailVerified {
		t.Fatalf("got %+v, %v", id, err)
	}
	if err := s.VerifyEmail(ticket(t, s, "Verify your email")); err != nil || !users.Get(id.Key()).Profile().EmailVerified {
		t.Errorf("not verified: %v", err)
	}
	generic, closed := c, c
	generic.GenericSignupErrors, closed.DisableSignup = true, true
	for _, tt := range []struct {
		of              connection.Connection
		email, password string
		code            string
	}{
		{c, "joan@example.com", "Manhattan-1945", "user_exists"},
		{generic, "joan@example.com", "Manhattan-1945", "invalid_signup"},
		{closed, "other@example.com", "Manhattan-1945", "signup_disabled"},
		{c, "Joan <other@example.com>", "Manhattan-1945", "invalid_email"},
	} {
		var got account.Error
		if _, err := s.Register(tt.of, seed.Identity{Email: tt.email}, tt.password, nil); !errors.As(err, &got) || got.Code != tt.code {
			t.Errorf("%s: %v, want %s", tt.email, err, tt.code)
		}
	}
	if _, err := s.Register(c, seed.Identity{Email: "other@example.com"}, "weak", nil); !errors.As(err, new(password.WeakError)) {
		t.Errorf("a weak password: %v", err)
	}
}

func TestResetPassword(t *testing.T) {
	s, _, c := newService(t, account.LoginLimit{})
	s.Forgot(c, "nobody@example.com")
	if sent := s.Messages(); len(sent) != 0 {
		t.Errorf("sent to nobody: %+v", sent)
	}
	s.Forgot(c, ada)
	value := ticket(t, s, "Reset your password")
	if _, err := s.ResetPassword(value, "weak"); account.Sentence(err) == "" || !s.CanReset(value) {
		t.Errorf("a weak password: %v, and the link is valid: %t", err, s.CanReset(value))
	}
	if err := s.VerifyEmail("another"); !errors.Is(err, account.ErrTicket) {
		t.Errorf("another ticket: %v", err)
	}
	key, err := s.ResetPassword(value, "Manhattan-1945")
	if err != nil || key != "auth0|5d1018150a1b2c3d4e5f6a01" {
		t.Errorf("got %q, %v", key, err)
	}
	if _, err := s.SignIn(peer("10.0.0.1"), c, ada, "Manhattan-1945"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if _, err := s.ResetPassword(value, "Manhattan-1946"); !errors.Is(err, account.ErrTicket) || s.CanReset(value) {
		t.Errorf("a link works twice: %v", err)
	}
}
