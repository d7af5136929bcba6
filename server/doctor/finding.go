package doctor

import (
	"fmt"
	"slices"
)

// A Kind is one thing that can be wrong.
type Kind string

// What can be wrong with a tenant.
const (
	// Domain: nothing that is a tenant answers at the issuer.
	Domain Kind = "domain"
	// Issuer: the tenant calls itself by another name.
	Issuer Kind = "issuer"
	// Keys: the tenant offers no key for RS256.
	Keys Kind = "keys"
	// Clock: the clocks of the tenant and of this machine differ.
	Clock Kind = "clock"
	// Client: the tenant has no application of the client ID.
	Client Kind = "client"
	// Callback: the page's callback is not among the application's.
	Callback Kind = "callback"
	// Loopback: the tenant asks people to confirm each login, as the callback is on this machine.
	Loopback Kind = "loopback_callback"
	// CodeGrant: the application may not use the authorization code.
	CodeGrant Kind = "code_grant"
	// Audience: the tenant has no API of the audience.
	Audience Kind = "audience"
	// Access: the application may not ask for people's access to the Management API.
	Access Kind = "access"
	// Connection: a connection is not there, or not enabled for the application.
	Connection Kind = "connection"
	// DeveloperKeys: a connection uses Auth0's keys at its provider.
	DeveloperKeys Kind = "developer_keys"
	// LogoutURL: the page is not among the application's logout URLs.
	LogoutURL Kind = "logout_url"
	// WebOrigin: the page's origin is not among the application's web origins.
	WebOrigin Kind = "web_origin"
	// AuthMethod: the application has to authenticate itself at the token endpoint.
	AuthMethod Kind = "auth_method"
	// RefreshGrant: the application may not use refresh tokens, and the page asks for them.
	RefreshGrant Kind = "refresh_grant"
	// Management: the issuer's host does not serve the Management API.
	Management Kind = "management_api"
	// ManagementCORS: a browser may not call the Management API from the page.
	ManagementCORS Kind = "management_cors"
)

// hides has, for each kind, those that cannot be told as long as it is there: the tenant
// answers the first mistake that it meets. That it looks at the client, the callback, the
// grant, the audience and the connection in this order was seen, and is not documented.
var hides = map[Kind][]Kind{
	Domain: {Issuer, Keys, Clock, Client, Callback, Loopback, CodeGrant, Audience, Access, Connection, DeveloperKeys, LogoutURL,
		WebOrigin, AuthMethod, RefreshGrant, Management, ManagementCORS},
	Client: {Callback, Loopback, CodeGrant, Audience, Access, Connection, DeveloperKeys, LogoutURL, WebOrigin, AuthMethod, RefreshGrant,
		ManagementCORS},
	Callback:  {Loopback, Audience, Access, Connection, DeveloperKeys},
	CodeGrant: {Loopback, Audience, Access, Connection, DeveloperKeys},
	Audience:  {Loopback, Access},
	Access:    {Loopback},
	WebOrigin: {AuthMethod, ManagementCORS},
	// Who has to authenticate itself is refused before its grants are looked at.
	AuthMethod:   {RefreshGrant},
	SitePage:     siteKinds,
	SiteRedirect: siteKinds,
}

// A Finding is something that is wrong.
type Finding struct {
	// Kind is what.
	Kind Kind `json:"kind"`
	// Subject is what it is about: a URL, a connection.
	Subject string `json:"subject,omitempty"`
	// Problem is a sentence for whoever runs the site.
	Problem string `json:"problem"`
	// Answer is what was answered: its status, and the tenant's own words.
	Answer string `json:"answer,omitempty"`
	// Dashboard, CLI and Terraform say where to change it: a place in the dashboard, a command
	// of the auth0 CLI, an attribute of the Terraform provider. "" where there is none.
	Dashboard string `json:"dashboard,omitempty"`
	CLI       string `json:"cli,omitempty"`
	Terraform string `json:"terraform,omitempty"`
	// Link is the vendor's page on it.
	Link string `json:"link,omitempty"`
}

// A Hidden is a kind that could not be looked for.
type Hidden struct {
	Kind Kind `json:"kind"`
	// Behind is what hides it until it is mended.
	Behind Kind `json:"behind"`
}

// A Report is what an examination found.
type Report struct {
	// Findings are what is wrong, in the order in which to mend it.
	Findings []Finding `json:"findings"`
	// Hidden is what they hide.
	Hidden []Hidden `json:"hidden"`
	// Unseen are sentences on what could not be seen, or not from outside.
	Unseen []string `json:"unseen"`
	// Requests is how many there were.
	Requests int `json:"requests"`
}

func (r *Report) has(k Kind) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Kind == k })
}

// hiddenBy returns what hides a kind, "" if nothing does.
func (r *Report) hiddenBy(k Kind) Kind {
	for _, f := range r.Findings {
		if slices.Contains(hides[f.Kind], k) {
			return f.Kind
		}
	}
	return ""
}

// settle lists what could not be looked for, and makes one line of each text, which others have
// had a hand in: it may be shown on a terminal. here says that the page is on the machine of
// whoever opens it.
func (r *Report) settle(here bool) {
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Subject, f.Problem, f.Answer = line(f.Subject), line(f.Problem), line(f.Answer)
	}
	for i := range r.Unseen {
		r.Unseen[i] = line(r.Unseen[i])
	}
	for _, k := range kinds {
		if k == Loopback && !here {
			continue
		}
		if by := r.hiddenBy(k); by != "" && !r.has(k) {
			r.Hidden = append(r.Hidden, Hidden{k, by})
		}
	}
}

// kinds are all that are looked for, in the order of [hides].
var kinds = []Kind{Domain, Issuer, Keys, Clock, Client, Callback, CodeGrant, Audience, Access, Connection, DeveloperKeys,
	Loopback, LogoutURL, WebOrigin, AuthMethod, RefreshGrant, Management, ManagementCORS, SiteTenant, SiteConfig, SiteHeaders,
	SiteCallback, SiteType, SiteCompression, SiteWorker, SiteMissing, SiteMixed, Algorithm, ThirdParty, OpenAccess,
	GrantScopes, OfflineAccess, AllowedOrigin, CustomDomain, Locales}

// unseen notes what could not be seen.
func (r *Report) unseen(format string, args ...any) {
	r.Unseen = append(r.Unseen, fmt.Sprintf(format, args...))
}
