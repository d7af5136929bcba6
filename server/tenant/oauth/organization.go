package oauth

import (
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"twinlock/server/tenant/organization"
)

// An OrganizationUsage says whether people sign in to a client as members of an
// organization.
// https://auth0.com/docs/manage-users/organizations/configure-organizations/define-organization-behavior
type OrganizationUsage string

// The values of an OrganizationUsage, with Auth0's names. Nobody is asked for an
// organization: requests say which, as with organization_require_behavior no_prompt.
const (
	DenyOrganizations    OrganizationUsage = "deny"
	AllowOrganizations   OrganizationUsage = "allow"
	RequireOrganizations OrganizationUsage = "require"
)

// IsKnown reports whether it is one of the values above, or empty.
func (u OrganizationUsage) IsKnown() bool {
	return slices.Contains([]OrganizationUsage{"", DenyOrganizations, AllowOrganizations, RequireOrganizations}, u)
}

// organization returns the one that a request asks for, by its id or where the tenant
// allows it by its name; the zero one if it asks for none. The texts were reported, but
// for the last:
//   - https://github.com/danestves/remix-auth-auth0/issues/75 (required),
//   - https://github.com/auth0/auth0-react/issues/590 (names),
//   - that of a client without organizations in many public programs.
//
// What Auth0 says about an id that there is not was not found.
func (p *Provider) organization(asked string, client Client) (organization.Organization, error) {
	var none organization.Organization
	invalid := oidc.ErrInvalidRequest()
	switch usage := client.OrganizationUsage; {
	case asked == "" && usage == RequireOrganizations:
		return none, invalid.WithDescription("parameter organization is required for this client")
	case asked == "":
		return none, nil
	case usage == "" || usage == DenyOrganizations:
		return none, invalid.WithDescription("parameter organization is not allowed for this client")
	case !organization.IsID(asked) && !p.config.OrganizationNames:
		return none, invalid.WithDescription("authorization request parameter organization must be an organization id")
	}
	found, ok := p.config.Organizations.Find(asked)
	if !ok {
		return none, invalid.WithDescription("the organization was not found")
	}
	return found, nil
}

// addOrganization adds the claims of the organization that somebody signed in to.
// https://auth0.com/docs/manage-users/organizations/using-tokens
func (p *Provider) addOrganization(claims map[string]any, of organization.Organization) {
	if of.ID == "" {
		return
	}
	claims["org_id"] = of.ID
	if p.config.OrganizationNames {
		claims["org_name"] = of.Name
	}
}
