package doctor

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"twinlock/app/config"
)

// What only a token for the Management API shows.
const (
	// Algorithm: ID tokens are not signed with RS256.
	Algorithm Kind = "algorithm"
	// ThirdParty: the application is not of the tenant's own, and gets no access for people.
	ThirdParty Kind = "third_party"
	// OpenAccess: every application of the tenant may ask for people's access to the
	// Management API.
	OpenAccess Kind = "open_access"
	// GrantScopes: the application's grant lacks scopes.
	GrantScopes Kind = "grant_scopes"
	// OfflineAccess: the Management API gives no refresh tokens, and the page asks for one.
	OfflineAccess Kind = "offline_access"
	// Locales: the tenant's pages do not speak a language of the site.
	Locales Kind = "locales"
)

// insideRequests is how many more requests a token makes.
const insideRequests = 4

// An insideCheck reads a tenant's settings with a token.
//
// Sources: https://auth0.com/docs/api/management/v2 (clients, client-grants, resource-servers,
// tenants).
type insideCheck struct {
	*Report
	asker  *asker
	config config.Config
	places places
	token  string
}

func (c *insideCheck) find(k Kind, subject, problem, said string) {
	f := Finding{Kind: k, Subject: subject, Problem: problem, Answer: said}
	c.places.of(&f)
	c.Findings = append(c.Findings, f)
}

// read reads an object of the Management API into out. What cannot be read is told as unseen.
// The API is asked by the tenant's own name, which the audience has: such tokens are issued
// there.
func (c *insideCheck) read(ctx context.Context, what, below string, out any) bool {
	a, err := c.asker.ask(ctx, http.MethodGet, c.config.Audience+below, http.Header{"Authorization": {"Bearer " + c.token}}, nil)
	if err == nil && a.status == http.StatusOK && json.Unmarshal([]byte(a.body), out) == nil {
		return true
	}
	c.unseen("%s: %s", what, cmp.Or(errorText(err), a.words()))
	return false
}

func (c *insideCheck) examine(ctx context.Context) {
	c.application(ctx)
	c.access(ctx)
	c.locales(ctx)
}

func (c *insideCheck) application(ctx context.Context) {
	var client struct {
		JWT        struct{ Alg string } `json:"jwt_configuration"`
		FirstParty *bool                `json:"is_first_party"`
		AuthMethod string               `json:"token_endpoint_auth_method"`
	}
	query := "?fields=jwt_configuration,is_first_party,token_endpoint_auth_method&include_fields=true"
	if !c.read(ctx, "The application's settings", "clients/"+url.PathEscape(c.config.ClientID)+query, &client) {
		return
	}
	if alg := client.JWT.Alg; alg != "" && alg != "RS256" {
		c.find(Algorithm, "", "ID tokens are signed with "+alg+": the page takes RS256 only, and so does the tenant to link an account.", alg)
	}
	if client.FirstParty != nil && !*client.FirstParty {
		c.find(ThirdParty, "", "The application is a third party's: it gets no access for people to the Management API.", "is_first_party: false")
	}
	if m := client.AuthMethod; m != "" && m != "none" && !c.has(AuthMethod) {
		c.find(AuthMethod, "", "The application has to authenticate itself at the token endpoint, which a page cannot: set the authentication method to None.", m)
	}
}

// access looks who may ask for people's access to the Management API, and for what.
func (c *insideCheck) access(ctx context.Context) {
	var api struct {
		Offline     *bool `json:"allow_offline_access"`
		SubjectType struct {
			User struct{ Policy string }
		} `json:"subject_type_authorization"`
	}
	if !c.read(ctx, "The Management API's settings", "resource-servers/"+url.PathEscape(c.config.Audience), &api) {
		return
	}
	if slices.Contains(c.config.Scopes, "offline_access") && api.Offline != nil && !*api.Offline {
		c.find(OfflineAccess, "", "The Management API allows no offline access: there is no refresh token, and no error says so. Leave offline_access out of the scopes.", "allow_offline_access: false")
	}
	switch policy := api.SubjectType.User.Policy; policy {
	case "allow_all":
		c.find(OpenAccess, "", "Every application of the tenant may ask for people's access to the Management API: a flaw in the scripts of any of them could link an attacker's account.", policy)
	case "deny_all":
		if !c.has(Access) {
			c.find(Access, c.config.Audience, "No application may ask for people's access to the Management API.", policy)
		}
	case "require_client_grant":
		c.grant(ctx)
	}
}

// grant looks at the scopes of the application's grant.
func (c *insideCheck) grant(ctx context.Context) {
	var grants []struct{ Scope []string }
	query := url.Values{"client_id": {c.config.ClientID}, "audience": {c.config.Audience}, "subject_type": {"user"}}
	if c.has(Access) || !c.read(ctx, "The application's grant", "client-grants?"+query.Encode(), &grants) {
		return
	}
	var missing []string
	for _, scope := range config.DefaultScopes {
		ofAPI := strings.Contains(scope, ":")
		if ofAPI && !slices.ContainsFunc(grants, func(g struct{ Scope []string }) bool { return slices.Contains(g.Scope, scope) }) {
			missing = append(missing, scope)
		}
	}
	if len(missing) > 0 {
		c.find(GrantScopes, strings.Join(missing, " "), "The application's grant for the Management API lacks scopes.", "")
	}
}

// locales looks whether the tenant's pages speak the site's languages.
func (c *insideCheck) locales(ctx context.Context) {
	var tenant struct {
		Locales []string `json:"enabled_locales"`
	}
	if !c.read(ctx, "The tenant's languages", "tenants/settings?fields=enabled_locales&include_fields=true", &tenant) {
		return
	}
	var missing []string
	for _, language := range c.config.Languages {
		speaks := func(locale string) bool { return locale == language || strings.HasPrefix(locale, language+"-") }
		if len(tenant.Locales) > 0 && !slices.ContainsFunc(tenant.Locales, speaks) {
			missing = append(missing, language)
		}
	}
	if len(missing) > 0 {
		c.find(Locales, strings.Join(missing, " "), "The tenant's own pages do not speak every language of the site.", strings.Join(tenant.Locales, " "))
	}
}
