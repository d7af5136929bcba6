package oauth

import (
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// personScopes are those of the Management API that a person's token can have.
var personScopes = []string{
	"read:current_user",
	"update:current_user_identities",
	"create:current_user_metadata",
	"update:current_user_metadata",
	"delete:current_user_metadata",
}

// MachineScopes returns the scopes of the Management API that a client can be granted
// for client_credentials. They reach every user, so a person's token never has one.
func MachineScopes() []string {
	return []string{"read:users", "update:users", "update:users_app_metadata", "delete:sessions", "delete:refresh_tokens"}
}

var identityScopes = []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess}

// grantedScopes drops what the tenant does not give for the audience, silently, as
// Auth0 does.
func grantedScopes(asked []string, management bool) []string {
	return slices.DeleteFunc(slices.Clone(asked), func(scope string) bool {
		if slices.Contains(identityScopes, scope) {
			return false
		}
		return !management || !slices.Contains(personScopes, scope)
	})
}
