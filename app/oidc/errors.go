package oidc

import (
	"errors"
	"fmt"
	"strings"

	"twinlock/app/inert"
)

// What may go wrong with a callback, before the tenant's answer is looked at.
var (
	// ErrCallback: the callback's URL is no answer to an authorization request.
	ErrCallback = errors.New("malformed sign-in answer")
	// ErrNoTransaction: nothing was begun under this state, or it was used.
	ErrNoTransaction = errors.New("no sign-in is waiting for this answer")
	// ErrTransactionExpired: begun longer ago than the settings allow.
	ErrTransactionExpired = errors.New("the sign-in took too long")
	// ErrPurpose: the state's word is not a purpose, or not the transaction's.
	ErrPurpose = errors.New("the answer belongs to another purpose")
	// ErrOtherSubject: somebody else is signed in than when it was begun, or
	// somebody else's tokens came back from a renewal.
	ErrOtherSubject = errors.New("somebody else is signed in")
	// ErrResponseIssuer: another issuer answered (RFC 9207).
	ErrResponseIssuer = errors.New("another issuer answered")
)

// What the tenant may answer instead of a code. Each comes wrapped around an
// [AuthorizationError].
var (
	ErrAccessDenied  = errors.New("access denied")
	ErrLoginRequired = errors.New("login required")
	// ErrInteraction: consent_required, interaction_required or
	// account_selection_required; the tenant must be asked with a page.
	ErrInteraction = errors.New("interaction required")
	// ErrAuthorization: any other error code.
	ErrAuthorization = errors.New("authorization refused")
)

// What may go wrong at the token endpoint.
var (
	// ErrExchange: the token endpoint refused, or gave what is no token
	// answer. With a refusal comes a [TokenError].
	ErrExchange = errors.New("tokens refused")
	// ErrReuse: the refresh token is used up, revoked or expired. Such an
	// error also is [ErrExchange]: ask for ErrReuse first.
	//
	//sentence:none told as ErrExchange, or by the session as its own end
	ErrReuse = errors.New("refresh token no longer accepted")
	// ErrDiscovery: the issuer's metadata are missing or not acceptable.
	ErrDiscovery = errors.New("issuer metadata not accepted")
)

// Why an ID token is not accepted. All are [ErrIDToken].
var (
	ErrIDToken   = errors.New("ID token not accepted")
	ErrAlgorithm = fmt.Errorf("%w: algorithm", ErrIDToken)
	ErrSignature = fmt.Errorf("%w: signature", ErrIDToken)
	ErrIssuer    = fmt.Errorf("%w: issuer", ErrIDToken)
	ErrAudience  = fmt.Errorf("%w: audience", ErrIDToken)
	// ErrTime: expired, not valid yet or without a time. Mostly the device's
	// clock is wrong.
	ErrTime  = fmt.Errorf("%w: time", ErrIDToken)
	ErrNonce = fmt.Errorf("%w: nonce", ErrIDToken)
	// ErrAuthTime: the person did not just prove who they are, though asked to.
	ErrAuthTime = fmt.Errorf("%w: time of authentication", ErrIDToken)
)

const maxDescription = 300 // characters

// AuthorizationError is an error answer of the authorization endpoint (RFC
// 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6).
type AuthorizationError struct {
	Code        string
	Description string // inert text, bounded; may come from anybody
}

func (e *AuthorizationError) Error() string {
	return described(e.Unwrap().Error(), e.Code, e.Description)
}

// Unwrap returns the sentinel for the code.
func (e *AuthorizationError) Unwrap() error {
	switch e.Code {
	case "access_denied":
		return ErrAccessDenied
	case "login_required":
		return ErrLoginRequired
	case "consent_required", "interaction_required", "account_selection_required":
		return ErrInteraction
	}
	return ErrAuthorization
}

// TokenError is a refusal of the token endpoint (RFC 6749 section 5.2).
type TokenError struct {
	Status      int
	Code        string // "" where the body was not the RFC's
	Description string // inert text, bounded, without the secrets that were sent
}

func (e *TokenError) Error() string {
	return described(fmt.Sprintf("%v with status %d", ErrExchange, e.Status), e.Code, e.Description)
}

// Unwrap returns [ErrExchange].
func (e *TokenError) Unwrap() error { return ErrExchange }

func described(what, code, description string) string {
	for _, more := range []string{code, description} {
		if more != "" {
			what += ": " + more
		}
	}
	return what
}

// describe makes a description from outside fit to be shown. A server may
// repeat what it was sent: secrets are taken out.
func describe(text string, secrets ...string) string {
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, redacted)
		}
	}
	return inert.Text(text, maxDescription)
}
