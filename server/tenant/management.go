package tenant

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/leftout"
	"twinlock/server/tenant/reply"
)

// management serves what linking needs of the Management API v2.
func (t *Tenant) management() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /api/v2/users/{id}", t.own(t.getUser, "read:users", "read:current_user", "read:user_idp_tokens"))
	mux.Handle("PATCH /api/v2/users/{id}", t.own(t.patchUser, "update:users", "update:users_app_metadata",
		"update:current_user_metadata", "create:current_user_metadata", "delete:current_user_metadata"))
	mux.Handle("POST /api/v2/users/{id}/identities", t.own(t.linkIdentity, "update:users", "update:current_user_identities"))
	mux.Handle("DELETE /api/v2/users/{id}/identities/{provider}/{user_id}",
		t.own(t.unlinkIdentity, "update:users", "update:current_user_identities"))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { writeError(w, errNoEndpoint) })
	return t.bucket.limited(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Add("Vary", "Accept-Encoding")
		mux.ServeHTTP(w, r)
	}))
}

// An apiError is the body of every failed Management call.
type apiError struct {
	Status     int
	Message    string
	Code       string // errorCode, if the vendor has one
	attributes bool   // repeats the message, as the vendor does for bad tokens
}

func (e apiError) Error() string { return e.Message }

// MarshalJSON writes the vendor's form.
func (e apiError) MarshalJSON() ([]byte, error) {
	body := struct {
		StatusCode int               `json:"statusCode"`
		Error      string            `json:"error"`
		Message    string            `json:"message"`
		Attributes map[string]string `json:"attributes,omitempty"`
		ErrorCode  string            `json:"errorCode,omitempty"`
	}{StatusCode: e.Status, Error: http.StatusText(e.Status), Message: e.Message, ErrorCode: e.Code}
	if e.attributes {
		body.Attributes = map[string]string{"error": e.Message}
	}
	return json.Marshal(body)
}

func writeError(w http.ResponseWriter, err apiError) { reply.JSON(w, err.Status, err) }

// fail answers with the error: the API's own, or 500 for one it does not know.
func (t *Tenant) fail(w http.ResponseWriter, err error) {
	var known apiError
	if !errors.As(err, &known) {
		t.log.Error("management API", "error", err)
		known = apiError{Status: http.StatusInternalServerError, Message: "Internal error"}
	}
	writeError(w, known)
}

func unauthorized(message string) apiError {
	return apiError{http.StatusUnauthorized, message, "", true}
}

func insufficientScope(scopes ...string) apiError {
	return apiError{Status: http.StatusForbidden, Code: "insufficient_scope",
		Message: "Insufficient scope, expected any of: " + strings.Join(scopes, ",")}
}

var (
	errNoEndpoint            = apiError{Status: http.StatusNotFound, Message: "Not Found. " + leftout.Text, Code: "unsupported_endpoint"}
	errMissingAuthentication = apiError{Status: http.StatusUnauthorized, Message: "Missing authentication"}
	errAuthenticationFormat  = apiError{Status: http.StatusBadRequest, Message: "Bad HTTP authentication header format", Code: "Bearer"}
	errForeignUser           = apiError{Status: http.StatusForbidden, Message: "User to be acted on does not match subject in bearer token.", Code: "unowned_resource"}
	errInexistentUser        = apiError{Status: http.StatusNotFound, Message: "The user does not exist.", Code: "inexistent_user"}
	errTooLarge              = apiError{Status: http.StatusRequestEntityTooLarge, Message: "Payload content length greater than maximum allowed: " + strconv.Itoa(maxBody)}
	errInvalidBody           = apiError{Status: http.StatusBadRequest, Message: "Invalid request body", Code: "invalid_body"}
)

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

// may tells whether the token has one of the scopes.
func (c caller) may(scopes ...string) bool {
	return slices.ContainsFunc(c.scopes, func(s string) bool { return slices.Contains(scopes, s) })
}

// own lets a call through whose token is valid and has one of the scopes. If it
// is only one of a person's, the user in the path must be that person.
func (t *Tenant) own(handle http.HandlerFunc, scopes ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := t.authenticateCaller(r)
		if err != nil {
			t.fail(w, err)
			return
		}
		if !c.may(scopes...) {
			t.fail(w, insufficientScope(scopes...))
			return
		}
		everyones := slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return !slices.Contains(machineScopes, s) })
		if r.PathValue("id") != c.subject && !c.may(everyones...) {
			t.fail(w, errForeignUser)
			return
		}
		handle(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, c)))
	})
}

// accessClaims are those of an access token. The vendor's aud is a string or a list.
type accessClaims struct {
	jwt.RegisteredClaims
	AuthorizedParty string `json:"azp"`
	Scope           string `json:"scope"`
}

func (t *Tenant) authenticateCaller(r *http.Request) (caller, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return caller{}, errMissingAuthentication
	}
	token, ok := strings.CutPrefix(header, oidc.PrefixBearer)
	if !ok || token == "" || strings.ContainsAny(token, " ,") {
		return caller{}, errAuthenticationFormat
	}
	var claims accessClaims
	if _, err := t.parseToken(r.Context(), token, &claims); err != nil {
		return caller{}, err
	}
	if !slices.Contains(claims.Audience, t.issuer.ManagementAPI()) {
		return caller{}, unauthorized("Bad audience: " + strings.Join(claims.Audience, ","))
	}
	return caller{claims.Subject, claims.AuthorizedParty, strings.Fields(claims.Scope)}, nil
}

// parseToken verifies signature, expiry and issuer of a token of this tenant.
func (t *Tenant) parseToken(ctx context.Context, token string, claims jwt.Claims) (*jwt.Token, error) {
	parsed, err := jwt.ParseWithClaims(token, claims, t.keys.VerificationKey,
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(op.IssuerFromContext(ctx)), jwt.WithExpirationRequired(), jwt.WithTimeFunc(t.now))
	switch {
	case err == nil:
		return parsed, nil
	case errors.Is(err, jwt.ErrTokenExpired):
		return nil, unauthorized("Expired token received for JSON Web Token validation")
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return nil, unauthorized("Invalid signature received for JSON Web Token validation")
	default:
		return nil, unauthorized("Invalid token")
	}
}

// readObject reads the body as a JSON object.
func readObject(r *http.Request) (map[string]json.RawMessage, error) {
	body, err := io.ReadAll(r.Body)
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimSpace(body), &fields); err != nil || fields == nil {
		return nil, errInvalidBody
	}
	return fields, nil
}

func (t *Tenant) getUser(w http.ResponseWriter, r *http.Request) {
	u := t.directory.Get(r.PathValue("id"))
	if u == nil {
		t.fail(w, errInexistentUser)
		return
	}
	body, err := selectFields(u.Represent(), r)
	if err != nil {
		t.fail(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, body)
}

// selectFields applies the query parameters fields and include_fields.
func selectFields(body any, r *http.Request) (any, error) {
	query := r.URL.Query()
	include := true
	if query.Has("include_fields") {
		var err error
		if include, err = strconv.ParseBool(query.Get("include_fields")); err != nil {
			return nil, apiError{Status: http.StatusBadRequest, Code: "invalid_query_string",
				Message: "Query validation error: 'Expected type boolean but found type string' on property include_fields."}
		}
	}
	if query.Get("fields") == "" {
		return body, nil
	}
	whole, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(whole, &fields); err != nil {
		return nil, err
	}
	asked := strings.Split(query.Get("fields"), ",")
	for name := range fields {
		if slices.Contains(asked, name) != include {
			delete(fields, name)
		}
	}
	return fields, nil
}
