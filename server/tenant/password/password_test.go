package password_test

import (
	"errors"
	"strings"
	"testing"

	"twinlock/server/tenant/password"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		policy, password string
		want             string // lines of WeakError.Policy; "" if the password is accepted
	}{
		{"none", "", "* Non-empty password required"},
		{"none", "x", ""},
		{"low", "12345", "* At least 6 characters in length"},
		{"low", "äöüßéè", ""},
		{"fair", "abcdefg1", "* At least 8 characters in length\n* Should contain:\n * lower case letters (a-z)\n" +
			" * upper case letters (A-Z)\n * numbers (i.e. 0-9)"},
		{"fair", "Abcdefg1", ""},
		{"good", "abcdefg!1", ""},
		{"excellent", "Abcdddefg1", "* At least 10 characters in length\n" +
			"* Contain at least 3 of the following 4 types of characters:\n * lower case letters (a-z)\n * upper case letters (A-Z)\n" +
			" * numbers (i.e. 0-9)\n * special characters (e.g. !@#$%^&*)\n" +
			`* No more than 2 identical characters in a row (e.g., "aaa" not allowed)`},
		{"excellent", "Abcddefgh1", ""},
	} {
		err := password.Check(tt.policy, tt.password)
		var weak password.WeakError
		if errors.As(err, &weak); weak.Policy != tt.want || (err == nil) != (tt.want == "") {
			t.Errorf("%s, %q: %v\n%s", tt.policy, tt.password, err, weak.Policy)
		}
	}
	if err := password.Check("none", strings.Repeat("x", password.MaxBytes+1)); !errors.Is(err, password.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
}

func TestMatches(t *testing.T) {
	hash, err := password.Hash("right")
	if err != nil {
		t.Fatal(err)
	}
	if !password.Matches(hash, "right") || password.Matches(hash, "wrong") || password.Matches(nil, "right") {
		t.Error("Matches is wrong")
	}
}
