package tenant_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// failure is the body of a failed Management call.
type failure struct {
	StatusCode int               `json:"statusCode"`
	Error      string            `json:"error"`
	Message    string            `json:"message"`
	ErrorCode  string            `json:"errorCode"`
	Attributes map[string]string `json:"attributes"`
}

func userPath(id string) string { return "/api/v2/users/" + url.PathEscape(id) }

func identityPath(id, provider, identity string) string {
	return userPath(id) + "/identities/" + provider + "/" + url.PathEscape(identity)
}

func TestManagementAuthentication(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) { o.Now = clock.now })
	old := s.Login(t, ada, tenant.Database, nil)
	clock.advance(25 * time.Hour)
	good := s.Login(t, ada, tenant.Database, nil)
	noScope := s.Login(t, ada, tenant.Database, url.Values{"scope": {"openid"}})
	opaque := s.Login(t, ada, tenant.Database, url.Values{"audience": {""}})
	foreign := tenanttest.Start(t, tenanttest.OwnKey).Login(t, ada, tenant.Database, nil)

	const (
		read   = "Insufficient scope, expected any of: read:users,read:current_user,read:user_idp_tokens"
		patch  = "Insufficient scope, expected any of: update:users,update:users_app_metadata,update:current_user_metadata,create:current_user_metadata,delete:current_user_metadata"
		change = "Insufficient scope, expected any of: update:users,update:current_user_identities"
	)
	tests := []struct {
		name, method, path string
		authorization      string
		want               failure
	}{
		{"no token", "GET", userPath(adaID), "", failure{401, "Unauthorized", "Missing authentication", "", nil}},
		{"no bearer", "GET", userPath(adaID), "Basic eDp5",
			failure{400, "Bad Request", "Bad HTTP authentication header format", "Bearer", nil}},
		{"two tokens", "GET", userPath(adaID), "Bearer a b",
			failure{400, "Bad Request", "Bad HTTP authentication header format", "Bearer", nil}},
		{"garbage", "GET", userPath(adaID), "Bearer x",
			failure{401, "Unauthorized", "Invalid token", "", map[string]string{"error": "Invalid token"}}},
		{"opaque", "GET", userPath(adaID), "Bearer " + opaque.AccessToken,
			failure{401, "Unauthorized", "Invalid token", "", map[string]string{"error": "Invalid token"}}},
		{"another tenant", "GET", userPath(adaID), "Bearer " + foreign.AccessToken,
			failure{401, "Unauthorized", "Invalid token", "", map[string]string{"error": "Invalid token"}}},
		{"spoiled", "GET", userPath(adaID), "Bearer " + good.AccessToken[:len(good.AccessToken)-8] + "AAAAAAAA",
			failure{401, "Unauthorized", "Invalid signature received for JSON Web Token validation", "",
				map[string]string{"error": "Invalid signature received for JSON Web Token validation"}}},
		{"expired", "GET", userPath(adaID), "Bearer " + old.AccessToken,
			failure{401, "Unauthorized", "Expired token received for JSON Web Token validation", "",
				map[string]string{"error": "Expired token received for JSON Web Token validation"}}},
		{"ID token", "GET", userPath(adaID), "Bearer " + good.IDToken,
			failure{401, "Unauthorized", "Bad audience: " + s.ClientID, "",
				map[string]string{"error": "Bad audience: " + s.ClientID}}},
		{"no scope to read", "GET", userPath(adaID), "Bearer " + noScope.AccessToken,
			failure{403, "Forbidden", read, "insufficient_scope", nil}},
		{"no scope to patch", "PATCH", userPath(adaID), "Bearer " + noScope.AccessToken,
			failure{403, "Forbidden", patch, "insufficient_scope", nil}},
		{"no scope to link", "POST", userPath(adaID) + "/identities", "Bearer " + noScope.AccessToken,
			failure{403, "Forbidden", change, "insufficient_scope", nil}},
		{"no scope to unlink", "DELETE", identityPath(adaID, "google-oauth2", "1"), "Bearer " + noScope.AccessToken,
			failure{403, "Forbidden", change, "insufficient_scope", nil}},
		{"foreign user", "GET", userPath(googleID), "Bearer " + good.AccessToken,
			failure{403, "Forbidden", "User to be acted on does not match subject in bearer token.", "unowned_resource", nil}},
		{"foreign user to link", "POST", userPath(googleID) + "/identities", "Bearer " + good.AccessToken,
			failure{403, "Forbidden", "User to be acted on does not match subject in bearer token.", "unowned_resource", nil}},
		{"foreign user to unlink", "DELETE", identityPath(googleID, "auth0", "x"), "Bearer " + good.AccessToken,
			failure{403, "Forbidden", "User to be acted on does not match subject in bearer token.", "unowned_resource", nil}},
		{"foreign user to patch", "PATCH", userPath(googleID), "Bearer " + good.AccessToken,
			failure{403, "Forbidden", "User to be acted on does not match subject in bearer token.", "unowned_resource", nil}},
		{"unknown endpoint", "DELETE", userPath(adaID), "Bearer " + good.AccessToken,
			failure{404, "Not Found", "Not Found. The Twinlock tenant emulator leaves this out: see README.md of server/tenant.", "unsupported_endpoint", nil}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), tt.method, s.URL+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.authorization != "" {
				r.Header.Set("Authorization", tt.authorization)
			}
			answer, err := s.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			var got failure
			if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != tt.want.StatusCode || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %s %+v", answer.Status, got)
			}
			for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
				if answer.Header.Get(name) == "" {
					t.Errorf("no %s", name)
				}
			}
		})
	}
}

// keysIn lists the members of the JSON object in order.
func keysIn(t *testing.T, object string) []string {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &fields); err != nil {
		t.Fatalf("%s: %v", object, err)
	}
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func readUser(t *testing.T, s *tenanttest.Server, token, query string) (*http.Response, string) {
	t.Helper()
	var raw json.RawMessage
	answer := s.Do(t, http.MethodGet, userPath(adaID)+query, token, nil, &raw)
	return answer, string(raw)
}

func TestGetUser(t *testing.T) {
	s := tenanttest.Start(t)
	token := s.Login(t, ada, tenant.Database, nil).AccessToken
	answer, body := readUser(t, s, token, "")
	want := []string{"created_at", "email", "email_verified", "family_name", "given_name", "identities", "last_login",
		"logins_count", "name", "nickname", "picture", "updated_at", "user_id", "user_metadata"}
	if got := keysIn(t, body); !slices.Equal(got, want) {
		t.Errorf("fields = %v", got)
	}
	if want := `"identities":[{"connection":"Username-Password-Authentication","user_id":"5d1018150a1b2c3d4e5f6a01","provider":"auth0","isSocial":false}]`; !strings.Contains(body, want) {
		t.Errorf("%s lacks %s", body, want)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-cache", "X-RateLimit-Limit": "50",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if vary := strings.Join(answer.Header.Values("Vary"), ","); !strings.Contains(vary, "Origin") || !strings.Contains(vary, "Accept-Encoding") {
		t.Errorf("Vary = %q", vary)
	}
	tests := []struct {
		query string
		want  []string
	}{
		{"?fields=email,user_id", []string{"email", "user_id"}},
		{"?fields=email&include_fields=true", []string{"email"}},
		{"?include_fields=false&fields=" + strings.Join(want[1:], ","), []string{"created_at"}},
		{"?fields=app_metadata", nil},
	}
	for _, tt := range tests {
		if _, body := readUser(t, s, token, tt.query); !slices.Equal(keysIn(t, body), tt.want) {
			t.Errorf("%s: %s", tt.query, body)
		}
	}
	for _, query := range []string{"?fields=email&include_fields=maybe", "?fields=emial", "?fields=email,", "?fields=email,%20name",
		"?fields=shoe_size&include_fields=false"} {
		if answer, body := readUser(t, s, token, query); answer.StatusCode != 400 || !strings.Contains(body, "invalid_query_string") {
			t.Errorf("%s: %s %s", query, answer.Status, body)
		}
	}
}

func TestPatchUser(t *testing.T) {
	s := tenanttest.Start(t)
	token := s.Login(t, ada, tenant.Database, nil).AccessToken
	tests := []struct {
		name, body string
		wantStatus int
		wantCode   string
		want       map[string]any // afterwards
	}{
		{"merge", `{"user_metadata":{"theme":"light","nested":{"a":1}}}`, 200, "",
			map[string]any{"theme": "light", "phone": "+1", "nested": map[string]any{"a": 1.0}}},
		{"only the first level", `{"user_metadata":{"nested":{"b":2}}}`, 200, "",
			map[string]any{"theme": "dark", "phone": "+1", "nested": map[string]any{"b": 2.0}}},
		{"null removes", `{"user_metadata":{"phone":null,"absent":null}}`, 200, "", map[string]any{"theme": "dark"}},
		{"empty removes all", `{"user_metadata":{}}`, 200, "", nil},
		{"app_metadata", `{"user_metadata":{},"app_metadata":{"plan":"gold"}}`, 403, "insufficient_scope", nil},
		{"e-mail", `{"email":"x@example.com"}`, 403, "insufficient_scope", nil},
		{"verified", `{"email_verified":true}`, 403, "insufficient_scope", nil},
		{"blocked", `{"blocked":false}`, 403, "insufficient_scope", nil},
		{"identities", `{"identities":[]}`, 400, "invalid_body", nil},
		{"user_id", `{"user_id":"auth0|x"}`, 400, "invalid_body", nil},
		{"no object", `[]`, 400, "invalid_body", nil},
		{"empty", ``, 400, "invalid_body", nil},
		{"nothing", `{}`, 400, "invalid_body", nil},
		{"null", `null`, 400, "invalid_body", nil},
		{"metadata null", `{"user_metadata":null}`, 400, "invalid_body", nil},
		{"metadata list", `{"user_metadata":[]}`, 400, "invalid_body", nil},
		{"too large", `{"user_metadata":{"x":"` + strings.Repeat("x", 64<<10) + `"}}`, 413, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.Reset(t)
			before := s.Users(t)[adaID]
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, s.URL+userPath(adaID),
				strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token)
			answer, err := s.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			var got failure
			if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != tt.wantStatus || got.ErrorCode != tt.wantCode {
				t.Errorf("got %s %+v", answer.Status, got)
			}
			want := tt.want
			if tt.wantStatus != http.StatusOK {
				want = before.UserMetadata
			}
			if held := s.Users(t)[adaID].UserMetadata; !reflect.DeepEqual(held, want) {
				t.Errorf("the tenant holds %v, want %v", held, want)
			}
		})
	}
}

// link links and returns the answer.
func link(t *testing.T, s *tenanttest.Server, primary tenanttest.Tokens, primaryID, idToken string) (int,
	[]tenanttest.Identity, failure) {
	t.Helper()
	var raw json.RawMessage
	answer := s.Do(t, http.MethodPost, userPath(primaryID)+"/identities", primary.AccessToken,
		map[string]string{"link_with": idToken}, &raw)
	var list []tenanttest.Identity
	var f failure
	if json.Unmarshal(raw, &list) != nil {
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatal(err)
		}
	}
	return answer.StatusCode, list, f
}

func TestLink(t *testing.T) {
	s := tenanttest.Start(t)
	primary := s.Login(t, ada, tenant.Database, nil)
	second := s.Login(t, google, tenant.Google, nil)
	var raw json.RawMessage
	answer := s.Do(t, http.MethodPost, userPath(adaID)+"/identities", primary.AccessToken,
		map[string]string{"link_with": second.IDToken}, &raw)
	want := `[{"profileData":{"email":"ada@example.com","email_verified":true,"name":"Ada King","given_name":"Ada","family_name":"King","nickname":"ada","picture":"` + s.Issuer + `_emulator/avatars/ada-king.svg"},` +
		`"connection":"Username-Password-Authentication","user_id":"5d1018150a1b2c3d4e5f6a01","provider":"auth0","isSocial":false},` +
		`{"profileData":{"email":"ada.lovelace@gmail.example","email_verified":true,"name":"Ada Lovelace","given_name":"Ada","family_name":"Lovelace","nickname":"ada.lovelace","picture":"` + s.Issuer + `_emulator/avatars/ada-lovelace.svg"},` +
		`"connection":"google-oauth2","user_id":"118151210185211271536","provider":"google-oauth2","isSocial":true}]`
	if answer.StatusCode != http.StatusCreated || string(raw) != want {
		t.Errorf("got %s\n%s\nwant\n%s", answer.Status, raw, want)
	}

	users := s.Users(t)
	if _, still := users[googleID]; still || len(users) != len(tenant.Accounts())-1 {
		t.Errorf("the second account's user is still there: %v", users)
	}
	if got := users[adaID]; got.Email != ada || !reflect.DeepEqual(got.UserMetadata, map[string]any{"theme": "dark", "phone": "+1"}) {
		t.Errorf("the primary changed: %+v", got)
	}
	if _, body := readUser(t, s, primary.AccessToken, ""); strings.Count(body, "profileData") != 1 {
		t.Errorf("profileData belongs to the secondary only: %s", body)
	}
	if answer := s.Do(t, http.MethodGet, userPath(googleID), second.AccessToken, nil, nil); answer.StatusCode != http.StatusNotFound {
		t.Errorf("reading the second account's user: %s", answer.Status)
	}
	claims := mustVerify(t, s, s.Login(t, google, tenant.Google, nil).IDToken)
	if claims["sub"] != adaID || claims["email"] != ada || claims["name"] != "Ada King" {
		t.Errorf("the second account signs in as %v", claims)
	}
}

func TestLinkRefuses(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Now = clock.now
		o.Clients = append(o.Clients, tenant.Client{ID: "other", Callbacks: []string{tenanttest.Callback}})
	})
	expired := s.Login(t, google, tenant.Google, nil).IDToken
	clock.advance(11 * time.Hour)
	primary := s.Login(t, ada, tenant.Database, nil)
	good := s.Login(t, google, tenant.Google, nil)
	foreign := tenanttest.Start(t, tenanttest.OwnKey).Login(t, google, tenant.Google, nil).IDToken
	flawed := func(token map[string]any) string {
		s.Fault(t, tenant.Fault{Path: "/oauth/token", Token: token})
		return s.Login(t, google, tenant.Google, nil).IDToken
	}
	tests := []struct {
		name       string
		body       any
		wantStatus int
		want       string
	}{
		{"not a token", map[string]string{"link_with": "x"}, 400, "Invalid token (link_with)."},
		{"expired", map[string]string{"link_with": expired}, 400, "Invalid token (link_with)."},
		{"another tenant's", map[string]string{"link_with": foreign}, 400, "Invalid token (link_with)."},
		{"wrong signature", map[string]string{"link_with": flawed(map[string]any{"signature": "wrong"})}, 400,
			"Invalid token (link_with)."},
		{"unknown kid", map[string]string{"link_with": flawed(map[string]any{"kid": "unknown"})}, 400,
			"Invalid token (link_with)."},
		{"HS256", map[string]string{"link_with": flawed(map[string]any{"alg": "HS256"})}, 400,
			"JWT (link_with) must have an alg of RS256."},
		{"none", map[string]string{"link_with": flawed(map[string]any{"alg": "none"})}, 400,
			"JWT (link_with) must have an alg of RS256."},
		{"issuer", map[string]string{"link_with": flawed(map[string]any{"iss": "https://evil.example/"})}, 400,
			"JWT (link_with) must have the same issuer as the calling user."},
		{"no subject", map[string]string{"link_with": flawed(map[string]any{"sub": nil})}, 400,
			"JWT (link_with) must contains sub claim."},
		{"odd subject", map[string]string{"link_with": flawed(map[string]any{"sub": "google"})}, 400,
			"JWT (link_with) contains an invalid sub claim."},
		{"access token", map[string]string{"link_with": good.AccessToken}, 400,
			"JWT (link_with) contains an invalid aud claim."},
		{"other client", map[string]string{"link_with": flawed(map[string]any{"aud": "other"})}, 400,
			"JWT (link_with) must have an aud claim that matches that of the calling token's azp."},
		{"unknown account", map[string]string{"link_with": flawed(map[string]any{"sub": "google-oauth2|1"})}, 400,
			"Provided secondary account not found."},
		{"own account", map[string]string{"link_with": primary.IDToken}, 400, "Main identity and the new one are the same."},
		{"by id", map[string]string{"provider": "google-oauth2", "user_id": "118151210185211271536"}, 403,
			"Insufficient scope, expected any of: update:users"},
		{"both forms", map[string]string{"link_with": good.IDToken, "provider": "google-oauth2"}, 400,
			"Invalid request body"},
		{"unknown field", map[string]string{"link_with": good.IDToken, "x": "y"}, 400, "Invalid request body"},
		{"nothing", map[string]string{}, 400, "Invalid request body"},
		{"a list", []string{good.IDToken}, 400, "Invalid request body"},
		{"a number", map[string]int{"link_with": 1}, 400, "Invalid request body"},
		{"empty", map[string]string{"link_with": ""}, 400, "Invalid request body"},
	}
	before := s.Users(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got failure
			answer := s.Do(t, http.MethodPost, userPath(adaID)+"/identities", primary.AccessToken, tt.body, &got)
			if answer.StatusCode != tt.wantStatus || got.StatusCode != tt.wantStatus || got.Message != tt.want {
				t.Errorf("got %s %+v", answer.Status, got)
			}
			if !reflect.DeepEqual(s.Users(t), before) {
				t.Error("a refused link changed the users")
			}
		})
	}
}

func TestLinkTwice(t *testing.T) {
	s := tenanttest.Start(t)
	primary := s.Login(t, ada, tenant.Database, nil)
	second := s.Login(t, google, tenant.Google, nil)
	third := s.Login(t, facebook, tenant.Facebook, nil)
	other := s.Login(t, charles, tenant.Database, nil)
	otherID := mustVerify(t, s, other.IDToken)["sub"].(string)

	if status, _, f := link(t, s, primary, adaID, second.IDToken); status != http.StatusCreated {
		t.Fatalf("first link: %+v", f)
	}
	if status, _, f := link(t, s, primary, adaID, second.IDToken); status != http.StatusConflict || f.Message != "Specified identity already exists." {
		t.Errorf("the same again: %d %+v", status, f)
	}
	if status, _, f := link(t, s, other, otherID, second.IDToken); status != 400 || f.Message != "Provided secondary account not found." {
		t.Errorf("to another user: %d %+v", status, f)
	}
	if status, _, f := link(t, s, other, otherID, primary.IDToken); status != 400 || f.Message != "Unable to link with the secondary account." {
		t.Errorf("a primary as second account: %d %+v", status, f)
	}
	if status, list, f := link(t, s, primary, adaID, third.IDToken); status != http.StatusCreated || len(list) != 3 {
		t.Errorf("a third account: %d %v %+v", status, list, f)
	}
	// An ID token of now, from the linked account, is the primary's.
	again := s.Login(t, google, tenant.Google, nil)
	if status, _, f := link(t, s, primary, adaID, again.IDToken); status != 400 || f.Message != "Main identity and the new one are the same." {
		t.Errorf("a linked account: %d %+v", status, f)
	}
}

func TestUnlink(t *testing.T) {
	s := tenanttest.Start(t)
	primary := s.Login(t, ada, tenant.Database, nil)
	second := s.Login(t, google, tenant.Google, url.Values{"scope": {"openid offline_access"}})
	if status, _, f := link(t, s, primary, adaID, second.IDToken); status != http.StatusCreated {
		t.Fatalf("link: %+v", f)
	}

	unchanged := []struct{ name, provider, id string }{
		{"prefixed id", "google-oauth2", googleID},
		{"prefixed main id", "auth0", adaID},
		{"other provider", "facebook", "118151210185211271536"},
		{"unknown", "google-oauth2", "1"},
		{"slash", "google-oauth2", "118151210185211271536/"},
	}
	for _, tt := range unchanged {
		var list []tenanttest.Identity
		answer := s.Do(t, http.MethodDelete, identityPath(adaID, tt.provider, tt.id), primary.AccessToken, nil, &list)
		if answer.StatusCode != http.StatusOK || len(list) != 2 || len(s.Users(t)[adaID].Identities) != 2 {
			t.Errorf("%s: %s %v", tt.name, answer.Status, list)
		}
	}
	var f failure
	answer := s.Do(t, http.MethodDelete, identityPath(adaID, "auth0", "5d1018150a1b2c3d4e5f6a01"), primary.AccessToken,
		nil, &f)
	if answer.StatusCode != 400 || f.Message != "Main identity cannot be removed." {
		t.Errorf("main identity: %s %+v", answer.Status, f)
	}

	var raw json.RawMessage
	answer = s.Do(t, http.MethodDelete, identityPath(adaID, "google-oauth2", "118151210185211271536"),
		primary.AccessToken, nil, &raw)
	want := `[{"profileData":{"email":"ada@example.com","email_verified":true,"name":"Ada King","given_name":"Ada","family_name":"King","nickname":"ada","picture":"` + s.Issuer + `_emulator/avatars/ada-king.svg"},` +
		`"connection":"Username-Password-Authentication","user_id":"5d1018150a1b2c3d4e5f6a01","provider":"auth0","isSocial":false}]`
	if answer.StatusCode != http.StatusOK || string(raw) != want {
		t.Errorf("got %s %s", answer.Status, raw)
	}
	users := s.Users(t)
	if bare := users[googleID]; bare.Email != google || bare.UserMetadata != nil || bare.LoginsCount != 0 || len(users) != len(tenant.Accounts()) {
		t.Errorf("the new user = %+v of %d", bare, len(users))
	}
	claims := mustVerify(t, s, s.Login(t, google, tenant.Google, nil).IDToken)
	if claims["sub"] != googleID {
		t.Errorf("the unlinked account signs in as %v", claims["sub"])
	}
	if status, _ := refresh(t, s, second.RefreshToken); status != http.StatusForbidden {
		t.Errorf("the refresh token of the user that was linked lives again: %d", status)
	}
}

// The SSO session of a second account is of its identity: linked, it signs in to
// the primary.
func TestSessionFollowsItsIdentity(t *testing.T) {
	s := tenanttest.Start(t)
	b := s.Browser(t)
	primary := s.Login(t, ada, tenant.Database, nil)
	second := b.Login(t, google, tenant.Google, nil)
	silent := url.Values{"prompt": {"none"}}
	if status, _, f := link(t, s, primary, adaID, second.IDToken); status != http.StatusCreated {
		t.Fatalf("link: %+v", f)
	}
	if claims := mustVerify(t, s, b.Login(t, "", "", silent).IDToken); claims["sub"] != adaID {
		t.Errorf("linked: sub = %v", claims["sub"])
	}
	s.Do(t, http.MethodDelete, identityPath(adaID, "google-oauth2", "118151210185211271536"), primary.AccessToken, nil,
		nil)
	if claims := mustVerify(t, s, b.Login(t, "", "", silent).IDToken); claims["sub"] != googleID {
		t.Errorf("unlinked: sub = %v", claims["sub"])
	}
}

func TestRateLimit(t *testing.T) {
	clock := newClock()
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Now = clock.now
		o.RateLimit = tenant.FreePlan
	})
	token := s.Login(t, ada, tenant.Database, nil).AccessToken
	for n, want := range []int{200, 200, 429} {
		answer, body := readUser(t, s, token, "")
		if answer.StatusCode != want || answer.Header.Get("X-RateLimit-Limit") != "2" {
			t.Errorf("call %d: %s %v", n+1, answer.Status, answer.Header)
		}
		if want == 429 && body != `{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}` {
			t.Errorf("body = %s", body)
		}
	}
	clock.advance(500 * time.Millisecond)
	if answer, _ := readUser(t, s, token, ""); answer.StatusCode != 200 || answer.Header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("after half a second: %s %v", answer.Status, answer.Header)
	}
}

func TestCORS(t *testing.T) {
	s := tenanttest.Start(t)
	const evil = "https://evil.example"
	tests := []struct {
		name, method, path, origin string
		preflight                  bool
		want                       string // Access-Control-Allow-Origin
	}{
		{"link", "POST", userPath(adaID) + "/identities", tenanttest.Origin, true, tenanttest.Origin},
		{"unlink", "DELETE", identityPath(adaID, "auth0", "x"), tenanttest.Origin, true, tenanttest.Origin},
		{"patch", "PATCH", userPath(adaID), tenanttest.Origin, true, tenanttest.Origin},
		{"read", "GET", userPath(adaID), tenanttest.Origin, false, tenanttest.Origin},
		{"read from elsewhere", "GET", userPath(adaID), evil, false, ""},
		{"link from elsewhere", "POST", userPath(adaID) + "/identities", evil, true, ""},
		{"null origin", "POST", userPath(adaID) + "/identities", "null", true, ""},
		{"token", "POST", "/oauth/token", tenanttest.Origin, true, tenanttest.Origin},
		{"token from elsewhere", "POST", "/oauth/token", evil, true, ""},
		{"userinfo", "GET", "/userinfo", evil, true, "*"},
		{"keys", "GET", "/.well-known/jwks.json", evil, false, "*"},
		{"discovery", "GET", "/.well-known/openid-configuration", evil, false, "*"},
		{"authorize", "GET", "/authorize", tenanttest.Origin, false, ""},
		{"sign-in page", "GET", "/u/login", tenanttest.Origin, false, ""},
		{"control", "GET", "/_emulator/users", tenanttest.Origin, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			method := tt.method
			if tt.preflight {
				method = http.MethodOptions
			}
			r, err := http.NewRequestWithContext(t.Context(), method, s.URL+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Origin", tt.origin)
			if tt.preflight {
				r.Header.Set("Access-Control-Request-Method", tt.method)
				r.Header.Set("Access-Control-Request-Headers", "authorization,content-type")
			}
			answer, err := s.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			h := answer.Header
			if got := h.Get("Access-Control-Allow-Origin"); got != tt.want {
				t.Errorf("Access-Control-Allow-Origin = %q, want %q", got, tt.want)
			}
			if h.Get("Access-Control-Allow-Credentials") != "" {
				t.Error("credentials are allowed")
			}
			if tt.preflight && tt.want != "" && !strings.Contains(h.Get("Access-Control-Allow-Headers"), "authorization") {
				t.Errorf("Access-Control-Allow-Headers = %q", h.Get("Access-Control-Allow-Headers"))
			}
			if strings.HasPrefix(tt.path, "/api/") && !tt.preflight && tt.want != "" &&
				!strings.EqualFold(h.Get("Access-Control-Expose-Headers"),
					"X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset") {
				t.Errorf("Access-Control-Expose-Headers = %q", h.Get("Access-Control-Expose-Headers"))
			}
		})
	}
}

func TestDataSurvivesARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	issuer := "http://127.0.0.1:8001/"
	inDir := func(o *tenant.Options) {
		o.DataDir = dir
		o.Issuer = issuer
	}
	// Tokens carry the issuer, so both tenants have the one of the first.
	first := tenanttest.Start(t, func(o *tenant.Options) {
		issuer = o.Issuer
		inDir(o)
	})
	primary := first.Login(t, ada, tenant.Database, nil)
	second := first.Login(t, google, tenant.Google, nil)
	if status, _, f := link(t, first, primary, adaID, second.IDToken); status != http.StatusCreated {
		t.Fatalf("link: %+v", f)
	}
	held := first.Users(t)
	first.Close()
	if err := first.Tenant.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "users.json.tmp"), []byte("{"), 0o600); err != nil { // a crash while saving
		t.Fatal(err)
	}

	again := tenanttest.Start(t, inDir)
	if users := again.Users(t); !reflect.DeepEqual(users, held) {
		t.Errorf("got %v, want %v", users, held)
	}
	if _, err := verify(t, again, primary.IDToken); err != nil {
		t.Errorf("the key is another: %v", err)
	}
	if claims := mustVerify(t, again, again.Login(t, google, tenant.Google, url.Values{"audience": {""}}).IDToken); claims["sub"] != adaID {
		t.Errorf("the linked account signs in as %v", claims["sub"])
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 || !strings.HasSuffix(e.Name(), ".json") && e.Name() != "lock" {
			t.Errorf("%s: %v %v", e.Name(), info.Mode(), err)
		}
	}
}
