package connection

import (
	"net/url"
	"slices"
	"strings"
)

// An UpstreamParam is a parameter that the provider of a connection is given: one of the
// two.
// https://auth0.com/docs/authenticate/identity-providers/pass-parameters-to-idps
type UpstreamParam struct {
	// Value is the same at every sign-in.
	Value string `yaml:"value"`
	// Alias is the parameter of the authorization request whose value it has. One of those
	// that Auth0 passes on.
	Alias string `yaml:"alias"`
}

// aliases are those that Auth0 passes on.
var aliases = []string{"acr_values", "audience", "client_id", "display", "id_token_hint", "login_hint", "max_age", "prompt",
	"resource", "response_mode", "response_type", "ui_locales"}

// ownParams are those that the emulated provider is given anyway.
var ownParams = []string{"state", "redirect_uri"}

// CheckUpstream returns what is wrong with a parameter of that name, "" for nothing. That
// a provider of SAML is given none is in the page on them.
func (c Connection) CheckUpstream(name string) string {
	switch p := c.UpstreamParams[name]; {
	case !c.Social() || c.Strategy == "samlp":
		return "is only for a provider that speaks OAuth"
	case name == "" || slices.Contains(ownParams, name):
		return "is given to every provider"
	case (p.Value == "") == (p.Alias == ""):
		return "needs a value or an alias"
	case p.Alias != "" && !slices.Contains(aliases, p.Alias):
		return "must have an alias of " + strings.Join(aliases, ", ")
	}
	return ""
}

// Upstream returns what the provider is given for an authorization request of these
// parameters. One that the request does not have is not given.
func (c Connection) Upstream(asked url.Values) url.Values {
	given := url.Values{}
	for name, p := range c.UpstreamParams {
		value := p.Value
		if p.Alias != "" {
			value = asked.Get(p.Alias)
		}
		if value != "" {
			given.Set(name, value)
		}
	}
	return given
}
