package management

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"twinlock/app/platform"
)

// change returns the recorded user with one member set to raw JSON, or without
// it for "".
func change(t testing.TB, name, raw string) string {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(recorded(t, "user.json")), &members); err != nil {
		t.Fatal(err)
	}
	members[name] = json.RawMessage(raw)
	if raw == "" {
		delete(members, name)
	}
	data, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestUserAnswerRefused(t *testing.T) {
	tests := map[string]string{
		"empty":                   ``,
		"list":                    `[]`,
		"null":                    `null`,
		"broken":                  `{"user_id":`,
		"trailing":                recorded(t, "user.json") + `{}`,
		"not UTF-8":               change(t, "name", "\"a\"")[:10] + "\xff",
		"member twice":            strings.Replace(recorded(t, "user.json"), `{`, `{"user_id":"auth0|mallory",`, 1),
		"another user":            change(t, "user_id", `"auth0|mallory"`),
		"no user_id":              change(t, "user_id", ``),
		"user_id in another case": strings.Replace(recorded(t, "user.json"), `"user_id":"auth0|`, `"User_ID":"auth0|`, 1),
		"no identities":           change(t, "identities", ``),
		"identities empty":        change(t, "identities", `[]`),
		"identities null":         change(t, "identities", `null`),
		"identities an object":    change(t, "identities", `{}`),
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			_, c := newAPI(t, reply(200, body))
			got, err := c.User(t.Context(), adaID)
			if !errors.Is(err, ErrAnswer) || !reflect.DeepEqual(got, User{}) {
				t.Errorf("User = %.300s, %v", fmt.Sprintf("%+v", got), err)
			}
		})
	}
}

// One identity that cannot be used is shown and hides nothing else. Nothing can be asked
// about it, and it is like no other.
func TestUnusableIdentity(t *testing.T) {
	id := func(raw string) string {
		return `{"provider":"google-oauth2","connection":"g","user_id":` + raw + `,"profileData":{"name":"N"}}`
	}
	for raw, want := range map[string]Unusable{
		`null`: NoID, `"auth0|1"`: NoID, `7`: NoID, `[]`: NoID, `{}`: NoID, `{"user_id":"1"}`: NoID,
		`{"provider":"","user_id":"1"}`: NoID, `{"provider":1,"user_id":"1"}`: NoID, `{"provider":"a\nb","user_id":"1"}`: BadID,
		`{"provider":"..","user_id":"1"}`: BadID, `{"provider":"a\ud800","user_id":"1"}`: BadID, `{"provider":"a"}`: NoID,
		`{"provider":"a","user_id":"1","user_id":"2"}`: NoID,
		id(`null`): NoID, id(`""`): NoID, id(`1.5`): NoID, id(`1e21`): NoID, id(`-1`): NoID, id(`["1"]`): NoID, id(`{}`): NoID, id(`true`): NoID,
		id(`"undefined"`): BadID, id(`"null"`): BadID, id(`"a|"`): BadID, id(`".."`): BadID, id(`"."`): BadID, id(`"a\u0000"`): BadID,
		id(`"` + strings.Repeat("x", 300) + `"`): BadID, id(strings.Repeat("7", 300)): BadID, id(`"\ud800"`): BadID, id(`"2\udfff"`): BadID,
	} {
		body := change(t, "identities", `[`+raw+`,{"provider":"facebook","user_id":"3"},{"provider":"auth0","user_id":"63d17c4a9d503d76c056c160"}]`)
		a, c := newAPI(t, reply(200, body))
		u, err := c.User(t.Context(), adaID)
		if err != nil || len(u.Identities) != 3 || u.Identities[1].Unusable != "" || u.Identities[2].Unusable != "" {
			t.Errorf("%.80s hides others: %+v, %v", raw, u.Identities, err)
			continue
		}
		odd := u.Identities[0]
		if odd.Unusable != want || odd.UserID != "" || odd.Same(odd) || strings.Contains(raw, `"N"`) && odd.Profile.Name != "N" {
			t.Errorf("%.80s is %+v, want %q", raw, odd, want)
		}
		if own, ok := u.Primary(); !ok || own.ID() != adaID || len(u.Linked()) != 2 {
			t.Errorf("%.80s: the primary is %+v", raw, own)
		}
		if _, err := c.Unlink(t.Context(), adaID, odd); !errors.Is(err, ErrRequest) || len(a.requests) != 1 {
			t.Errorf("%.80s: %v after %d requests", raw, err, len(a.requests))
		}
	}
}

// Answers to a link are read like a user.
func TestLinkBesideUnusable(t *testing.T) {
	_, c := newAPI(t, reply(201, `[{"provider":"auth0","user_id":"1"},null,{"provider":"a","user_id":".."},{"provider":"b","user_id":"2"}]`))
	got, err := c.Link(t.Context(), "auth0|1", "t")
	if err != nil || len(got) != 4 || got[1].Unusable != NoID || got[2].Unusable != BadID || got[3].Unusable != "" {
		t.Errorf("Link = %+v, %v", got, err)
	}
}

// Metadata of another form than an object counts as none, and is known to be there.
func TestOddMetadata(t *testing.T) {
	deep := func(n int) string { return strings.Repeat(`{"a":`, n) + `1` + strings.Repeat(`}`, n) }
	for raw, odd := range map[string]bool{
		`[]`: true, `"a"`: true, `""`: true, `1`: true, `0`: true, `true`: true, `[{"a":1}]`: true,
		deep(40): true, deep(1000): true, `{"a":1,"a":2}`: true, `{"a":{"b":1,"b":2}}`: true,
		`{}`: false, `null`: false, ``: false, `{"a":1}`: false, deep(32): false,
	} {
		for _, name := range []string{"user_metadata", "app_metadata"} {
			_, c := newAPI(t, reply(200, change(t, name, raw)))
			u, err := c.User(t.Context(), adaID)
			metadata, is, other := u.Metadata, u.OddMetadata, u.OddAppMetadata
			if name == "app_metadata" {
				metadata, is, other = u.AppMetadata, other, is
			}
			if err != nil || len(u.Identities) != 1 || is != odd || other || odd && metadata != nil {
				t.Errorf("%s %.60s: odd is %v, %v, metadata %v: %v", name, raw, is, other, metadata, err)
			}
		}
	}
}

// A member that nobody reads may be as it likes.
func TestUnreadMembersAreUnchecked(t *testing.T) {
	_, c := newAPI(t, reply(200, change(t, "multifactor", strings.Repeat(`[`, 500)+strings.Repeat(`]`, 500))))
	if u, err := c.User(t.Context(), adaID); err != nil || u.Metadata["theme"] != "dark" {
		t.Errorf("User = %+v, %v", u, err)
	}
}

// Half a surrogate pair would become U+FFFD. Its key stays as it is written.
func TestHalfSurrogates(t *testing.T) {
	u, err := parseUser([]byte(change(t, "user_metadata",
		`{"a":"\ud800","b":["x",{"c":"\udc00"}],"d":{"\ud800":1},"\ud800e":2,"f":"\ud83d\ude00","g":"\ufffd"}`)), adaID)
	if err != nil || u.OddMetadata {
		t.Fatal(err)
	}
	want := map[string]any{
		"a": json.RawMessage(`"\ud800"`), "b": json.RawMessage(`["x",{"c":"\udc00"}]`), "d": json.RawMessage(`{"\ud800":1}`),
		"\ufffde": json.RawMessage("2"), "f": "😀", "g": "\ufffd",
	}
	if !reflect.DeepEqual(u.Metadata, want) {
		t.Errorf("metadata %q, want %q", u.Metadata, want)
	}
}

// More than other answers may have, as many identities with long profileData make it.
func TestLargeUser(t *testing.T) {
	for _, size := range []int{platform.MaxBody, 7 << 20} {
		a, c := newAPI(t, reply(200, change(t, "padding", `"`+strings.Repeat("x", size)+`"`)))
		if u, err := c.User(t.Context(), adaID); err != nil || u.ID != adaID {
			t.Errorf("%d bytes: %v", size, err)
		}
		if limit := a.requests[0].Limit(); limit != 8<<20 {
			t.Errorf("%d bytes are let in", limit)
		}
	}
}

func TestUserAnswerTolerated(t *testing.T) {
	tests := map[string]struct {
		body  string
		check func(User) bool
	}{
		"id a number": {change(t, "identities", `[{"provider":"facebook","user_id":10157281843000000001}]`),
			func(u User) bool { return u.Identities[0].ID() == "facebook|10157281843000000001" }},
		"name an object":     {change(t, "name", `{"first":"Ada"}`), func(u User) bool { return u.Name == "" }},
		"profile a list":     {change(t, "identities", `[{"provider":"a","user_id":"b","profileData":[]}]`), func(u User) bool { return u.Identities[0].Profile == Profile{OddEmail: true} }},
		"profile key twice":  {change(t, "identities", `[{"provider":"a","user_id":"b","profileData":{"email":"a","email":"b"}}]`), func(u User) bool { return u.Identities[0].Profile == Profile{OddEmail: true} }},
		"picture in pieces":  {change(t, "identities", `[{"provider":"a","user_id":"b","profileData":{"picture":{"data":{}},"name":"N"}}]`), func(u User) bool { return u.Identities[0].Profile == Profile{Name: "N"} }},
		"date an object":     {change(t, "last_login", `{}`), func(u User) bool { return u.LastLogin.IsZero() }},
		"negative count":     {change(t, "logins_count", `-5`), func(u User) bool { return u.Logins == 0 }},
		"count":              {change(t, "logins_count", `5`), func(u User) bool { return u.Logins == 5 }},
		"no metadata":        {change(t, "user_metadata", ``), func(u User) bool { return u.Metadata == nil }},
		"metadata null":      {change(t, "user_metadata", `null`), func(u User) bool { return u.Metadata == nil }},
		"metadata prototype": {change(t, "user_metadata", `{"__proto__":{"a":1},"constructor":"b"}`), func(u User) bool { return len(u.Metadata) == 2 }},
		"metadata number": {change(t, "user_metadata", `{"n":12345678901234567890.10}`),
			func(u User) bool { return u.Metadata["n"] == json.Number("12345678901234567890.10") }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, c := newAPI(t, reply(200, tt.body))
			if got, err := c.User(t.Context(), adaID); err != nil || !tt.check(got) {
				t.Errorf("User = %+v, %v", got, err)
			}
		})
	}
}

// Attack case 14.
func TestEmailVerified(t *testing.T) {
	for raw, want := range map[string]bool{
		`true`: true, `false`: false, `"true"`: false, `"false"`: false, `1`: false, `null`: false, ``: false, `[true]`: false, `{}`: false,
	} {
		u, err := parseUser([]byte(change(t, "email_verified", raw)), adaID)
		if err != nil || u.EmailVerified != want {
			t.Errorf("%s: %v, %v", raw, u.EmailVerified, err)
		}
		if raw == "" {
			continue
		}
		u, err = parseUser([]byte(change(t, "identities", `[{"provider":"a","user_id":"b","profileData":{"email_verified":`+raw+`}}]`)), adaID)
		if err != nil || u.Identities[0].Profile.EmailVerified != want {
			t.Errorf("identity, %s: %v, %v", raw, u.Identities, err)
		}
	}
	both := strings.Replace(change(t, "email_verified", `false`), `{`, `{"Email_Verified":true,`, 1)
	if u, err := parseUser([]byte(both), adaID); err != nil || u.EmailVerified {
		t.Errorf("another case: %v, %v", u.EmailVerified, err)
	}
}

// Attack cases 14 and 15: that a user has no address is known only where the document shows
// it for certain. What cannot be read may be one.
func TestNoEmail(t *testing.T) {
	const id = "twitter|1"
	own := func(profile string) string {
		return `{"provider":"twitter","user_id":"1","connection":"twitter"` + profile + `}`
	}
	for _, test := range []struct {
		name, email, identities string
		want                    bool
	}{
		{"none", ``, own(``), true},
		{"null", `,"email":null`, own(`,"profileData":null`), true},
		{"empty", `,"email":""`, own(`,"profileData":{"email":""}`), true},
		{"null in the profile", ``, own(`,"profileData":{"name":"Ada","email":null}`), true},
		{"verified, but no address", `,"email_verified":true`, own(``), true},
		{"a linked one has an address", ``, own(``) + `,{"provider":"auth0","user_id":"2","profileData":{"email":"a@x"}}`, true},
		{"an address", `,"email":"a@x"`, own(``), false},
		{"a space", `,"email":" "`, own(``), false},
		{"an address that is not seen", `,"email":"\u200b"`, own(``), false},
		{"a number", `,"email":7`, own(``), false},
		{"a list", `,"email":["a@x"]`, own(``), false},
		{"an object", `,"email":{"value":"a@x"}`, own(``), false},
		{"false", `,"email":false`, own(``), false},
		{"an address in the profile", ``, own(`,"profileData":{"email":"a@x"}`), false},
		{"a list in the profile", ``, own(`,"profileData":{"email":["a@x"]}`), false},
		{"a profile that is a list", ``, own(`,"profileData":["a@x"]`), false},
		{"a profile that is text", ``, own(`,"profileData":"a@x"`), false},
		{"twice in the profile", ``, own(`,"profileData":{"email":"","email":"a@x"}`), false},
		{"own identity unusable", ``, `{"provider":"twitter","user_id":null}`, false},
		{"own identity not certain", ``, `{"provider":"a","user_id":"8"},{"provider":"a","user_id":"9"}`, false},
		{"own identity in two forms", ``, own(``) + `,{"provider":"twitter","user_id":"twitter|1","profileData":{"email":"a@x"}}`, false},
		{"the only identity has another id", ``, `{"provider":"a","user_id":"9"}`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			u, err := parseUser([]byte(`{"user_id":"`+id+`","identities":[`+test.identities+`]`+test.email+`}`), id)
			if err != nil || u.NoEmail != test.want {
				t.Errorf("no address: %v, %v", u.NoEmail, err)
			}
		})
	}
}

// What identity providers gave out is not kept.
func TestTokensAreDropped(t *testing.T) {
	body := change(t, "identities", `[{"provider":"google-oauth2","user_id":"1","access_token":"idp-secret","refresh_token":"idp-secret",
		"access_token_secret":"idp-secret","profileData":{"name":"Ada","access_token":"idp-secret"},"x":"idp-secret"}]`)
	u, err := parseUser([]byte(body), adaID)
	if err != nil {
		t.Fatal(err)
	}
	kept, _ := json.Marshal(u)
	if bytes.Contains(kept, []byte("idp-secret")) {
		t.Errorf("kept %s", kept)
	}
}

func TestIdentitiesAnswerRefused(t *testing.T) {
	for name, body := range map[string]string{
		"empty list":      `[]`,
		"object":          `{}`,
		"null":            `null`,
		"of another user": recorded(t, "unlinked.json"),
		"without user_id": `[{"provider":"auth0"}]`,
		"trailing":        recorded(t, "linked.json") + "x",
		"not UTF-8":       "[{\"provider\":\"auth0\",\"user_id\":\"63d17c6a9d503d76c056c177\",\"x\":\"\xff\"}]",
	} {
		t.Run(name, func(t *testing.T) {
			_, c := newAPI(t, reply(201, body))
			if got, err := c.Link(t.Context(), "auth0|63d17c6a9d503d76c056c177", "t"); got != nil || !errors.Is(err, ErrAnswer) {
				t.Errorf("Link = %+v, %v", got, err)
			}
		})
	}
}

func TestPrimary(t *testing.T) {
	own, google, facebook := Identity{Provider: "auth0", UserID: "1"}, Identity{Provider: "google-oauth2", UserID: "2"}, Identity{Provider: "facebook", UserID: "3"}
	odd, prefixed := Identity{Provider: "auth0", Unusable: NoID}, Identity{Provider: "auth0", UserID: "auth0|1"}
	tests := []struct {
		name       string
		user       User
		want       Identity
		wantLinked []Identity
	}{
		{"alone", User{ID: "auth0|1", Identities: []Identity{own}}, own, nil},
		{"first", User{ID: "auth0|1", Identities: []Identity{own, google, facebook}}, own, []Identity{google, facebook}},
		{"not first", User{ID: "auth0|1", Identities: []Identity{google, own, facebook}}, own, []Identity{google, facebook}},
		{"unusable beside", User{ID: "auth0|1", Identities: []Identity{odd, own}}, own, []Identity{odd}},
		{"with its prefix, unusable beside", User{ID: "auth0|1", Identities: []Identity{odd, prefixed}}, prefixed, []Identity{odd}},
		{"may be the unusable one", User{ID: "auth0|1", Identities: []Identity{google, odd}}, odd, []Identity{google}},
		{"id of another form", User{ID: "1", Identities: []Identity{own, google}}, own, []Identity{google}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := tt.user.Primary(); !ok || got != tt.want {
				t.Errorf("Primary = %+v, %v", got, ok)
			}
			if got := tt.user.Linked(); !reflect.DeepEqual(got, tt.wantLinked) {
				t.Errorf("Linked = %+v", got)
			}
		})
	}
	if _, ok := (User{ID: "auth0|1"}).Primary(); ok {
		t.Error("a user without identities has a primary one")
	}
	if got := (User{}).Linked(); got != nil {
		t.Errorf("Linked = %v", got)
	}
}

func FuzzUserAnswer(f *testing.F) {
	f.Add([]byte(recorded(f, "user.json")))
	for _, raw := range []string{`[]`, `[{"provider":"a","user_id":1}]`, `[{"provider":"a","user_id":"a|b","profileData":{"email_verified":"true"}}]`} {
		f.Add([]byte(change(f, "identities", raw)))
	}
	f.Add([]byte(change(f, "identities", `[null,{"provider":"a","user_id":".."}]`)))
	f.Add([]byte(change(f, "user_metadata", `[]`)))
	f.Add([]byte(change(f, "user_metadata", `{"__proto__":[1e999,{"a":"\ud800"}]}`)))
	f.Add([]byte(`{"user_id":"auth0|63d17c4a9d503d76c056c160","user_id":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := parseUser(body, adaID)
		if err != nil {
			if !errors.Is(err, ErrAnswer) || !reflect.DeepEqual(u, User{}) {
				t.Fatalf("%s: %+v, %v", body, u, err)
			}
			return
		}
		if u.ID != adaID || u.Logins < 0 || u.EmailVerified && !bytes.Contains(body, []byte("true")) {
			t.Fatalf("%s: %+v", body, u)
		}
		if _, ok := u.Primary(); !ok || len(u.Linked()) != len(u.Identities)-1 {
			t.Fatalf("%s: primary of %+v", body, u)
		}
		checkIdentities(t, body, u.Identities)
		if _, err := json.Marshal(u.Metadata); err != nil {
			t.Fatalf("%s: metadata cannot be sent back: %v", body, err)
		}
	})
}

func FuzzLinkAnswer(f *testing.F) {
	const primary = "auth0|63d17c6a9d503d76c056c177"
	f.Add([]byte(recorded(f, "linked.json")))
	f.Add([]byte(recorded(f, "unlinked_prefixed.json")))
	f.Add([]byte(`[{"provider":"auth0","user_id":"63d17c6a9d503d76c056c177"},{"provider":"b","user_id":0}]`))
	f.Add([]byte(`[{"provider":"auth0","user_id":"63d17c6a9d503d76c056c177","profileData":null},null]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		identities, err := parseIdentities(body, primary)
		if err != nil {
			if !errors.Is(err, ErrAnswer) || identities != nil {
				t.Fatalf("%s: %+v, %v", body, identities, err)
			}
			return
		}
		own := false
		for _, identity := range identities {
			own = own || identity.ID() == primary || identity.UserID == primary
		}
		if !own {
			t.Fatalf("%s: of another user", body)
		}
		checkIdentities(t, body, identities)
	})
}

// checkIdentities holds for every identity that is accepted: it can be named in a path if
// and only if it can be used.
func checkIdentities(t *testing.T, body []byte, identities []Identity) {
	t.Helper()
	for _, identity := range identities {
		path, err := identityPath(adaID, identity)
		if identity.Unusable != "" {
			if err == nil || identity.UserID != "" {
				t.Fatalf("%s: %+v has the path %q", body, identity, path)
			}
			continue
		}
		if err != nil || strings.Count(path, "/") != 4 || !utf8.ValidString(identity.ID()) {
			t.Fatalf("%s: %+v has the path %q, %v", body, identity, path, err)
		}
	}
}
