// Package managementapi is what linking accounts needs of Auth0's Management API v2:
// an [API] reads, changes, links and unlinks users, within a [RateLimit]. Auth0's traps
// are part of it: unlinking with a prefixed id answers 200 and removes nothing, linking
// discards the second account's metadata.
// https://auth0.com/docs/api/management/v2
package managementapi

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/keyring"
	"twinlock/server/tenant/leftout"
	"twinlock/server/tenant/reply"
)

// Grants are what clients were given on behalf of users.
type Grants interface {
	// HasClient reports whether there is a client of that id.
	HasClient(id string) bool
	// RevokeSubject ends the grants of a user that has been removed or blocked.
	RevokeSubject(userID string)
	// RevokeRefreshTokens ends the user's refresh tokens.
	RevokeRefreshTokens(userID string)
}

// Sessions are the browsers that are signed in.
type Sessions interface {
	// EndAll signs the identity out of every browser.
	EndAll(identity string)
}

// Config of an API. All of it must be given, but RateLimit.
type Config struct {
	Issuer issuer.Issuer
	Users  *directory.Directory
	// Keys verify the tokens of callers.
	Keys   *keyring.Ring
	Grants Grants
	// Sessions are those of the tenant's users.
	Sessions Sessions
	// MachineScopes are those with which a caller reaches every user.
	MachineScopes []string
	// RateLimit is zero for a generous one.
	RateLimit RateLimit
	Log       *slog.Logger
	// Now is the clock.
	Now func() time.Time
}

// An API serves the calls.
type API struct {
	Config
	bucket *bucket
}

// New returns an API with a full bucket.
func New(c Config) *API { return &API{c, newBucket(c.RateLimit, c.Now)} }

// Clear makes the bucket full again.
func (a *API) Clear() { a.bucket.refill() }

// Handler serves the paths below /api/v2/.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /api/v2/users/{id}", a.own(a.getUser, "read:users", "read:current_user", "read:user_idp_tokens"))
	mux.Handle("PATCH /api/v2/users/{id}", a.own(a.patchUser, userMetadata...))
	mux.Handle("POST /api/v2/users/{id}/identities",
		a.own(a.linkIdentity, "update:users", "update:current_user_identities"))
	mux.Handle("DELETE /api/v2/users/{id}/identities/{provider}/{user_id}",
		a.own(a.unlinkIdentity, "update:users", "update:current_user_identities"))
	mux.Handle("GET /api/v2/users-by-email", a.own(a.usersByEmail, "read:users"))
	mux.Handle("DELETE /api/v2/users/{id}/sessions", a.own(a.endSessions, "delete:sessions"))
	mux.Handle("DELETE /api/v2/users/{id}/refresh-tokens", a.own(a.revokeRefreshTokens, "delete:refresh_tokens"))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { writeError(w, errNoEndpoint) })
	return a.bucket.limited(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Add("Vary", "Accept-Encoding")
		mux.ServeHTTP(w, r)
	}))
}

// An apiError is the body of every failed call.
type apiError struct {
	Status     int
	Message    string
	Code       string // errorCode, if Auth0 has one
	attributes bool   // repeats the message, as Auth0 does for bad tokens
}

func (e apiError) Error() string { return e.Message }

// MarshalJSON writes Auth0's form.
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

// fail answers with the error: the API's own, or 500 for one that it does not know.
func (a *API) fail(w http.ResponseWriter, err error) {
	var known apiError
	if !errors.As(err, &known) {
		a.Log.Error("management API", "error", err)
		known = apiError{Status: http.StatusInternalServerError, Message: "Internal error"}
	}
	writeError(w, known)
}

func badRequest(message string) apiError {
	return apiError{Status: http.StatusBadRequest, Message: message}
}

var (
	errNoEndpoint = apiError{Status: http.StatusNotFound, Message: "Not Found. " + leftout.Text,
		Code: "unsupported_endpoint"}
	errInexistentUser = apiError{Status: http.StatusNotFound, Message: "The user does not exist.", Code: "inexistent_user"}
	// That such writes fail is documented, status and words are a guess:
	// https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations/migrate-oversized-user-profiles
	errOversized   = apiError{Status: http.StatusBadRequest, Message: "The user profile is too large.", Code: "operation_not_supported"}
	errInvalidBody = apiError{Status: http.StatusBadRequest, Message: "Invalid request body", Code: "invalid_body"}
)

func (a *API) getUser(w http.ResponseWriter, r *http.Request) {
	u := a.Users.Get(r.PathValue("id"))
	if u == nil {
		a.fail(w, errInexistentUser)
		return
	}
	body, err := selectFields(u.Represent(), r)
	if err != nil {
		a.fail(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, body)
}

// userFields are the attributes of a user, also of those who have not all of them.
// https://auth0.com/docs/api/management/v2/users/get-users-by-id
var userFields = []string{"app_metadata", "blocked", "created_at", "email", "email_verified", "family_name", "given_name",
	"identities", "last_ip", "last_login", "last_password_reset", "logins_count", "multifactor", "name", "nickname",
	"phone_number", "phone_verified", "picture", "updated_at", "user_id", "user_metadata", "username"}

// checkFields refuses names that are no attributes: to leave one out in silence would hide
// a misspelt name. The text was reported of another call, in the tests of auth0-java:
// https://github.com/auth0/auth0-java
func checkFields(given string, asked []string, held map[string]json.RawMessage) error {
	for _, name := range asked {
		if _, has := held[name]; !has && !slices.Contains(userFields, name) {
			return apiError{Status: http.StatusBadRequest, Code: "invalid_query_string",
				Message: "Query validation error: 'String '" + given + "' does not match pattern. Must be a comma separated list " +
					"of the following values: " + strings.Join(userFields, ",") + ".' on property fields."}
		}
	}
	return nil
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
	if err := checkFields(query.Get("fields"), asked, fields); err != nil {
		return nil, err
	}
	for name := range fields {
		if slices.Contains(asked, name) != include {
			delete(fields, name)
		}
	}
	return fields, nil
}
