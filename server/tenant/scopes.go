package tenant

import (
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// managementScopes are those that a browser can get for the Management API.
var managementScopes = []string{
	"read:current_user",
	"update:current_user_identities",
	"create:current_user_metadata",
	"update:current_user_metadata",
	"delete:current_user_metadata",
}

// machineScopes are those that a client can be granted for client_credentials.
// They reach every user, so a person's token never has one.
var machineScopes = []string{"read:users", "update:users", "update:users_app_metadata"}

var identityScopes = []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess}

// grantedScopes drops what the tenant does not give for the audience, silently,
// as the vendor does.
func grantedScopes(asked []string, management bool) []string {
	return slices.DeleteFunc(slices.Clone(asked), func(scope string) bool {
		if slices.Contains(identityScopes, scope) {
			return false
		}
		return !management || !slices.Contains(managementScopes, scope)
	})
}
