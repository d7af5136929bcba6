package oidc

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

const callbackURL = "https://app.example/callback"

func TestParseCallback(t *testing.T) {
	tests := []struct {
		name string
		url  string
		want Callback // zero: refused
	}{
		{"code", callbackURL + "?code=c1&state=login.s", Callback{State: "login.s", Code: "c1"}},
		{"code with issuer", callbackURL + "?iss=https%3A%2F%2Ft%2F&code=c1&state=s", Callback{State: "s", Code: "c1", Issuer: "https://t/"}},
		{"in the fragment", callbackURL + "#code=c1&state=s", Callback{State: "s", Code: "c1"}},
		{"in both, once each", callbackURL + "?code=c1#state=s", Callback{State: "s", Code: "c1"}},
		{"query alone", "?code=c1&state=s", Callback{State: "s", Code: "c1"}},
		{"with what else there may be", callbackURL + "?code=c1&state=s&session_state=a&x=1&x=2", Callback{State: "s", Code: "c1"}},
		{
			"error", callbackURL + "?error=access_denied&error_description=User+did+not+consent&state=s",
			Callback{State: "s", Error: "access_denied", ErrorDescription: "User did not consent"},
		},
		{
			"error in the fragment", callbackURL + "#error=login_required&state=s",
			Callback{State: "s", Error: "login_required"},
		},
		{
			"description made inert", callbackURL + "?state=s&error=e&error_description=%E2%80%AEa%00%0D%0Ab%FF",
			Callback{State: "s", Error: "e", ErrorDescription: "a b"},
		},
		{
			"description bounded", callbackURL + "?state=s&error=e&error_description=" + strings.Repeat("d", 9000),
			Callback{State: "s", Error: "e", ErrorDescription: strings.Repeat("d", maxDescription-1) + "…"},
		},
		{"the tutorial's constant state", callbackURL + "?code=c1&state=linking", Callback{State: "linking", Code: "c1"}}, // Finish refuses it

		{name: "empty"},
		{name: "nothing", url: callbackURL},
		{name: "no state", url: callbackURL + "?code=c1"}, // attack case 2
		{name: "empty state", url: callbackURL + "?code=c1&state="},
		{name: "error without state", url: callbackURL + "?error=access_denied"},
		{name: "neither code nor error", url: callbackURL + "?state=s"},
		{name: "code and error", url: callbackURL + "?state=s&code=c1&error=access_denied"},
		{name: "two codes", url: callbackURL + "?state=s&code=c1&code=c2"},
		{name: "two equal codes", url: callbackURL + "?state=s&code=c1&code=c1"},
		{name: "two states, query and fragment", url: callbackURL + "?code=c1&state=s#state=s"},
		{name: "two issuers", url: callbackURL + "?code=c1&state=s&iss=a&iss=b"},
		{name: "two errors", url: callbackURL + "?state=s&error=a&error=b"},
		{name: "two descriptions", url: callbackURL + "?state=s&error=a&error_description=a&error_description=b"},
		{name: "forged tokens", url: callbackURL + "#access_token=a&id_token=b&token_type=Bearer&state=linking"},
		{name: "code and tokens", url: callbackURL + "?code=c1&state=s#id_token=b"},
		{name: "long state", url: callbackURL + "?code=c1&state=" + strings.Repeat("s", maxState+1)},
		{name: "long code", url: callbackURL + "?state=s&code=" + strings.Repeat("c", maxCode+1)},
		{name: "long error", url: callbackURL + "?state=s&error=" + strings.Repeat("e", maxError+1)},
		{name: "long URL", url: callbackURL + "?code=c1&state=s&x=" + strings.Repeat("x", maxCallback)},
		{name: "NUL in the state", url: callbackURL + "?code=c1&state=s%00"},
		{name: "line end in the code", url: callbackURL + "?state=s&code=c1%0D%0A"},
		{name: "space in the error", url: callbackURL + "?state=s&error=access+denied"},
		{name: "state not ASCII", url: callbackURL + "?code=c1&state=%C3%A9"},
		{name: "broken escape", url: callbackURL + "?code=c1&state=%zz"},
		{name: "semicolons", url: callbackURL + "?code=c1;state=s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseCallback(tt.url)
			if got != tt.want {
				t.Errorf("ParseCallback = %+v, want %+v", got, tt.want)
			}
			if refused := tt.want == (Callback{}); refused != (err != nil) || refused && !errors.Is(err, ErrCallback) {
				t.Errorf("error %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "c1") {
				t.Errorf("the error holds the code: %v", err)
			}
		})
	}
}

func FuzzParseCallback(f *testing.F) {
	for _, seed := range []string{
		callbackURL + "?code=c1&state=login.AAECAwQFBgcICQoLDA0ODw&iss=https://t/",
		callbackURL + "#error=access_denied&error_description=no&state=s",
		callbackURL + "?code=1&code=2&state=s", "?state=s&code=%00", "#", "?%", callbackURL + "#access_token=a&state=linking",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		cb, err := ParseCallback(raw)
		if err != nil {
			if !errors.Is(err, ErrCallback) || cb != (Callback{}) {
				t.Fatalf("%q: %+v, %v", raw, cb, err)
			}
			return
		}
		if cb.State == "" || (cb.Code == "") == (cb.Error == "") {
			t.Fatalf("%q: accepted %+v", raw, cb)
		}
		if len(cb.State) > maxState || len(cb.Code) > maxCode || len(cb.Error) > maxError || len(cb.Issuer) > maxIssuer ||
			utf8.RuneCountInString(cb.ErrorDescription) > maxDescription {
			t.Fatalf("%q: beyond its bounds", raw)
		}
		for _, value := range []string{cb.State, cb.Code, cb.Error, cb.Issuer} {
			if strings.ContainsFunc(value, notVisible) {
				t.Fatalf("%q: accepted %q", raw, value)
			}
		}
		// Written again it means the same.
		values := url.Values{"state": {cb.State}}
		for name, value := range map[string]string{"code": cb.Code, "error": cb.Error, "iss": cb.Issuer, "error_description": cb.ErrorDescription} {
			if value != "" {
				values.Set(name, value)
			}
		}
		again, err := ParseCallback("?" + values.Encode())
		if err != nil || again != cb {
			t.Fatalf("%q: %+v became %+v, %v", raw, cb, again, err)
		}
	})
}

func ExampleParseCallback() {
	cb, err := ParseCallback("https://app.example/callback?error=access_denied&state=login.AAECAwQFBgcICQoLDA0ODw")
	fmt.Println(cb.State, cb.Error, err)
	_, err = ParseCallback("https://app.example/callback?code=abc")
	fmt.Println(err)
	// Output:
	// login.AAECAwQFBgcICQoLDA0ODw access_denied <nil>
	// malformed sign-in answer: no state
}
