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
	// AllowedOrigin: the page's origin is none of those that may call the tenant's APIs.
	AllowedOrigin Kind = "allowed_origin"
	// CustomDomain: the issuer's host is a custom domain that is not ready.
	CustomDomain Kind = "custom_domain"
	// Locales: the tenant's pages do not speak a language of the site.
	Locales Kind = "locales"
)

// insideRequests is how many more requests a token makes.
const insideRequests = 10

// An insideCheck reads a tenant's settings with a token.
//
// Sources: https://auth0.com/docs/api/management/v2 (clients, client-grants, resource-servers,
// custom-domains, tenants).
type insideCheck struct {
	*Report
	asker  *asker
	config config.Config
	page   *url.URL // nil if not known
	places places
	token  string

	// confirms is the application's setting for callbacks on this machine: "true" where people
	// need not confirm, "null" where the tenant's holds, "" if it was not told.
	confirms string
	// refused says that the token is none for this tenant, or no longer.
	refused bool
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
	if c.refused {
		return false
	}
	a, err := c.asker.ask(ctx, http.MethodGet, c.config.Audience+below, http.Header{"Authorization": {"Bearer " + c.token}}, nil)
	if err == nil && a.status == http.StatusOK && json.Unmarshal([]byte(a.body), out) == nil {
		return true
	}
	if c.refused = a.status == http.StatusUnauthorized; c.refused {
		what = "Whatever takes a token, as the Management API refuses this one"
	}
	c.unseen("%s: %s", what, cmp.Or(errorText(err), a.words()))
	return false
}

func (c *insideCheck) examine(ctx context.Context) {
	if c.has(Domain) {
		c.domain(ctx) // may be why
		return
	}
	c.application(ctx)
	c.access(ctx)
	c.domain(ctx)
	c.tenant(ctx)
	c.connections(ctx) // the last: they may be more than there are requests
	c.unseen("Whether the tenant still takes profiles of more than 10 KB, which ends in March 2027: no part of the API tells; see Settings > Advanced > Migrations > Uncapped User Profile Data")
}

func (c *insideCheck) application(ctx context.Context) {
	var client struct {
		JWT        struct{ Alg string } `json:"jwt_configuration"`
		FirstParty *bool                `json:"is_first_party"`
		AuthMethod string               `json:"token_endpoint_auth_method"`
		Callbacks  []string             `json:"callbacks"`
		WebOrigins []string             `json:"web_origins"`
		Origins    []string             `json:"allowed_origins"`
		Confirms   json.RawMessage      `json:"skip_non_verifiable_callback_uri_confirmation_prompt"`
	}
	query := "?fields=jwt_configuration,is_first_party,token_endpoint_auth_method,callbacks,web_origins,allowed_origins," +
		"skip_non_verifiable_callback_uri_confirmation_prompt&include_fields=true"
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
	c.confirms = string(client.Confirms)
	if client.Callbacks != nil && !c.has(Callback) {
		c.origin(slices.Concat(client.Callbacks, client.WebOrigins, client.Origins))
	}
}

// origin looks whether the page's origin is allowed to call the tenant: one of known, or that of
// a callback, which counts by itself.
//
// Source: https://auth0.com/docs/get-started/applications/application-settings.
func (c *insideCheck) origin(known []string) {
	if c.page == nil {
		return
	}
	origin := c.page.Scheme + "://" + c.page.Host
	allows := func(one string) bool {
		u, err := url.Parse(one)
		// A placeholder may stand for the page's host: whether it does is the tenant's affair.
		return strings.ContainsAny(one, "*{") || err == nil && u.Scheme+"://"+u.Host == origin
	}
	if !slices.ContainsFunc(known, allows) && !c.has(ManagementCORS) {
		c.find(AllowedOrigin, origin, "The page's origin is neither among the application's Allowed Origins (CORS) nor that of a callback.", strings.Join(known, " "))
	}
}

// connections looks for those that could not be seen from outside, or may not have been.
//
// Source: https://auth0.com/docs/api/management/v2/clients/get-client-connections.
func (c *insideCheck) connections(ctx context.Context) {
	enabled := map[string]bool{}
	for from := ""; ; {
		var page struct {
			Connections []struct{ Name string } `json:"connections"`
			Next        string                  `json:"next"`
		}
		query := url.Values{"take": {"100"}, "fields": {"name"}, "include_fields": {"true"}}
		if from != "" {
			query.Set("from", from)
		}
		if !c.read(ctx, "The application's connections", "clients/"+url.PathEscape(c.config.ClientID)+"/connections?"+query.Encode(), &page) {
			return
		}
		if page.Connections == nil {
			c.unseen("The application's connections: the answer has none")
			return
		}
		for _, connection := range page.Connections {
			enabled[connection.Name] = true
		}
		if page.Next == "" || page.Next == from {
			break
		}
		from = page.Next
	}
	for _, connection := range c.config.Connections {
		found := slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Kind == Connection && f.Subject == connection.Name })
		if !enabled[connection.Name] && !found {
			c.find(Connection, connection.Name, "The connection is not enabled for the application.", "")
		}
	}
}

// domain looks at the state of a custom domain.
//
// Source: https://auth0.com/docs/api/management/v2/custom-domains/get-custom-domains.
func (c *insideCheck) domain(ctx context.Context) {
	host := hostOf(c.config.Issuer)
	if host == hostOf(c.config.Audience) {
		return
	}
	var domains []struct{ Domain, Status string }
	if !c.read(ctx, "The state of the custom domain", "custom-domains", &domains) {
		return
	}
	for _, d := range domains {
		if strings.EqualFold(d.Domain, host) {
			if d.Status != "ready" {
				c.find(CustomDomain, host, "The custom domain is not ready.", d.Status)
			}
			return
		}
	}
	c.find(CustomDomain, host, "The tenant has no such custom domain.", "")
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
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

// A clientGrant is what an application may ask for.
//
// Source: https://auth0.com/docs/api/management/v2/client-grants/get-client-grants.
type clientGrant struct {
	Scope []string `json:"scope"`
	All   bool     `json:"allow_all_scopes"`
}

// grant looks whether the application's grant has what the page needs, of the scopes that it asks
// for.
func (c *insideCheck) grant(ctx context.Context) {
	var grants []clientGrant
	query := url.Values{"client_id": {c.config.ClientID}, "audience": {c.config.Audience}, "subject_type": {"user"}}
	if c.has(Access) || !c.read(ctx, "The application's grant", "client-grants?"+query.Encode(), &grants) {
		return
	}
	var missing []string
	for _, scope := range config.DefaultScopes {
		needed := strings.Contains(scope, ":") && slices.Contains(c.config.Scopes, scope)
		if needed && !slices.ContainsFunc(grants, func(g clientGrant) bool { return g.All || slices.Contains(g.Scope, scope) }) {
			missing = append(missing, scope)
		}
	}
	if len(missing) > 0 {
		c.find(GrantScopes, strings.Join(missing, " "), "The application's grant for the Management API lacks scopes.", "")
	}
}

// tenant looks at the settings of the tenant itself.
func (c *insideCheck) tenant(ctx context.Context) {
	var tenant struct {
		Locales  []string        `json:"enabled_locales"`
		Confirms json.RawMessage `json:"skip_non_verifiable_callback_uri_confirmation_prompt"`
	}
	query := "tenants/settings?fields=enabled_locales,skip_non_verifiable_callback_uri_confirmation_prompt&include_fields=true"
	if !c.read(ctx, "The tenant's settings", query, &tenant) {
		return
	}
	c.locales(tenant.Locales)
	c.loopback(string(tenant.Confirms))
}

// loopback looks whether people confirm each login, for a callback on this machine: the
// application's setting holds before that of the tenant, and without both they do.
//
// Source: https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations/migrate-to-non-verifiable-callback-uri-end-user-confirmation.
func (c *insideCheck) loopback(tenants string) {
	if c.page == nil || !loopback(c.page) || c.has(Loopback) {
		return
	}
	skips := c.confirms
	if skips == "null" {
		skips = tenants
	}
	switch skips {
	case "true":
	case "":
		c.unseen("Whether people are asked to confirm each login, as the callback is on this machine")
	default:
		c.find(Loopback, c.page.String()+"callback", confirms, "skip_non_verifiable_callback_uri_confirmation_prompt: "+skips)
	}
}

// locales looks whether the tenant's pages speak the site's languages.
func (c *insideCheck) locales(enabled []string) {
	var missing []string
	for _, language := range c.config.Languages {
		speaks := func(locale string) bool { return locale == language || strings.HasPrefix(locale, language+"-") }
		if len(enabled) > 0 && !slices.ContainsFunc(enabled, speaks) {
			missing = append(missing, language)
		}
	}
	if len(missing) > 0 {
		c.find(Locales, strings.Join(missing, " "), "The tenant's own pages do not speak every language of the site.", strings.Join(enabled, " "))
	}
}
