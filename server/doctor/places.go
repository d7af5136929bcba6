package doctor

import (
	"fmt"

	"twinlock/app/config"
)

// places say where to change what a finding is about.
type places struct{ config config.Config }

// whole warns of a flag that replaces a list.
const whole = " # with all that are to stay: the list is replaced; auth0 apps show has it"

// of fills in the places of a finding. No command is given that would take away what is not
// seen from outside.
//
// Sources: the vendor's pages that are linked; https://github.com/auth0/auth0-cli (docs);
// https://github.com/auth0/terraform-provider-auth0 (docs/resources).
func (p places) of(f *Finding) {
	const docs = "https://auth0.com/docs/"
	app := "Applications > Applications > " + p.config.ClientID
	update := "auth0 apps update " + p.config.ClientID
	switch f.Kind {
	case Domain, Issuer:
		f.Dashboard, f.CLI = "Settings > Custom Domains", "auth0 domains list"
		f.Terraform, f.Link = "auth0_custom_domain", docs+"customize/custom-domains"
	case Keys:
		f.Dashboard, f.Link = "Settings > Signing Keys", docs+"get-started/tenant-settings/signing-keys"
		f.CLI = "auth0 api get keys/signing"
	case Client:
		f.Dashboard, f.CLI, f.Terraform = "Applications > Applications", "auth0 apps list", "auth0_client.client_id"
		f.Link = docs + "get-started/applications/application-settings"
	case Callback:
		f.Dashboard, f.CLI = app+" > Allowed Callback URLs", update+" --callbacks "+f.Subject+whole
		f.Terraform, f.Link = "auth0_client.callbacks", docs+"get-started/applications/application-settings"
	case CodeGrant, RefreshGrant:
		f.Dashboard = app + " > Advanced Settings > Grant Types"
		f.CLI = update + " --grants code"
		if f.Kind == RefreshGrant {
			f.CLI += ",refresh-token"
		}
		f.CLI += whole
		f.Terraform, f.Link = "auth0_client.grant_types", docs+"get-started/applications/update-grant-types"
	case Audience:
		f.Dashboard, f.CLI = "Applications > APIs > Auth0 Management API", "auth0 apis list"
		f.Terraform, f.Link = "auth0_tenant.management_api_identifier", docs+"customize/custom-domains/configure-features-to-use-custom-domains"
	case Access:
		f.Dashboard = "Applications > APIs > Auth0 Management API > Application Access > User-Delegated Access"
		f.CLI = fmt.Sprintf("auth0 client-grants create --client-id %s --audience %s --subject-type user --scopes read:current_user,update:current_user_identities,update:current_user_metadata",
			p.config.ClientID, p.config.Audience)
		f.Terraform, f.Link = "auth0_client_grant.subject_type", docs+"get-started/apis/api-access-policies-for-applications"
	case Connection:
		f.Dashboard = app + " > Connections"
		f.CLI = fmt.Sprintf(`auth0 api patch "connections/CONNECTION_ID/clients" --data '[{"client_id":%q,"status":true}]'`, p.config.ClientID)
		f.Terraform, f.Link = "auth0_connection_client", docs+"authenticate/identity-providers"
	case DeveloperKeys:
		f.Dashboard = "Authentication > Social > " + f.Subject
		f.Terraform = "auth0_connection.options.client_id"
		f.Link = docs + "authenticate/identity-providers/social-identity-providers/devkeys"
	case LogoutURL:
		f.Dashboard, f.CLI = app+" > Allowed Logout URLs", update+" --logout-urls "+f.Subject+whole
		f.Terraform, f.Link = "auth0_client.allowed_logout_urls", docs+"authenticate/login/logout/redirect-users-after-logout"
	case WebOrigin:
		f.Dashboard, f.CLI = app+" > Allowed Web Origins", update+" --web-origins "+f.Subject+whole
		f.Terraform, f.Link = "auth0_client.web_origins", docs+"get-started/applications/set-up-cors"
	case AuthMethod:
		f.Dashboard, f.CLI = app+" > Credentials > Authentication Method", update+" --auth-method None"
		f.Terraform, f.Link = "auth0_client_credentials.authentication_method", docs+"get-started/applications/application-settings"
	case Algorithm:
		f.Dashboard = app + " > Advanced Settings > OAuth > JSON Web Token Signature Algorithm"
		f.Terraform, f.Link = "auth0_client.jwt_configuration.alg", docs+"get-started/applications/signing-algorithms"
	case ThirdParty:
		f.Dashboard = "Applications > Applications > Create Application: a third party's cannot become your own"
		f.CLI, f.Terraform = "auth0 apps create --type spa", "auth0_client.is_first_party"
		f.Link = docs + "get-started/applications/confidential-and-public-applications/first-party-and-third-party-applications"
	case OpenAccess:
		f.Dashboard = "Applications > APIs > Auth0 Management API > Application Access"
		f.Terraform, f.Link = "auth0_resource_server.subject_type_authorization", docs+"get-started/apis/api-access-policies-for-applications"
	case GrantScopes:
		f.Dashboard = "Applications > APIs > Auth0 Management API > Application Access > User-Delegated Access"
		f.CLI, f.Terraform = "auth0 client-grants list", "auth0_client_grant.scopes"
		f.Link = docs + "get-started/apis/api-access-policies-for-applications"
	case OfflineAccess:
		f.Dashboard, f.Link = "the site's own settings: scopes", docs+"secure/tokens/refresh-tokens/get-refresh-tokens"
	case ManagementCORS, AllowedOrigin:
		f.Dashboard, f.CLI = app+" > Allowed Origins (CORS)", update+" --origins "+f.Subject+whole
		f.Terraform, f.Link = "auth0_client.allowed_origins", docs+"get-started/applications/set-up-cors"
	case CustomDomain:
		f.Dashboard, f.CLI, f.Terraform = "Settings > Custom Domains", "auth0 domains list", "auth0_custom_domain"
		f.Link = docs + "customize/custom-domains"
	case Loopback:
		f.Dashboard = app + " > Advanced Settings"
		f.CLI = "auth0 api patch clients/" + p.config.ClientID + ` --data '{"skip_non_verifiable_callback_uri_confirmation_prompt":true}'`
		f.Terraform = "auth0_client.skip_non_verifiable_callback_uri_confirmation_prompt"
		f.Link = docs + "troubleshoot/product-lifecycle/deprecations-and-migrations/migrate-to-non-verifiable-callback-uri-end-user-confirmation"
	case Locales:
		f.Dashboard, f.Terraform = "Settings > General > Languages", "auth0_tenant.enabled_locales"
		f.Link = docs + "customize/internationalization-and-localization/universal-login-internationalization"
	case Management:
		f.Dashboard, f.CLI, f.Terraform = "Settings > Custom Domains", "auth0 domains list", "auth0_custom_domain"
		f.Link = docs + "customize/custom-domains/configure-features-to-use-custom-domains"
	}
}
