package tenant_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

func machineForm(s *tenanttest.Server, change url.Values) url.Values {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"machine"}, "client_secret": {machineSecret},
		"audience": {s.Audience()}}
	for name, value := range change {
		form[name] = value
	}
	return form
}

// machineToken gets a token with the scopes, or with all of them.
func machineToken(t testing.TB, s *tenanttest.Server, scopes ...string) string {
	t.Helper()
	var tokens tenanttest.Tokens
	body := map[string]string{"grant_type": "client_credentials", "client_id": "machine", "client_secret": machineSecret,
		"audience": s.Audience()}
	if len(scopes) > 0 {
		body["scope"] = strings.Join(scopes, " ")
	}
	if answer := s.Do(t, http.MethodPost, "/oauth/token", "", body, &tokens); answer.StatusCode != http.StatusOK {
		t.Fatalf("client credentials: %s", answer.Status)
	}
	return tokens.AccessToken
}

func TestClientCredentials(t *testing.T) {
	s := startOpen(t)
	claims := mustVerify(t, s, machineToken(t, s))
	for name, want := range map[string]any{
		"iss": s.Issuer, "sub": "machine@clients", "aud": s.Audience(), "azp": "machine", "gty": "client-credentials",
		"scope": "read:users update:users update:users_app_metadata",
	} {
		if claims[name] != want {
			t.Errorf("%s = %v, want %v", name, claims[name], want)
		}
	}
	if claims["exp"].(float64)-claims["iat"].(float64) != 86400 {
		t.Errorf("claims = %v", claims)
	}
	if fewer := mustVerify(t, s, machineToken(t, s, "read:users", "delete:users")); fewer["scope"] != "read:users" {
		t.Errorf("scope = %v", fewer["scope"])
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/oauth/token",
		strings.NewReader(url.Values{"grant_type": {"client_credentials"}, "audience": {s.Audience()}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("machine", machineSecret)
	if answer, err := s.Client().Do(r); err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("basic authentication: %v %v", answer, err)
	}
}

func TestClientCredentialsRefuses(t *testing.T) {
	s := startOpen(t, func(o *tenant.Options) {
		o.Clients = append(o.Clients, tenant.Client{ID: "bare", Secret: machineSecret,
			Grants: []string{tenant.GrantClientCredentials}})
	})
	tests := []struct {
		name   string
		change url.Values
		status int
		code   string
		text   string
	}{
		{"wrong secret", url.Values{"client_secret": {"x"}}, 401, "access_denied", "Unauthorized"},
		{"no secret", url.Values{"client_secret": {""}}, 401, "access_denied", "Unauthorized"},
		{"unknown client", url.Values{"client_id": {"x"}}, 401, "access_denied", "Unauthorized"},
		{"public client", url.Values{"client_id": {s.ClientID}}, 403, "unauthorized_client",
			"Grant type 'client_credentials' not allowed for the client."},
		{"no audience", url.Values{"audience": {""}}, 403, "access_denied",
			"No audience parameter was provided, and no default audience has been configured"},
		{"unknown audience", url.Values{"audience": {"https://api.example/"}}, 403, "access_denied",
			"Service not enabled within domain: https://api.example/"},
		{"no grant", url.Values{"client_id": {"bare"}}, 403, "access_denied", ""},
		{"code of a machine", url.Values{"grant_type": {"authorization_code"}, "code": {"x"}}, 403, "unauthorized_client",
			"Grant type 'authorization_code' not allowed for the client."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var body struct {
				Error       string `json:"error"`
				Description string `json:"error_description"`
				Token       string `json:"access_token"`
			}
			fields := map[string]string{}
			for name := range machineForm(s, tt.change) {
				fields[name] = machineForm(s, tt.change).Get(name)
			}
			answer := s.Do(t, http.MethodPost, "/oauth/token", "", fields, &body)
			if answer.StatusCode != tt.status || body.Error != tt.code || tt.text != "" && body.Description != tt.text ||
				body.Token != "" {
				t.Errorf("got %s %+v", answer.Status, body)
			}
		})
	}
}

func TestMachineLinks(t *testing.T) {
	provider, id, _ := strings.Cut(googleID, "|")
	tests := []struct {
		name string
		body func(s *tenanttest.Server) any
		want failure // zero: linked
	}{
		{"by identity", func(*tenanttest.Server) any { return map[string]any{"provider": provider, "user_id": id} },
			failure{}},
		{"by prefixed identity", func(*tenanttest.Server) any {
			return map[string]any{"provider": provider,
				"user_id": googleID}
		}, failure{}},
		{"unknown connection_id", func(*tenanttest.Server) any {
			return map[string]any{"provider": provider, "user_id": id, "connection_id": "con_ftSSLHb0O7rcUGmF"}
		}, failure{400, "Bad Request", "The provider/connection is not configured.", "inexistent_connection", nil}},
		{"unknown provider", func(*tenanttest.Server) any { return map[string]any{"provider": "github", "user_id": id} },
			failure{400, "Bad Request", "The provider/connection is not configured.", "inexistent_connection", nil}},
		{"unknown identity", func(*tenanttest.Server) any { return map[string]any{"provider": provider, "user_id": 17} },
			failure{400, "Bad Request", "Linking to an inexistent identity requires a connection.", "", nil}},
		{"itself", func(*tenanttest.Server) any {
			return map[string]any{"provider": "auth0", "user_id": strings.TrimPrefix(adaID, "auth0|")}
		},
			failure{400, "Bad Request", "Main identity and the new one are the same.", "", nil}},
		{"no user_id", func(*tenanttest.Server) any { return map[string]any{"provider": provider} },
			failure{400, "Bad Request", "Invalid request body", "invalid_body", nil}},
		{"too much", func(s *tenanttest.Server) any { return map[string]any{"link_with": "x", "provider": provider} },
			failure{400, "Bad Request", "Invalid request body", "invalid_body", nil}},
		{"token of another client", func(s *tenanttest.Server) any {
			return map[string]any{"link_with": s.Login(t, google, tenant.Google, nil).IDToken}
		}, failure{400, "Bad Request", "JWT (link_with) must have an aud claim that matches that of the calling token's azp.", "", nil}},
	}
	s := startOpen(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.Reset(t)
			var body failure
			var out any = &body
			if tt.want.StatusCode == 0 {
				out = nil
			}
			answer := s.Do(t, http.MethodPost, userPath(adaID)+"/identities", machineToken(t, s), tt.body(s), out)
			linked := len(s.Users(t)[adaID].Identities) == 2
			if tt.want.StatusCode == 0 {
				if answer.StatusCode != http.StatusCreated || !linked {
					t.Errorf("got %s, linked %t", answer.Status, linked)
				}
				return
			}
			if !reflect.DeepEqual(body, tt.want) || linked {
				t.Errorf("got %s %+v, linked %t", answer.Status, body, linked)
			}
		})
	}
}

// A regular web application is a person's client and a machine at once.
func TestMachineLinksWithAToken(t *testing.T) {
	s := startOpen(t, func(o *tenant.Options) {
		c := &o.Clients[0]
		c.Secret, c.Grants, c.Scopes = machineSecret, append(c.Grants,
			tenant.GrantClientCredentials), []string{"update:users"}
	})
	b := s.Browser(t)
	second := b.SignIn(t, b.Get(t, s.Flow(tenant.Google, withoutPKCE("id_token", nil)).Path), google,
		tenant.Google).Callback.Get("id_token")
	var tokens tenanttest.Tokens
	s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{"grant_type": "client_credentials",
		"client_id": s.ClientID, "client_secret": machineSecret, "audience": s.Audience()}, &tokens)
	answer := s.Do(t, http.MethodPost, userPath(adaID)+"/identities", tokens.AccessToken,
		map[string]string{"link_with": second}, nil)
	if answer.StatusCode != http.StatusCreated || len(s.Users(t)[adaID].Identities) != 2 {
		t.Errorf("got %s", answer.Status)
	}
}

func TestMachineConflict(t *testing.T) {
	s := startOpen(t)
	token := machineToken(t, s)
	provider, id, _ := strings.Cut(googleID, "|")
	body := map[string]string{"provider": provider, "user_id": id}
	s.Do(t, http.MethodPost, userPath(adaID)+"/identities", token, body, nil)
	for _, user := range []string{adaID, charlesID} {
		var f failure
		answer := s.Do(t, http.MethodPost, userPath(user)+"/identities", token, body, &f)
		if answer.StatusCode != http.StatusConflict || f.Message != "Specified identity already exists." ||
			f.Error != "Conflict" {
			t.Errorf("%s: %s %+v", user, answer.Status, f)
		}
	}
	if answer := s.Do(t, http.MethodDelete, identityPath(adaID, provider, id), token, nil, nil); answer.StatusCode != http.StatusOK || len(s.Users(t)[adaID].Identities) != 1 {
		t.Errorf("unlink: %s", answer.Status)
	}
}

func TestMachineReads(t *testing.T) {
	s := startOpen(t)
	token := machineToken(t, s, "read:users")
	var u tenanttest.User
	if answer := s.Do(t, http.MethodGet, userPath(googleID), token, nil, &u); answer.StatusCode != http.StatusOK || u.Email != google {
		t.Errorf("get: %s %+v", answer.Status, u)
	}
	var f failure
	if s.Do(t, http.MethodGet, userPath("auth0|x"), token, nil, &f); f.ErrorCode != "inexistent_user" {
		t.Errorf("unknown user: %+v", f)
	}
	for method, path := range map[string]string{http.MethodPatch: userPath(adaID), http.MethodPost: userPath(adaID) + "/identities", http.MethodDelete: identityPath(adaID, "auth0", "x")} {
		var f failure
		if s.Do(t, method, path, token, map[string]any{"blocked": true}, &f); f.StatusCode != http.StatusForbidden ||
			f.ErrorCode != "insufficient_scope" {
			t.Errorf("%s with read:users: %+v", method, f)
		}
	}
	if s.Do(t, http.MethodGet, "/api/v2/users", token, nil, &f); f.StatusCode != http.StatusNotFound ||
		f.ErrorCode != "unsupported_endpoint" {
		t.Errorf("list: %+v", f)
	}
}

func TestMachineUpdates(t *testing.T) {
	s := startOpen(t)
	token := machineToken(t, s)
	var got map[string]any
	answer := s.Do(t, http.MethodPatch, userPath(adaID), token, map[string]any{
		"email": "ada@new.example", "email_verified": false, "name": "A. L.", "given_name": "A", "family_name": "L", "nickname": "al", "picture": "https://x.example/a.png",
		"user_metadata": map[string]any{"theme": nil}, "app_metadata": map[string]any{"plan": "free"}, "connection": tenant.Database, "password": goodWord,
	}, &got)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("got %s %v", answer.Status, got)
	}
	for name, want := range map[string]any{
		"email": "ada@new.example", "email_verified": false, "name": "A. L.", "given_name": "A", "family_name": "L", "nickname": "al", "picture": "https://x.example/a.png",
		"user_metadata": map[string]any{"phone": "+1"}, "app_metadata": map[string]any{"plan": "free"},
	} {
		if !reflect.DeepEqual(got[name], want) {
			t.Errorf("%s = %v, want %v", name, got[name], want)
		}
	}
	status, _, body := newScript(t, s).post(t, "/co/authenticate",
		credentials(s, map[string]any{"username": "ada@new.example", "password": goodWord}))
	if status != http.StatusOK {
		t.Errorf("the new address and password: %d %s", status, body)
	}

	tests := []struct {
		name string
		body map[string]any
		want int
	}{
		{"another connection", map[string]any{"connection": tenant.Google}, 400},
		{"weak password", map[string]any{"password": "x"}, 400},
		{"wrong type", map[string]any{"email_verified": "yes"}, 400},
		{"unknown attribute", map[string]any{"shoe_size": 42}, 400},
		{"left out", map[string]any{"verify_email": true}, 501},
		{"a number where there are none", map[string]any{"phone_number": "+1"}, 400},
		{"an address of another account", map[string]any{"email": "Charles@example.com"}, 400},
		{"nothing", map[string]any{}, 400},
		{"a good and a bad one", map[string]any{"nickname": "x", "email_verified": "yes"}, 400},
		{"large metadata", map[string]any{"app_metadata": map[string]any{"x": strings.Repeat("x", 40<<10),
			"y": strings.Repeat("y", 20<<10)}}, 200},
		{"too large metadata", map[string]any{"app_metadata": map[string]any{"z": strings.Repeat("z", 20<<10)}}, 400},
	}
	for _, tt := range tests {
		if answer := s.Do(t, http.MethodPatch, userPath(adaID), token, tt.body, nil); answer.StatusCode != tt.want {
			t.Errorf("%s: %s", tt.name, answer.Status)
		}
	}
	var held map[string]any
	if s.Do(t, http.MethodGet, userPath(adaID), token, nil, &held); held["nickname"] != "al" {
		t.Errorf("a refused change was made: %v", held)
	}
}

// A value that an attribute cannot have, and an attribute that is not this API's to
// change, are refused by name.
func TestPatchNamesWhatIsWrong(t *testing.T) {
	s := startOpen(t)
	token := machineToken(t, s)
	const sync = " must either be a database connection (using the Auth0 store), a passwordless connection " +
		"(email or sms) or has disabled 'Sync user profile attributes at each login'. For more information, see " +
		"https://auth0.com/docs/dashboard/guides/connections/configure-connection-sync"
	for _, tt := range []struct {
		name, user string
		body       map[string]any
		code, text string
	}{
		{"text for a flag", adaID, map[string]any{"email_verified": "yes"}, "invalid_body",
			"Payload validation error: 'Expected type boolean but found type string' on property email_verified."},
		{"null for a flag", adaID, map[string]any{"blocked": nil}, "invalid_body",
			"Payload validation error: 'Expected type boolean but found type null' on property blocked."},
		{"null for metadata", adaID, map[string]any{"user_metadata": nil}, "invalid_body",
			"Payload validation error: 'Expected type object but found type null' on property user_metadata."},
		{"list for metadata", adaID, map[string]any{"app_metadata": []int{1}}, "invalid_body",
			"Payload validation error: 'Expected type object but found type array' on property app_metadata."},
		{"number for a text", adaID, map[string]any{"nickname": 7}, "invalid_body",
			"Payload validation error: 'Expected type string but found type number' on property nickname."},
		{"unknown attributes", adaID, map[string]any{"shoe_size": 42, "user_id": "x", "nickname": "al"}, "invalid_body",
			"Payload validation error: 'Additional properties not allowed: shoe_size,user_id (consider storing them in " +
				"app_metadata or user_metadata. See \"Users Metadata\" in https://auth0.com/docs/api/v2/changes for more details)'."},
		{"attributes of the provider", googleID, map[string]any{"picture": "x", "given_name": "A"}, "operation_not_supported",
			"The following user attributes cannot be updated: given_name, picture. The connection (google-oauth2)" + sync},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := s.Users(t)[tt.user]
			var f failure
			s.Do(t, http.MethodPatch, userPath(tt.user), token, tt.body, &f)
			if f.StatusCode != http.StatusBadRequest || f.ErrorCode != tt.code || f.Message != tt.text {
				t.Errorf("got %+v", f)
			}
			if after := s.Users(t)[tt.user]; !reflect.DeepEqual(after, before) {
				t.Errorf("a refused change was made: %+v", after)
			}
		})
	}
}

// sendForm sends a form to the Management API.
func sendForm(t *testing.T, s *tenanttest.Server, method, path, token, form string) (int, failure) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var f failure
	_ = json.NewDecoder(answer.Body).Decode(&f) // a success is no failure
	return answer.StatusCode, f
}

func TestFormBodies(t *testing.T) {
	s := startOpen(t)
	machine := machineToken(t, s)
	primary := s.Login(t, ada, tenant.Database, nil).AccessToken
	second := s.Login(t, facebook, tenant.Facebook, nil).IDToken
	provider, id, _ := strings.Cut(googleID, "|")
	for _, tt := range []struct {
		name, method, path, token, form string
		want                            int
	}{
		{"link_with", http.MethodPost, userPath(adaID) + "/identities", primary, url.Values{"link_with": {second}}.Encode(), 201},
		{"provider and user_id", http.MethodPost, userPath(adaID) + "/identities", machine,
			url.Values{"provider": {provider}, "user_id": {id}}.Encode(), 201},
		{"attribute", http.MethodPatch, userPath(adaID), machine, "nickname=al", 200},
		{"flag", http.MethodPatch, userPath(adaID), machine, "blocked=true", 400},
		{"twice", http.MethodPatch, userPath(adaID), machine, "nickname=al&nickname=la", 400},
		{"broken", http.MethodPatch, userPath(adaID), machine, "nickname=%zz", 400},
		{"JSON", http.MethodPatch, userPath(adaID), machine, `{"nickname":"x"}`, 400},
	} {
		if status, f := sendForm(t, s, tt.method, tt.path, tt.token, tt.form); status != tt.want {
			t.Errorf("%s: %d %+v", tt.name, status, f)
		}
	}
	if u := s.Users(t)[adaID]; len(u.Identities) != 3 {
		t.Errorf("the tenant holds %+v", u)
	}
}

func TestPatchNullRemoves(t *testing.T) {
	s := startOpen(t)
	var got map[string]any
	answer := s.Do(t, http.MethodPatch, userPath(adaID), machineToken(t, s),
		map[string]any{"nickname": nil, "family_name": nil}, &got)
	if answer.StatusCode != http.StatusOK || got["nickname"] != nil || got["family_name"] != nil || got["name"] == nil {
		t.Errorf("got %s %v", answer.Status, got)
	}
}

// A person's scopes do not reach what only a server may change.
func TestPersonCannotUpdateRootAttributes(t *testing.T) {
	s := startOpen(t)
	token := s.Login(t, ada, tenant.Database, nil).AccessToken
	for _, name := range []string{"email", "email_verified", "blocked", "password", "app_metadata", "name", "connection"} {
		var f failure
		if s.Do(t, http.MethodPatch, userPath(adaID), token, map[string]any{name: nil},
			&f); f.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestBlockedUser(t *testing.T) {
	s := startOpen(t)
	b := s.Browser(t)
	tokens := b.Login(t, ada, tenant.Database, url.Values{"scope": {"openid offline_access"}})
	s.Do(t, http.MethodPatch, userPath(adaID), machineToken(t, s), map[string]any{"blocked": true}, nil)

	if p := b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path); p.Callback.Get("error") != "login_required" {
		t.Errorf("the session: %s", p.URL)
	}
	if status, _ := refresh(t, s, tokens.RefreshToken); status != http.StatusForbidden {
		t.Errorf("the refresh token: %d", status)
	}
	status, _, body := newScript(t, s).post(t, "/co/authenticate", credentials(s, nil))
	if got := failureOf(t, body); status != http.StatusForbidden || got.Error != "unauthorized" || got.ErrorDescription != "user is blocked" {
		t.Errorf("cross-origin login: %d %+v", status, got)
	}
	s.Do(t, http.MethodPatch, userPath(googleID), machineToken(t, s), map[string]any{"blocked": true}, nil)
	other := s.Browser(t)
	p := other.SignIn(t, other.Get(t, s.Flow(tenant.Google, nil).Path), google, tenant.Google)
	if p.Callback.Get("error") != "unauthorized" || p.Callback.Get("error_description") != "user is blocked" {
		t.Errorf("social sign-in: %s", p.URL)
	}
}

// listOfLeftOut returns the paths in the list of README.md and the codes of their answers.
func listOfLeftOut(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for row := range strings.Lines(string(data)) {
		what, code, ok := strings.Cut(row, " | 501 `unsupported_")
		code, _, _ = strings.Cut("unsupported_"+code, "`")
		for n, word := range strings.Split(what, "`") {
			if ok && n%2 == 1 && strings.HasPrefix(word, "/") && !strings.Contains(what, "DPoP") {
				list[strings.Replace(word, "{id}", "x", 1)] = code
			}
		}
	}
	return list
}

// README.md is true about what is left out.
func TestLeftOut(t *testing.T) {
	s := tenanttest.Start(t)
	list := listOfLeftOut(t)
	if len(list) < 20 {
		t.Fatalf("README.md lists only %v", list)
	}
	for path, want := range list {
		status, h, body := newScript(t, s).post(t, path, map[string]string{})
		got := failureOf(t, body)
		if status != http.StatusNotImplemented || got.Error != want ||
			!strings.Contains(got.ErrorDescription, "README.md") || h.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%s: %d %+v", path, status, got)
		}
	}
	for _, path := range []string{"clients/x", "clients/x/connections", "client-grants", "resource-servers/x", "custom-domains",
		"tenants/settings", "users", "users/x/organizations", "users/x/authentication-methods", "connections/x/clients"} {
		var f failure
		if s.Do(t, http.MethodGet, "/api/v2/"+path, "", nil, &f); f.StatusCode != http.StatusNotFound || f.ErrorCode != "unsupported_endpoint" {
			t.Errorf("%s: %+v", path, f)
		}
	}
	for _, path := range []string{"/oauth/token", "/api/v2/users/x"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("DPoP", "x")
		status, _, body := newScript(t, s).send(t, r)
		if got := failureOf(t, body); status != http.StatusNotImplemented || got.Error != "unsupported_dpop" {
			t.Errorf("DPoP at %s: %d %+v", path, status, got)
		}
	}
}

// Telephone numbers are of users who sign in with them, usernames of those who have one.
func TestPatchTelephoneAndUsername(t *testing.T) {
	const (
		other    = "+12025550144"
		phoneID  = "sms|65a0c0ffee0123456789abc2"
		namedID  = "auth0|65a0c0ffee0123456789abc3"
		database = " for auth0 connections with attribute configuration enabled and options.attributes configured."
	)
	s := startOpen(t, withCodes, func(o *tenant.Options) {
		o.Users = append(o.Users, tenant.User{Identity: tenant.Identity{Connection: "sms", PhoneNumber: other}})
		o.UserDocuments = []json.RawMessage{json.RawMessage(`{"user_id": "` + namedID + `", "username": "linus", "email": "linus@example.com",
			"identities": [{"provider": "auth0", "user_id": "65a0c0ffee0123456789abc3", "connection": "` + tenant.Database + `", "isSocial": false}]}`)}
	})
	token := machineToken(t, s)
	for _, tt := range []struct {
		name, user string
		body       map[string]any
		text       string         // "": it is changed
		held       map[string]any // nil: the attribute is not there
	}{
		{"a number", phoneID, map[string]any{"phone_number": "+12025550199"}, "", map[string]any{"phone_number": "+12025550199", "phone_verified": nil}},
		{"and that it is verified", phoneID, map[string]any{"phone_number": "+12025550198", "phone_verified": true, "verify_phone_number": false}, "",
			map[string]any{"phone_number": "+12025550198", "phone_verified": true}},
		{"the same number", phoneID, map[string]any{"phone_number": "+12025550198"}, "", map[string]any{"phone_number": "+12025550198", "phone_verified": true}},
		{"no number", phoneID, map[string]any{"phone_number": nil}, "The phone number of a user of this connection cannot be removed.", nil},
		{"no such number", phoneID, map[string]any{"phone_number": "555"},
			"Payload validation error: 'String does not match pattern ^\\+[0-9]{1,15}$: 555' on property phone_number.", nil},
		{"another's number", phoneID, map[string]any{"phone_number": other}, "The specified new phone number already exists", nil},
		{"another's address", adaID, map[string]any{"email": charles}, "The specified new email already exists", nil},
		{"a database", adaID, map[string]any{"phone_number": "+1"}, "Can only update phone_number" + database, nil},
		{"a database, verified", adaID, map[string]any{"phone_verified": true}, "Can only update phone_verified" + database, nil},
		{"a provider", googleID, map[string]any{"phone_number": "+1"}, "Cannot update phone_number for non-sms user", nil},
		{"a username", adaID, map[string]any{"username": "ada"}, "Cannot update username for users without an username already set.", nil},
		{"a provider's username", googleID, map[string]any{"username": "ada"}, "Cannot update username for users without an username already set.", nil},
		{"another username", namedID, map[string]any{"username": "torvalds"}, "", map[string]any{"username": "torvalds"}},
		{"no username", namedID, map[string]any{"username": nil}, "", map[string]any{"username": nil}},
		{"no message", adaID, map[string]any{"verify_email": false, "nickname": "al"}, "", map[string]any{"nickname": "al", "verify_email": nil}},
	} {
		var f failure
		answer := s.Do(t, http.MethodPatch, userPath(tt.user), token, tt.body, &f)
		if want := map[bool]int{true: 200, false: 400}[tt.text == ""]; answer.StatusCode != want || tt.text != "" && f.Message != tt.text {
			t.Errorf("%s: %s %q, want %d %q", tt.name, answer.Status, f.Message, want, tt.text)
		}
		var held map[string]any
		s.Do(t, http.MethodGet, userPath(tt.user), token, nil, &held)
		for name, want := range tt.held {
			if held[name] != want {
				t.Errorf("%s: the tenant holds %s %v, want %v", tt.name, name, held[name], want)
			}
		}
	}
	// Whoever has the new number signs in with it, and nobody with the old one.
	b := s.Browser(t)
	f := s.Flow("sms", nil)
	page, code := sendCode(t, s, b, b.Get(t, f.Path), "+12025550198")
	done := b.Submit(t, page, "code", url.Values{"code": {code}})
	if claims := mustVerify(t, s, s.Exchange(t, f, done.Callback.Get("code")).IDToken); claims["sub"] != phoneID {
		t.Errorf("signed in as %v", claims["sub"])
	}
}

// The token endpoint names what is left out, whoever asks.
func TestTokenEndpointNamesWhatIsLeftOut(t *testing.T) {
	s := startOpen(t)
	const text = "The Twinlock tenant emulator leaves this out: see README.md of server/tenant."
	for _, tt := range []struct {
		form       map[string]string
		code, text string
	}{
		{map[string]string{"grant_type": "password"}, "unauthorized_client", "Grant type 'password' not allowed for the client."},
		{map[string]string{"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange"}, "unauthorized_client", ""},
		{map[string]string{"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "x"}, "unauthorized_client", ""},
		{map[string]string{"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, "unauthorized_client", ""},
		{map[string]string{"grant_type": "http://auth0.com/oauth/grant-type/mfa-otp"}, "unauthorized_client", ""},
		{map[string]string{"grant_type": "magic"}, "unsupported_grant_type", "magic not supported"},
		{map[string]string{"grant_type": "authorization_code", "client_assertion": "x"}, "invalid_request", "Unsupported parameter: client_assertion. " + text},
		{map[string]string{"grant_type": "client_credentials", "client_id": "machine", "client_secret": machineSecret, "audience": s.Audience(),
			"organization": "org_1"}, "invalid_request", "Unsupported parameter: organization. " + text},
		{map[string]string{"grant_type": "authorization_code", "organization": "org_1", "code": "x",
			"redirect_uri": tenanttest.Callback, "code_verifier": "x"}, "invalid_grant", "Invalid authorization code"},
	} {
		if tt.form["client_id"] == "" {
			tt.form["client_id"] = s.ClientID
		}
		for _, kind := range []string{"application/json", "application/x-www-form-urlencoded"} {
			body := mustJSON(t, tt.form)
			if kind != "application/json" {
				form := url.Values{}
				for name, value := range tt.form {
					form.Set(name, value)
				}
				body = form.Encode()
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/oauth/token", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", kind)
			status, _, answer := newScript(t, s).send(t, r)
			got := failureOf(t, answer)
			if status < 400 || status >= 500 || got.Error != tt.code || tt.text != "" && got.ErrorDescription != tt.text {
				t.Errorf("%v as %s: %d %s", tt.form, kind, status, answer)
			}
		}
	}
}
