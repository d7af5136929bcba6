package oidc

import (
	"errors"
	"fmt"
	"strings"

	"twinlock/app/inert"
	"twinlock/app/secret"
)

// ErrNotKept is returned when a login cannot begin because nothing keeps it until the page
// comes back from the tenant. It also is a [platform.ErrFull] where a storage is full.
var ErrNotKept = errors.New("the sign-in would not be kept while the page is away")

// Errors of a callback, before the tenant's answer is looked at.
var (
	// ErrCallback is returned when the callback's URL is not an answer to an authorization
	// request.
	ErrCallback = errors.New("malformed sign-in answer")
	// ErrNoTransaction is returned when no transaction has this state, or it was used.
	ErrNoTransaction = errors.New("no sign-in is waiting for this answer")
	// ErrFinished is returned when this tab has finished the sign-in of this state within
	// the age that the settings allow: the person has come back to the tenant's page, for
	// instance, and signed in once more. It is an [ErrNoTransaction].
	ErrFinished = fmt.Errorf("%w: it was finished here before", ErrNoTransaction)
	// ErrTransactionExpired is returned when the request was made longer ago than the
	// settings allow.
	ErrTransactionExpired = errors.New("the sign-in took too long")
	// ErrPurpose is returned when the state's word is not a purpose, or not the
	// transaction's.
	ErrPurpose = errors.New("the answer belongs to another purpose")
	// ErrOtherSubject is returned when somebody else is signed in than when the request
	// was made, or when a renewal yields somebody else's tokens. If nobody was signed in
	// then, whoever is now may answer.
	ErrOtherSubject = errors.New("somebody else is signed in")
	// ErrResponseIssuer is returned when another issuer answers (RFC 9207).
	ErrResponseIssuer = errors.New("another issuer answered")
)

// ErrAuthorization is returned, wrapped in an [AuthorizationError], when the authorization
// endpoint answers with an error that is no known [Refusal].
var ErrAuthorization = errors.New("authorization refused")

// Errors of the issuer's endpoints.
var (
	// ErrExchange is returned when the token endpoint refuses, with a [TokenError] then,
	// or when its answer has no tokens.
	ErrExchange = errors.New("tokens refused")
	// ErrReuse is returned when the refresh token is used up, revoked or expired. The
	// error also is an [ErrExchange] if the endpoint has said so: ask for ErrReuse first.
	//
	//sentence:none told as ErrExchange, or by the session as its own end
	ErrReuse = errors.New("refresh token no longer accepted")
	// ErrDiscovery is returned when the issuer's metadata are missing or not acceptable.
	ErrDiscovery = errors.New("issuer metadata not accepted")
)

// Why an ID token is not accepted. All are an [ErrIDToken].
var (
	// ErrIDToken is returned when a token is too long, not a JWT, or says something that
	// an ID token must not say.
	ErrIDToken = errors.New("ID token not accepted")
	// ErrAlgorithm is returned when it is not signed with RS256: the application is set to
	// another algorithm, or somebody has forged the token.
	ErrAlgorithm = fmt.Errorf("%w: algorithm", ErrIDToken)
	// ErrSignature is returned when its signature is wrong or the issuer's key cannot be
	// had.
	ErrSignature = fmt.Errorf("%w: signature", ErrIDToken)
	// ErrIssuer is returned when another issuer made it.
	ErrIssuer = fmt.Errorf("%w: issuer", ErrIDToken)
	// ErrAudience is returned when it was made for another client.
	ErrAudience = fmt.Errorf("%w: audience", ErrIDToken)
	// ErrTime is returned when its times are missing or contradict each other, or are more
	// than a day away from the device's. Mostly the device's clock is wrong then.
	ErrTime = fmt.Errorf("%w: time", ErrIDToken)
	// ErrNonce is returned when it answers another request.
	ErrNonce = fmt.Errorf("%w: nonce", ErrIDToken)
	// ErrAuthTime is returned when the person did not prove who they are as recently as
	// the request asked for.
	ErrAuthTime = fmt.Errorf("%w: time of authentication", ErrIDToken)
	// ErrNoAuthTime is returned when the token does not say when the person did.
	ErrNoAuthTime = fmt.Errorf("%w: no time of authentication", ErrIDToken)
	// ErrSessionEnded is returned when it is of a login whose session has ended already; see
	// [Claims].
	ErrSessionEnded = fmt.Errorf("%w: its session has ended", ErrIDToken)
)

const maxDescription = 300 // characters

// AuthorizationError is an error answer of the authorization endpoint (RFC
// 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6).
type AuthorizationError struct {
	// Code is the error's code; inert text of at most 64 characters.
	Code string
	// Description is inert text of at most 300 characters: the tenant's own words, of an
	// answer that belongs to a transaction.
	Description string
}

// Error returns the refusal's text, the code and the description.
func (e *AuthorizationError) Error() string {
	return described(e.Unwrap().Error(), e.Code, e.Description)
}

// Unwrap returns the [Refusal], or [ErrAuthorization].
func (e *AuthorizationError) Unwrap() error {
	if refusal := refusalOf(e.Code, e.Description); refusal != "" {
		return refusal
	}
	return ErrAuthorization
}

// TokenError is a refusal of the token endpoint (RFC 6749 section 5.2).
type TokenError struct {
	// Status is the HTTP status code.
	Status int
	// Code is the error's code, "" if the body was not what the RFC says.
	Code string
	// Description is inert text of at most 300 characters, without the secrets that were
	// sent.
	Description string
}

// Error returns the text of [ErrExchange], the status, the code and the description.
func (e *TokenError) Error() string {
	return described(fmt.Sprintf("%v with status %d", ErrExchange, e.Status), e.Code, e.Description)
}

// Unwrap returns [ErrExchange], and the [Refusal] where it is known.
func (e *TokenError) Unwrap() []error {
	refusal := refusalOf(e.Code, e.Description)
	switch {
	case e.Status == 401 && e.Code == "access_denied":
		refusal = ErrSetup // Auth0's answer to an application that has to authenticate
	case refusal != "":
	case e.Status == 429:
		refusal = ErrBusy
	case e.Status >= 500:
		refusal = ErrUnavailable
	default:
		return []error{ErrExchange}
	}
	return []error{ErrExchange, refusal}
}

// WordsOf returns what the tenant itself says about an error: the description of an
// [AuthorizationError] or of a [TokenError], "" for any other error. An answer that belongs
// to no transaction is neither, so that nobody else's words are returned.
func WordsOf(err error) string {
	var answer *AuthorizationError
	if errors.As(err, &answer) {
		return answer.Description
	}
	var refused *TokenError
	if errors.As(err, &refused) {
		return refused.Description
	}
	return ""
}

func described(what, code, description string) string {
	for _, more := range []string{code, description} {
		if more != "" {
			what += ": " + more
		}
	}
	return what
}

// describe makes a description from outside safe to show. A server may repeat what it was
// sent: secrets are taken out.
func describe(text string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, secret.Redacted)
		}
	}
	return inert.Text(text, maxDescription)
}
