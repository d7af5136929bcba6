package managementapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

var (
	errMissingAuthentication = apiError{Status: http.StatusUnauthorized, Message: "Missing authentication"}
	errAuthenticationFormat  = apiError{Status: http.StatusBadRequest, Message: "Bad HTTP authentication header format",
		Code: "Bearer"}
	errForeignUser = apiError{Status: http.StatusForbidden,
		Message: "User to be acted on does not match subject in bearer token.", Code: "unowned_resource"}
)

func unauthorized(message string) apiError {
	return apiError{http.StatusUnauthorized, message, "", true}
}

func insufficientScope(scopes ...string) apiError {
	return apiError{Status: http.StatusForbidden, Code: "insufficient_scope",
		Message: "Insufficient scope, expected any of: " + strings.Join(scopes, ",")}
}

// A caller is who the bearer token says.
type caller struct {
	subject string
	client  string // azp
	scopes  []string
}

type callerKey struct{}

func callerOf(r *http.Request) caller {
	c, _ := r.Context().Value(callerKey{}).(caller)
	return c
}

// may reports whether the token has one of the scopes.
func (c caller) may(scopes ...string) bool {
	return slices.ContainsFunc(c.scopes, func(s string) bool { return slices.Contains(scopes, s) })
}

// own lets a call through whose token is valid and has one of the scopes. If it is only
// one of a person's, the user in the path must be that person.
func (a *API) own(handle http.HandlerFunc, scopes ...string) http.Handler {
	everyones := slices.DeleteFunc(slices.Clone(scopes),
		func(s string) bool { return !slices.Contains(a.MachineScopes, s) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := a.authenticate(r)
		if err == nil && !c.may(scopes...) {
			err = insufficientScope(scopes...)
		}
		if err == nil && r.PathValue("id") != c.subject && !c.may(everyones...) {
			err = errForeignUser
		}
		if err != nil {
			a.fail(w, err)
			return
		}
		handle(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	})
}

// accessClaims are those of an access token. Auth0's aud is a string or a list.
type accessClaims struct {
	jwt.RegisteredClaims
	AuthorizedParty string `json:"azp"`
	Scope           string `json:"scope"`
}

func (a *API) authenticate(r *http.Request) (caller, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return caller{}, errMissingAuthentication
	}
	scheme, token, ok := strings.Cut(header, " ")
	// The name of a scheme is the same in any case: RFC 9110, section 11.1.
	if !ok || !strings.EqualFold(scheme, oidc.BearerToken) || token == "" || strings.ContainsAny(token, " ,") {
		return caller{}, errAuthenticationFormat
	}
	var claims accessClaims
	if err := a.verify(r.Context(), token, &claims); err != nil {
		return caller{}, err
	}
	if !slices.Contains(claims.Audience, a.Issuer.ManagementAPI()) {
		return caller{}, unauthorized("Bad audience: " + strings.Join(claims.Audience, ","))
	}
	return caller{claims.Subject, claims.AuthorizedParty, strings.Fields(claims.Scope)}, nil
}

// verify checks signature, expiry and issuer of a token of this tenant and reads its
// claims.
func (a *API) verify(ctx context.Context, token string, claims jwt.Claims) error {
	_, err := jwt.ParseWithClaims(token, claims, a.Keys.VerificationKey, jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer(op.IssuerFromContext(ctx)), jwt.WithExpirationRequired(), jwt.WithTimeFunc(a.Now))
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jwt.ErrTokenExpired):
		return unauthorized("Expired token received for JSON Web Token validation")
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return unauthorized("Invalid signature received for JSON Web Token validation")
	default:
		return unauthorized("Invalid token")
	}
}
