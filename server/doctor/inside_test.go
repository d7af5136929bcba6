package doctor_test

import (
	"net/http"
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
	rightClient = `{"jwt_configuration":{"alg":"RS256"},"is_first_party":true,"token_endpoint_auth_method":"none"}`
	rightAPI    = `{"name":"Auth0 Management API","allow_offline_access":false,"subject_type_authorization":{"user":{"policy":"require_client_grant"}}}`
	rightGrants = `[{"scope":["read:current_user","update:current_user_identities"]},{"scope":["update:current_user_metadata"]}]`
	rightTenant = `{"enabled_locales":["en","de-AT"]}`
)

// With a token each wrong setting is found that nobody sees from outside, and nothing else.
func TestInside(t *testing.T) {
	const token = "very.secret.token"
	for _, test := range []struct {
		name                        string
		client, api, grants, tenant string
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
		{name: "offline access", scopes: append(slices.Clone(config.DefaultScopes), "offline_access"), want: []doctor.Kind{doctor.OfflineAccess}},
		{name: "languages", tenant: `{"enabled_locales":["en"]}`, want: []doctor.Kind{doctor.Locales}},
		{name: "languages by default", tenant: `{}`},
		{name: "nothing told", client: `{}`, api: `{}`},
		{name: "no right to read", client: "403", unseen: "The application's settings: 403"},
		{name: "strange", api: "<html>", unseen: "The Management API's settings"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := tenanttest.Start(t)
			answers := map[string]string{}
			use := func(path, given, right string) {
				if given == "" {
					given = right
				}
				answers[path] = given
			}
			use("/api/v2/clients/"+s.ClientID, test.client, rightClient)
			use("/api/v2/resource-servers/"+s.Audience(), test.api, rightAPI)
			use("/api/v2/client-grants", test.grants, rightGrants)
			use("/api/v2/tenants/settings", test.tenant, rightTenant)
			between := func(a *http.Response) {
				sent := a.Request.Header.Get("Authorization")
				said, inside := answers[a.Request.URL.Path]
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
			c := config.Config{Issuer: s.Issuer, ClientID: s.ClientID, Audience: s.Audience(), Scopes: test.scopes,
				Connections: []config.Connection{{Name: tenant.Database}}, Languages: []string{"en", "de"}}.WithDefaults()
			page, _ := url.Parse(tenanttest.Origin + "/")
			r := doctor.Examine(t.Context(), doctor.Options{Config: c, Page: page, Token: token, Transport: changing{between}})
			if got := found(r); !slices.Equal(got, test.want) {
				t.Errorf("found %+v, want %v; unseen %q", r.Findings, test.want, r.Unseen)
			}
			if test.unseen != "" && !slices.ContainsFunc(r.Unseen, func(s string) bool { return strings.HasPrefix(s, test.unseen) }) {
				t.Errorf("unseen %q, want %q", r.Unseen, test.unseen)
			}
		})
	}
}
