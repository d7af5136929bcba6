package tenant_test

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// documented is the example of the documentation, which has every key.
func documented(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("README.md has no example")
	}
	return example
}

func TestDocumentedFile(t *testing.T) {
	example := documented(t)
	o, err := tenant.ReadOptions([]byte(example), tenant.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keysOf(reflect.TypeOf(o)) {
		if !strings.Contains(example, key+":") {
			t.Errorf("the example lacks %s", key)
		}
	}
	want := tenant.Client{
		ID: "spa", Name: "Our app", Callbacks: []string{"http://127.0.0.1:3000/callback"}, WebOrigins: []string{"http://127.0.0.1:3000"},
		LogoutURLs: []string{"http://127.0.0.1:3000/"}, Grants: []string{tenant.GrantCode, tenant.GrantImplicit,
			tenant.GrantRefreshToken},
		Connections: []string{tenant.Database, tenant.Google}, OrganizationUsage: "deny", PKCEOptional: true, CrossOriginAuthentication: true,
		IDTokenLifetime: 36000, AccessTokenLifetime: 86400, ImplicitAccessTokenLifetime: 7200,
		RefreshTokens: tenant.RefreshTokens{Lifetime: 2592000, Leeway: 0, NonRotating: false},
	}
	if !reflect.DeepEqual(o.Clients[0], want) {
		t.Errorf("client = %+v, want %+v", o.Clients[0], want)
	}

	s := tenanttest.Start(t, func(with *tenant.Options) {
		issuer, logger := with.Issuer, with.Logger
		*with = o
		with.Issuer, with.Logger = issuer, logger
	})
	b := s.Browser(t)
	p := b.Get(t, "/authorize?"+url.Values{"client_id": {"spa"}, "redirect_uri": {"http://127.0.0.1:3000/callback"},
		"response_type": {"id_token"}, "nonce": {"n"}, "scope": {"openid email"}}.Encode())
	if !strings.Contains(p.Body, "to Acme,") || strings.Contains(p.Body, `value="facebook"`) {
		t.Errorf("page = %s", p.Body)
	}
	p = b.Submit(t, p, "password", url.Values{"username": {"grace@example.com"}, "password": {"Nanoseconds-11.8"}})
	if claims := mustVerify(t, s, p.Callback.Get("id_token")); claims["sub"] != "auth0|65a0c0ffee0123456789abcd" {
		t.Errorf("ID token = %v", claims)
	}
	u := s.Users(t)["auth0|65a0c0ffee0123456789abcd"]
	if len(u.Identities) != 2 || u.Identities[1].Provider != "google-oauth2" || u.UserMetadata["theme"] != "dark" ||
		u.AppMetadata["plan"] != "free" {
		t.Errorf("user = %+v", u)
	}
	if css := b.Get(t, "/u/style.css"); !strings.Contains(css.Body, "--accent: #2b4c9b; --on-accent: #ffffff") {
		t.Errorf("style = %s", css.Body)
	}
}

func keysOf(of reflect.Type) []string {
	var keys []string
	for n := range of.NumField() {
		f := of.Field(n)
		if key := f.Tag.Get("yaml"); key != "" && key != "-" {
			keys = append(keys, key)
		}
		inner := f.Type
		if inner.Kind() == reflect.Slice || inner.Kind() == reflect.Map {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && f.Tag.Get("yaml") != "-" && inner.PkgPath() != "time" {
			keys = append(keys, keysOf(inner)...)
		}
	}
	return keys
}

// lines are the problems of a joined error.
func lines(err error) []string {
	var all []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			all = append(all, lines(e)...)
		}
	} else if err != nil {
		all = append(all, err.Error())
	}
	slices.Sort(all)
	return all
}

// Each problem is named, not only the first.
func TestWrongFile(t *testing.T) {
	const client = "clients: [{id: c}]\n"
	tests := []struct {
		name, file string
		want       []string
	}{
		{"empty", "", []string{"clients: there is no client"}},
		{"no map", "[]", []string{"clients: there is no client", "file: must be a map"}},
		{"not YAML", "clients: [", []string{"line 1: sequence end token ']' not found"}},
		{"a key twice", "clients: []\nclients: []", []string{`line 2: mapping key "clients" already defined at [1:1]`}},
		{"two documents", client + "---\n" + client, []string{"file: holds more than one document"}},
		{"unknown keys", client + "issuer: x\nbranding: {color: red}",
			[]string{"branding.color: there is no such setting", "issuer: there is no such setting"}},
		{"wrong types", "clients:\n- {id: 1, callbacks: http://x/, pkce_optional: 1, id_token_lifetime: 1h}\n- c\nusers: 1\nbranding: []\nrate_limit: {per_second: x, burst: 1.5}",
			[]string{
				"branding: must be a map", "clients[0].callbacks: must be a list", "clients[0].id: must be given", "clients[0].id: must be text (perhaps in quotation marks)",
				"clients[0].id_token_lifetime: must be a number", "clients[0].pkce_optional: must be true or false",
				"clients[1].id: must be given", "clients[1]: must be a map",
				"rate_limit.burst: must be a number", "rate_limit.per_second: must be a number", "users: must be a list",
			}},
		{"clients", `
clients:
- {id: c, callbacks: [/x, "http://a/"], web_origins: ["http://a/"], logout_urls: [x], grants: [magic],
	scopes: ["delete:users"], connections: [myspace], access_token_lifetime: -1}
- {id: c}
- {id: m, grants: [client_credentials], refresh_token: {leeway: -1}}`,
			[]string{
				"clients[0].access_token_lifetime: must not be negative", `clients[0].callbacks[0]: "/x" is no absolute URL`,
				`clients[0].connections[0]: "myspace" is no connection of the tenant`,
				`clients[0].grants[0]: "magic" is not known; there are authorization_code, implicit, refresh_token, client_credentials`,
				`clients[0].logout_urls[0]: "x" is no absolute URL`, `clients[0].scopes[0]: "delete:users" is not known; there are read:users, update:users, update:users_app_metadata, delete:sessions, delete:refresh_tokens`,
				`clients[0].web_origins[0]: "http://a/" is no origin such as http://127.0.0.1:8000`, `clients[1].id: "c" is given twice`,
				"clients[2].refresh_token.leeway: must not be negative", "clients[2].secret: must be given for client_credentials",
			}},
		{"connections", client + "connections: [{strategy: auth0}, {name: d, strategy: 'a|b', password_policy: strict}, {name: d, strategy: auth0}]",
			[]string{
				"connections[0].name: must be given", `connections[1].password_policy: "strict" is not known; there are excellent, fair, good, low, none`,
				"connections[1].strategy: must be auth0 for a database, email or sms for codes, or a social provider's such as google-oauth2", `connections[2].name: "d" is given twice`,
			}},
		{"upstream parameters", client + `
connections:
- {name: g, strategy: google-oauth2, upstream_params: {state: {value: x}, none: {}, both: {value: x, alias: prompt}, of: {alias: state}, text: x, odd: {values: x}, right: {alias: prompt}}}
- {name: d, strategy: auth0, upstream_params: {x: {value: x}}}
- {name: s, strategy: samlp, upstream_params: {x: {value: x}}}
- {name: t, strategy: google-oauth2, upstream_params: [x]}`,
			[]string{
				"connections[0].upstream_params.both: needs a value or an alias", "connections[0].upstream_params.none: needs a value or an alias",
				"connections[0].upstream_params.odd.values: there is no such setting", "connections[0].upstream_params.odd: needs a value or an alias",
				"connections[0].upstream_params.of: must have an alias of acr_values, audience, client_id, display, id_token_hint, login_hint, max_age, prompt, resource, response_mode, response_type, ui_locales",
				"connections[0].upstream_params.state: is given to every provider",
				"connections[0].upstream_params.text: must be a map", "connections[0].upstream_params.text: needs a value or an alias",
				"connections[1].upstream_params.x: is only for a provider that speaks OAuth", "connections[2].upstream_params.x: is only for a provider that speaks OAuth",
				"connections[3].upstream_params: must be a map",
			}},
		{"users", client + `
users:
- {connection: myspace, email: a@b.example}
- {connection: google-oauth2, email: a@b.example, password: x}
- {connection: google-oauth2, email: A@B.example}
- {connection: facebook, id: "facebook|1"}
- {connection: facebook, name: Nobody}
- {connection: Username-Password-Authentication, id: b}
- {connection: facebook, id: f, otp_secret: "123"}
- {connection: Username-Password-Authentication, id: a, email: c@b.example,
	linked_identities: [{connection: Username-Password-Authentication, id: a, email: d@b.example}]}`,
			[]string{
				`users[0].connection: "myspace" is no connection of the tenant`, "users[1].password: is only for a database",
				`users[2].email: "A@B.example" is given twice in the connection`,
				`users[3].id: "facebook|1" must be letters, digits and ._~-, without the strategy`,
				"users[4].email: must be given; only an account of a provider, with an id, may have none",
				"users[5].email: must be given; only an account of a provider, with an id, may have none",
				"users[6].otp_secret: must be at least 16 letters and digits of base32",
				`users[7].linked_identities[0].id: "auth0|a" is given twice`,
			}},
		{"organizations", `
clients: [{id: c, organization_usage: sometimes}]
organizations:
- {name: Acme, id: acme, members: [nobody]}
- {name: org_x}
- {name: twice, id: org_1, members: ["auth0|5d1019061906b2c3d4e5f6a4"]}
- {name: twice, id: org_1, members: ["google-oauth2|109061992185211271536"]}
- {}`,
			[]string{
				"clients[0].organization_usage: must be deny, allow or require",
				`organizations[0].id: "acme" must be org_ and letters and digits`,
				`organizations[0].members[0]: "nobody" is no user_id of the tenant`,
				`organizations[0].name: "Acme" must be at most 50 small letters, digits, _ and -, and not begin with org_`,
				`organizations[1].name: "org_x" must be at most 50 small letters, digits, _ and -, and not begin with org_`,
				`organizations[3].id: "org_1" is given twice`,
				`organizations[3].members[0]: "google-oauth2|109061992185211271536" is no user_id of the tenant`,
				`organizations[3].name: "twice" is given twice`,
				`organizations[4].name: "" must be at most 50 small letters, digits, _ and -, and not begin with org_`,
			}},
		{"limits", client + "rate_limit: {per_second: -1}\nprofile_limit: -1\nlogin_limit: {window: -1}\nbranding: {primary_color: red}",
			[]string{"branding.primary_color: must look like #2b4c9b", "login_limit.window: must not be negative",
				"profile_limit: must not be negative", "rate_limit: must not be negative", "rate_limit: needs both per_second and burst"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tenant.ReadOptions([]byte(tt.file), tenant.Options{})
			if got := lines(err); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			var p tenant.Problem
			if !errors.As(err, &p) {
				t.Errorf("no Problem: %v", err)
			}
		})
	}
}

// A file without a section leaves what the tenant has anyway.
func TestFileKeepsDefaults(t *testing.T) {
	app := tenant.Client{ID: "app"}
	o, err := tenant.ReadOptions([]byte("branding: {name: Acme}\n"), tenant.Options{Clients: []tenant.Client{app}})
	if err != nil || !reflect.DeepEqual(o.Clients, []tenant.Client{app}) || o.Branding.Name != "Acme" {
		t.Errorf("got %+v, %v", o, err)
	}
	o, err = tenant.ReadOptions([]byte("clients: [{id: other, callbacks: [\""+tenanttest.Callback+"\"]}]\n"), o)
	if err != nil || len(o.Clients) != 1 || o.Clients[0].ID != "other" {
		t.Errorf("got %+v, %v", o, err)
	}
	s := tenanttest.Start(t, func(with *tenant.Options) { with.Clients = append(with.Clients, o.Clients...) })
	if len(s.Users(t)) != len(tenant.Accounts()) {
		t.Errorf("users = %v", s.Users(t))
	}
}

func TestConnectionsWithoutUsers(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Connections = []tenant.Connection{{Name: "github", Strategy: "github"}}
	})
	if len(s.Users(t)) != 0 {
		t.Errorf("users = %v", s.Users(t))
	}
	p := s.Browser(t).Get(t, s.Flow("", nil).Path)
	if p.Status != http.StatusOK || strings.Contains(p.Body, `type="password"`) ||
		!strings.Contains(p.Body, `value="github"`) {
		t.Errorf("got %d %s", p.Status, p.Body)
	}
}

func FuzzReadOptions(f *testing.F) {
	f.Add([]byte(documented(f)))
	f.Add([]byte("clients: [{id: c}]\nusers: [{linked_identities: [{}]}]"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, file []byte) {
		o, err := tenant.ReadOptions(file, tenant.Options{})
		if err != nil {
			return
		}
		o.Issuer = "http://127.0.0.1:8001/"
		if _, err := tenant.New(o); err != nil {
			t.Errorf("options that pass their check are refused: %v", err)
		}
	})
}
