package oidc

import "strings"

// Refusal is an error: what a tenant refuses with, at the authorization endpoint or at the
// token endpoint. It comes wrapped in an [AuthorizationError] or a [TokenError].
type Refusal string

// Error returns the kind's name.
func (r Refusal) Error() string { return string(r) }

// What the tenant may refuse with.
const (
	// ErrAccessDenied is returned for access_denied: mostly an Action said no.
	ErrAccessDenied Refusal = "access denied"
	// ErrCancelled is returned for the few answers that are known to mean that the person
	// said no.
	ErrCancelled Refusal = "cancelled by the person"
	// ErrUnauthorized is returned for Auth0's unauthorized: a Rule or an Action does not let
	// the account in.
	ErrUnauthorized Refusal = "account not let in"
	// ErrLoginRequired is returned for login_required: nobody is signed in at the tenant.
	ErrLoginRequired Refusal = "login required"
	// ErrInteraction is returned for consent_required, interaction_required and
	// account_selection_required: the tenant has to show a page.
	ErrInteraction Refusal = "interaction required"
	// ErrSecondFactor is returned for mfa_required: the person has to sign in on the
	// tenant's pages once more.
	ErrSecondFactor Refusal = "second factor required"
	// ErrBlocked is returned when an administrator has blocked the user.
	ErrBlocked Refusal = "user blocked"
	// ErrAttempts is returned when the account is locked after too many attempts.
	ErrAttempts Refusal = "too many attempts"
	// ErrBusy is returned when the tenant's rate limit is reached.
	ErrBusy Refusal = "rate limit reached"
	// ErrUnavailable is returned when the tenant has a problem of its own.
	ErrUnavailable Refusal = "tenant unavailable"
	// ErrSetup is returned when the application is not set up at the tenant as this client
	// needs it.
	ErrSetup Refusal = "application not set up"
	// ErrAPI is returned when the tenant does not know the audience, or does not let the
	// application use it.
	ErrAPI Refusal = "no access to the API"
	// ErrConnection is returned when the connection is missing, switched off, or not enabled
	// for the application.
	ErrConnection Refusal = "connection not available"
)

// codes has what an error's code means by itself (RFC 6749 sections 4.1.2.1 and 5.2, OpenID
// Connect Core section 3.1.2.6; Auth0, "Authentication API", errors of each endpoint).
var codes = []struct {
	code string
	kind Refusal
}{
	{"login_required", ErrLoginRequired},
	{"consent_required", ErrInteraction},
	{"interaction_required", ErrInteraction},
	{"account_selection_required", ErrInteraction},
	{"mfa_required", ErrSecondFactor},
	{"too_many_attempts", ErrAttempts},
	{"blocked_user", ErrBlocked},
	{"too_many_requests", ErrBusy},
	{"server_error", ErrUnavailable},
	{"temporarily_unavailable", ErrUnavailable},
	{"unauthorized_client", ErrSetup},
	{"invalid_client", ErrSetup},
	{"invalid_scope", ErrSetup},
	{"unsupported_response_type", ErrSetup},
	{"user_cancelled_login", ErrCancelled},     // LinkedIn
	{"user_cancelled_authorize", ErrCancelled}, // LinkedIn, Apple
}

// descriptions tell apart what Auth0 has one code for. Each is how the text begins, in lower
// case; a full stop is also the text's end. Such texts may change: they decide which sentence
// the person reads, and whether a second try is offered, and nothing else.
var descriptions = []struct {
	code, text string
	kind       Refusal
}{
	{"access_denied", "service not found: ", ErrAPI},
	{"access_denied", "service not enabled within domain: ", ErrAPI},
	{"access_denied", "user did not authorize the request.", ErrCancelled}, // the tenant's consent page
	{"access_denied", "user has canceled the interaction.", ErrCancelled},
	{"access_denied", "permissions error.", ErrCancelled},                           // Facebook
	{"access_denied", "the user has denied your application access.", ErrCancelled}, // GitHub
	{"access_denied", "the user cancelled linkedin login.", ErrCancelled},
	{"access_denied", "user is not authorized to the audience ", ErrAPI},
	{"unauthorized", "user is blocked.", ErrBlocked},
	{"invalid_request", "the connection ", ErrConnection},
	{"invalid_request", "no connections enabled ", ErrConnection},
	{"invalid_request", `client "`, ErrAPI}, // … is not authorized to access resource server …
	{"access_denied", "", ErrAccessDenied},
	{"unauthorized", "", ErrUnauthorized},
}

// refusalOf returns what kind of refusal an error answer is; "" if neither table has it.
func refusalOf(code, description string) Refusal {
	for _, c := range codes {
		if c.code == code {
			return c.kind
		}
	}
	said := strings.TrimSuffix(strings.ToLower(description), ".") + "."
	for _, d := range descriptions {
		if d.code == code && strings.HasPrefix(said, d.text) {
			return d.kind
		}
	}
	return ""
}
