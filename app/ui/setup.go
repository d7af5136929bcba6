package ui

import (
	"errors"

	"twinlock/app/management"
	"twinlock/app/oidc"
)

// setups has what to look at after a failure that only whoever runs the page can mend, in the
// words of the vendor's dashboard and of the settings. It stands in the technical details, in
// English as they do.
var setups = []struct {
	err  error
	look string
}{
	{oidc.ErrAPI, "audience; at the tenant, APIs > Auth0 Management API > Application Access"},
	{oidc.ErrConnection, "connections; at the tenant, the application's Connections"},
	{management.ErrConnection, "connections; at the tenant, the application's Connections"},
	{oidc.ErrSetup, "client_id; at the tenant, the application's Grant Types and its Authentication Method, None"},
	{oidc.ErrAlgorithm, "at the tenant, the application's JSON Web Token Signature Algorithm, RS256"},
	{oidc.ErrDiscovery, "domain; at the tenant, Custom Domains"},
	{management.ErrForbidden, "scopes; at the tenant, APIs > Auth0 Management API > Application Access"},
	{management.ErrScope, "scopes; at the tenant, APIs > Auth0 Management API > Application Access"},
}

// detailOf returns the technical text of a failure, and which setting it comes from.
func detailOf(err error) string {
	for _, s := range setups {
		if errors.Is(err, s.err) {
			return err.Error() + "\n\nSettings to look at: " + s.look + ". The command twinlock doctor examines them."
		}
	}
	return err.Error()
}
