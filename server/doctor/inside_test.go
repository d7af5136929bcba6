package doctor_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/server/doctor"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// What a tenant's Management API answers, in the vendor's form: the settings as they should be.
const (
	rightClient = `{"jwt_configuration":{"alg":"RS256"},"is_first_party":true,"token_endpoint_auth_method":"none",` +
		`"callbacks":["http://127.0.0.1/callback","` + tenanttest.Origin + `/callback"],"web_origins":[],` +
		`"skip_non_verifiable_callback_uri_confirmation_prompt":true}`
	rightConnections = `{"connections":[{"name":"google-oauth2"},{"name":"` + tenant.Database + `"}]}`
	rightAPI         = `{"name":"Auth0 Management API","allow_offline_access":false,"subject_type_authorization":{"user":{"policy":"require_client_grant"}}}`
	rightGrants      = `[{"scope":["read:current_user","update:current_user_identities"]},{"scope":["update:current_user_metadata"]}]`
	rightTenant      = `{"enabled_locales":["en","de-AT"],"skip_non_verifiable_callback_uri_confirmation_prompt":null}`
	rightDomain      = `[{"domain":"login.example.com","status":"pending"},{"domain":"id.example.com","status":"ready"}]`
)

// With a token each wrong setting is found that nobody sees from outside, and nothing else.
func TestInside(t *testing.T) {
	const token = "very.secret.token"
	for _, test := range []struct {
		name                        string
		client, api, grants, tenant string
		connections, domain         string
		scopes                      []string
		want                        []doctor.Kind
		unseen                      string
	}{
		{name: "right"},
		{name: "algorithm", client: strings.Replace(rightClient, "RS256", "HS256", 1), want: []doctor.Kind{doctor.Algorithm}},
		{name: "third party", client: strings.Replace(rightClient, "true", "false", 1), want: []doctor.Kind{doctor.ThirdParty}},
		{name: "authentication", client: strings.Replace(rightClient, "none", "client_secret_post", 1), want: []doctor.Kind{doctor.AuthMethod}},
		{name: "everybody may", api: strings.Replace(rightAPI, "require_client_grant", "allow_all", 1), want: []doctor.Kind{doctor.OpenAccess}},
		{name: "nobody may", api: strings.Replace(rightAPI, "require_client_grant", "deny_all", 1), want: []doctor.Kind{doctor.Access}},
		{name: "no grant", grants: `[]`, want: []doctor.Kind{doctor.GrantScopes}},
		{name: "few scopes", grants: `[{"scope":["read:current_user"]}]`, want: []doctor.Kind{doctor.GrantScopes}},
		{name: "all scopes", grants: `[{"scope":[],"allow_all_scopes":true}]`},
		{name: "no choice of metadata", grants: rightGrants[:strings.LastIndex(rightGrants, ",")] + "]", scopes: config.DefaultScopes[:len(config.DefaultScopes)-1]},
		{name: "offline access", scopes: append(slices.Clone(config.DefaultScopes), "offline_access"), want: []doctor.Kind{doctor.OfflineAccess}},
		{name: "languages", tenant: `{"enabled_locales":["en"]}`, want: []doctor.Kind{doctor.Locales}},
		{name: "languages by default", tenant: `{}`},
		{name: "allowed origins", client: strings.Replace(rightClient, tenanttest.Origin, "https://x", 1), want: []doctor.Kind{doctor.AllowedOrigin}},
		{name: "an allowed origin", client: strings.Replace(strings.Replace(rightClient, tenanttest.Origin, "https://x", 1),
			`"web_origins":[]`, `"web_origins":null,"allowed_origins":["`+tenanttest.Origin+`/"]`, 1)},
		{name: "a callback with a placeholder", client: strings.Replace(rightClient, tenanttest.Origin, "https://{organization_name}.x", 1)},
		{name: "confirmation", client: strings.Replace(rightClient, `prompt":true`, `prompt":false`, 1), want: []doctor.Kind{doctor.Loopback}},
		{name: "confirmation by default", client: strings.Replace(rightClient, `prompt":true`, `prompt":null`, 1), want: []doctor.Kind{doctor.Loopback}},
		{name: "no confirmation in the tenant", client: strings.Replace(rightClient, `prompt":true`, `prompt":null`, 1),
			tenant: strings.Replace(rightTenant, "null", "true", 1)},
		{name: "confirmation is not told", client: `{}`, tenant: `{}`, unseen: "Whether people are asked to confirm"},
		{name: "connection", connections: `{"connections":[{"name":"google-oauth2"}]}`, want: []doctor.Kind{doctor.Connection}},
		{name: "connections on a second page", connections: `{"connections":[{"name":"google-oauth2"}],"next":"con_2"}`},
		{name: "endless connections", connections: `{"connections":[],"next":"con_3"}`, unseen: "The application's connections: no more requests"},
		{name: "endless connections, and languages", connections: `{"connections":[],"next":"con_3"}`, tenant: `{"enabled_locales":["en"]}`,
			want: []doctor.Kind{doctor.Locales}},
		{name: "strange connections", connections: `{"items":[]}`, unseen: "The application's connections"},
		{name: "custom domain", domain: strings.Replace(rightDomain, "ready", "pending_verification", 1), want: []doctor.Kind{doctor.CustomDomain}},
		{name: "no such custom domain", domain: `[]`, want: []doctor.Kind{doctor.CustomDomain}},
		{name: "custom domain that is ready", domain: rightDomain},
		{name: "nothing told", client: `{}`, api: `{}`},
		{name: "no right to read", client: "403", unseen: "The application's settings: 403"},
		{name: "strange", api: "<html>", unseen: "The Management API's settings"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := tenanttest.Start(t, func(o *tenant.Options) { o.CustomDomain = tenanttest.CustomDomain })
			audience := s.Audience()
			if test.domain != "" {
				s = s.Custom()
			}
			answers := map[string]string{}
			use := func(path, given, right string) {
				if given == "" {
					given = right
				}
				answers[path] = given
			}
			use("/api/v2/clients/"+s.ClientID, test.client, rightClient)
			use("/api/v2/clients/"+s.ClientID+"/connections", test.connections, rightConnections)
			use("/api/v2/resource-servers/"+audience, test.api, rightAPI)
			use("/api/v2/custom-domains", test.domain, rightDomain)
			use("/api/v2/client-grants", test.grants, rightGrants)
			use("/api/v2/tenants/settings", test.tenant, rightTenant)
			between := func(a *http.Response) {
				sent := a.Request.Header.Get("Authorization")
				said, inside := answers[a.Request.URL.Path]
				switch a.Request.URL.Query().Get("from") {
				case "con_2":
					said = rightConnections
				case "con_3":
					said = `{"connections":[],"next":"con_4"}`
				case "con_4":
					said = `{"connections":[],"next":"con_3"}`
				}
				if inside != (sent == "Bearer "+token) {
					t.Errorf("%s was asked with %q", a.Request.URL, sent)
				}
				switch {
				case said == "403":
					says(a, 403, "application/json", `{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:clients"}`)
				case inside:
					says(a, 200, "application/json", said)
				}
			}
			c := config.Config{Issuer: s.Issuer, ClientID: s.ClientID, Audience: audience, Scopes: test.scopes,
				Connections: []config.Connection{{Name: tenant.Database}}, Languages: []string{"en", "de"}}.WithDefaults()
			page, _ := url.Parse(tenanttest.Origin + "/")
			r := doctor.Examine(t.Context(), doctor.Options{Config: c, Page: page, Token: token, Transport: changing{between, s.Client().Transport}, Pace: atOnce})
			if got := found(r); !slices.Equal(got, test.want) {
				t.Errorf("found %+v, want %v; unseen %q", r.Findings, test.want, r.Unseen)
			}
			if test.unseen != "" && !slices.ContainsFunc(r.Unseen, func(s string) bool { return strings.HasPrefix(s, test.unseen) }) {
				t.Errorf("unseen %q, want %q", r.Unseen, test.unseen)
			}
		})
	}
}

// A token that is refused is told once, and not shown again.
func TestTokenThatIsRefused(t *testing.T) {
	s := tenanttest.Start(t)
	c := config.Config{Issuer: s.Issuer, ClientID: s.ClientID, Audience: s.Audience(), Connections: []config.Connection{{Name: tenant.Database}}}.WithDefaults()
	shown := 0
	refuses := func(a *http.Response) {
		if a.Request.Header.Get("Authorization") != "" {
			shown++
			says(a, 401, "application/json", `{"statusCode":401,"error":"Unauthorized","message":"Expired token"}`)
		}
	}
	r := doctor.Examine(t.Context(), doctor.Options{Config: c, Token: "old", Pace: atOnce, Transport: changing{refuses, nil}})
	told := 0
	for _, sentence := range r.Unseen {
		if strings.Contains(sentence, "401 Unauthorized Expired token") {
			told++
		}
	}
	if shown != 1 || told != 1 || len(r.Findings) > 0 {
		t.Errorf("shown %d times, told %d times; found %+v, unseen %q", shown, told, r.Findings, r.Unseen)
	}
}

func atOnce(context.Context) error { return nil }

// The Management API, of which a free plan allows little, is asked in its time; who asks may be
// ended while waiting.
func TestPace(t *testing.T) {
	s := tenanttest.Start(t)
	page, _ := url.Parse(tenanttest.Origin + "/")
	c := config.Config{Issuer: s.Issuer, ClientID: s.ClientID, Audience: s.Audience(), Connections: []config.Connection{{Name: tenant.Database}}}.WithDefaults()
	var waits, asked int
	examine := func(pace func(context.Context) error) doctor.Report {
		waits, asked = 0, 0
		return doctor.Examine(t.Context(), doctor.Options{Config: c, Page: page, Token: "token", Pace: pace, Transport: changing{func(a *http.Response) {
			if strings.HasPrefix(a.Request.URL.Path, "/api/v2/") {
				asked++
			}
		}, nil}})
	}
	examine(func(context.Context) error { waits++; return nil })
	if waits != asked || asked < 5 {
		t.Errorf("waited %d times for %d requests to the API", waits, asked)
	}
	r := examine(func(context.Context) error { return errors.New("that is enough") })
	if asked > 0 || len(r.Findings) > 0 {
		t.Errorf("%d requests; found %+v", asked, r.Findings)
	}
}

// Where nothing answers at a custom domain, the tenant's own name may tell why.
func TestCustomDomainThatDoesNotAnswer(t *testing.T) {
	s := tenanttest.Start(t)
	c := config.Config{Issuer: s.Custom().Issuer, ClientID: s.ClientID, Audience: s.Audience()}.WithDefaults()
	between := roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Hostname() == "id.example.com" {
			return nil, errors.New("no such host")
		}
		w := httptest.NewRecorder()
		w.WriteString(`[{"domain":"id.example.com","status":"pending_verification"}]`)
		return w.Result(), nil
	})
	r := doctor.Examine(t.Context(), doctor.Options{Config: c, Token: "token", Transport: between, Pace: atOnce})
	if got := found(r); !slices.Equal(got, []doctor.Kind{doctor.Domain, doctor.CustomDomain}) {
		t.Errorf("found %+v; unseen %q", r.Findings, r.Unseen)
	}
}
