package account_test

import (
	"errors"
	"testing"
	"time"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/organization"
	"twinlock/server/tenant/seed"
)

const hedyID = "auth0|5d1019141109b2c3d4e5f6a5"

// newClocked returns a service whose time the caller sets, and its users.
func newClocked(t *testing.T, limit account.LoginLimit) (*account.Service, *directory.Directory, *time.Time) {
	t.Helper()
	now := new(time.Time)
	clock := func() time.Time { return *now }
	users, err := directory.Open(directory.Options{
		Connections: connection.Default().WithDefaults(), Organizations: organization.Default(), Seeds: seed.DefaultUsers(),
		Picture: func(string) string { return "" }, Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	of, err := issuer.New("http://127.0.0.1:8001/")
	if err != nil {
		t.Fatal(err)
	}
	return account.New(users, of, limit, clock), users, now
}

// The codes of RFC 6238, appendix B, for SHA-1, the last six of their digits.
func TestOTPVectors(t *testing.T) {
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924",
		2000000000: "279037", 20000000000: "353130"} {
		s, users, now := newClocked(t, account.LoginLimit{})
		*now = time.Unix(at, 0)
		if got := s.OTP(users.Get(hedyID)); got != code {
			t.Errorf("at %d: code %s, want %s", at, got, code)
		}
		if err := s.CheckOTP(users.Get(hedyID), "", code[:3]+" "+code[3:]); err != nil {
			t.Errorf("at %d: %v", at, err)
		}
	}
}

// A code is right for one step before and after its own, and once.
func TestOTPWindow(t *testing.T) {
	s, users, now := newClocked(t, account.LoginLimit{})
	hedy := users.Get(hedyID)
	at := time.Unix(1234567890, 0) // the first second of a step
	code := "005924"
	for _, tt := range []struct {
		name  string
		after time.Duration
		right bool
	}{
		{"two steps before", -31 * time.Second, false},
		{"the step before", -30 * time.Second, true},
		{"the same again", -30 * time.Second, false},
		{"the same in its own step", 0, false},
		{"the same in the step after", 59 * time.Second, false},
		{"two steps after", 60 * time.Second, false},
	} {
		*now = at.Add(tt.after)
		if err := s.CheckOTP(hedy, "", code); (err == nil) != tt.right || err != nil && !errors.Is(err, account.ErrWrongOTP) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	s.Clear()
	*now = at.Add(59 * time.Second)
	if err := s.CheckOTP(hedy, "", code); err != nil {
		t.Errorf("the step after: %v", err)
	}
	if err := s.CheckOTP(users.Get("auth0|5d1018150a1b2c3d4e5f6a01"), "", code); !errors.Is(err, account.ErrWrongOTP) {
		t.Errorf("somebody without a secret: %v", err)
	}
}

func TestTooManyOTPs(t *testing.T) {
	s, users, now := newClocked(t, account.LoginLimit{Attempts: 2, Window: 60})
	hedy := users.Get(hedyID)
	*now = time.Unix(1234567890, 0)
	for n, want := range []error{account.ErrWrongOTP, account.ErrWrongOTP, account.ErrTooManyOTPs, account.ErrTooManyOTPs} {
		given := "000000"
		if n == 3 {
			given = "005924"
		}
		if err := s.CheckOTP(hedy, "", given); !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", n, err, want)
		}
	}
	*now = now.Add(2 * time.Minute)
	if err := s.CheckOTP(hedy, "", s.OTP(hedy)); err != nil {
		t.Errorf("after the block: %v", err)
	}
}

func TestCheckSecret(t *testing.T) {
	for secret, good := range map[string]bool{
		seed.DefaultOTPSecret: true, "GEZDGNBVGY3TQOJQ": true, "": false, "GEZDGNBV": false, "0189018901890189": false, "GEZDGNBVGY3TQOJ!": false,
	} {
		if err := account.CheckSecret(secret); (err == nil) != good {
			t.Errorf("%q: %v", secret, err)
		}
	}
}
