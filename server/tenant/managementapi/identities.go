package managementapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/reply"
)

// The documented failures of linking and unlinking.
// https://auth0.com/docs/api/management/v2/users/post-identities
var (
	errLinkToken  = badRequest("Invalid token (link_with).")
	errLinkAlg    = badRequest("JWT (link_with) must have an alg of RS256.")
	errLinkIssuer = badRequest("JWT (link_with) must have the same issuer as the calling user.")
	errLinkNoSub  = badRequest("JWT (link_with) must contains sub claim.")
	errLinkSub    = badRequest("JWT (link_with) contains an invalid sub claim.")
	errLinkAud    = badRequest("JWT (link_with) contains an invalid aud claim.")
	errLinkAzp    = badRequest("JWT (link_with) must have an aud claim " +
		"that matches that of the calling token's azp.")
	errLinkSame         = badRequest("Main identity and the new one are the same.")
	errLinkNoConnection = apiError{Status: http.StatusBadRequest, Message: "The provider/connection is not configured.",
		Code: "inexistent_connection"}
	errLinkConnectionless = badRequest("Linking to an inexistent identity requires a connection.")
	errLinkInexistent     = badRequest("Linking to an inexistent identity is not allowed.")
	errLinkNotFound       = badRequest("Provided secondary account not found.")
	errLinkUnable         = badRequest("Unable to link with the secondary account.")
	errLinkExists         = apiError{Status: http.StatusConflict, Message: "Specified identity already exists."}
	errUnlinkMain         = badRequest("Main identity cannot be removed.")
)

func (a *API) linkIdentity(w http.ResponseWriter, r *http.Request) {
	secondary, err := a.secondary(r)
	if err != nil {
		a.fail(w, err)
		return
	}
	u, err := a.Users.Link(r.PathValue("id"), secondary)
	if err != nil {
		a.fail(w, linkFailure(err))
		return
	}
	a.Grants.RevokeSubject(secondary)
	reply.JSON(w, http.StatusCreated, u.RepresentIdentities())
}

func linkFailure(err error) error {
	for _, known := range []struct {
		is error
		as apiError
	}{
		{directory.ErrNoUser, errInexistentUser},
		{directory.ErrSameIdentity, errLinkSame},
		{directory.ErrAlreadyLinked, errLinkExists},
		{directory.ErrNoSecondary, errLinkNotFound},
		{directory.ErrHasLinked, errLinkUnable},
		{directory.ErrTooLarge, errOversized},
	} {
		if errors.Is(err, known.is) {
			return known.as
		}
	}
	return err
}

// A linkBody names the second account: by its ID token, or, for a machine only, by its
// identity.
type linkBody struct {
	LinkWith     string
	Provider     string
	UserID       string
	ConnectionID string
}

// secondary reads the body and returns the second account's user_id.
func (a *API) secondary(r *http.Request) (string, error) {
	body, err := readLinkBody(r)
	if err != nil {
		return "", err
	}
	if body.LinkWith != "" {
		return a.tokenSubject(r.Context(), body.LinkWith, callerOf(r).client)
	}
	// To name the second account without proof takes update:users, which no browser
	// gets.
	if !callerOf(r).may("update:users") {
		return "", insufficientScope("update:users")
	}
	return a.namedSubject(body)
}

func readLinkBody(r *http.Request) (linkBody, error) {
	fields, err := readObject(r)
	if err != nil {
		return linkBody{}, err
	}
	var body linkBody
	members := map[string]*string{"link_with": &body.LinkWith, "provider": &body.Provider, "user_id": &body.UserID,
		"connection_id": &body.ConnectionID}
	for name, raw := range fields {
		var number json.Number
		switch to, known := members[name]; {
		case known && json.Unmarshal(raw, to) == nil && *to != "":
		case name == "user_id" && json.Unmarshal(raw, &number) == nil: // some providers count
			body.UserID = number.String()
		default:
			return linkBody{}, errInvalidBody
		}
	}
	byToken := body.LinkWith != "" && len(fields) == 1
	byName := body.LinkWith == "" && body.Provider != "" && body.UserID != ""
	if !byToken && !byName {
		return linkBody{}, errInvalidBody
	}
	return body, nil
}

// namedSubject returns the user_id of the identity that a machine names. Its id may have
// the prefix, unless with it it is the id of another.
func (a *API) namedSubject(body linkBody) (string, error) {
	configured := slices.ContainsFunc(a.Users.Connections(), func(c connection.Connection) bool {
		return c.Strategy == body.Provider && (body.ConnectionID == "" || body.ConnectionID == c.ID())
	})
	if !configured {
		return "", errLinkNoConnection
	}
	owner, n := a.Users.OwnerOf(body.Provider, body.UserID)
	if owner == nil { // no id of the provider has this prefix
		owner, n = a.Users.OwnerOf(body.Provider, strings.TrimPrefix(body.UserID, body.Provider+"|"))
	}
	switch {
	case owner != nil && n > 0:
		return "", errLinkExists // linked, here or elsewhere
	case owner != nil:
		return owner.ID(), nil
	case body.ConnectionID == "":
		return "", errLinkConnectionless
	}
	return "", errLinkInexistent
}

// tokenSubject verifies the second account's ID token, which must be for the client, and
// returns its user_id.
func (a *API) tokenSubject(ctx context.Context, token, client string) (string, error) {
	claims := jwt.MapClaims{}
	unverified, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil {
		return "", errLinkToken
	}
	if unverified.Method.Alg() != "RS256" {
		return "", errLinkAlg
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(a.Now))
	if _, err := parser.ParseWithClaims(token, claims, a.Keys.VerificationKey); err != nil {
		return "", errLinkToken
	}
	if claims["iss"] != op.IssuerFromContext(ctx) {
		return "", errLinkIssuer
	}
	if _, ok := claims["sub"]; !ok {
		return "", errLinkNoSub
	}
	subject, ok := claims["sub"].(string)
	if provider, id, cut := strings.Cut(subject, "|"); !ok || !cut || provider == "" || id == "" {
		return "", errLinkSub
	}
	audience, ok := claims["aud"].(string)
	if !ok || !a.Grants.HasClient(audience) {
		return "", errLinkAud
	}
	if audience != client {
		return "", errLinkAzp
	}
	return subject, nil
}

// unlinkIdentity has Auth0's trap: an id that names no identity of the user, such as a
// prefixed one, is answered with 200 and the unchanged list.
func (a *API) unlinkIdentity(w http.ResponseWriter, r *http.Request) {
	u, err := a.Users.Unlink(r.PathValue("id"), r.PathValue("provider"), r.PathValue("user_id"))
	switch {
	case errors.Is(err, directory.ErrNoUser):
		err = errInexistentUser
	case errors.Is(err, directory.ErrMainIdentity):
		err = errUnlinkMain
	}
	if err != nil {
		a.fail(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, u.RepresentIdentities())
}
