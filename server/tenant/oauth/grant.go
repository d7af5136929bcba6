package oauth

import (
	"fmt"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/action"
	"twinlock/server/tenant/organization"
)

// A grant is what a client was given on behalf of a user.
type grant struct {
	issuer   string
	clientID string
	subject  string
	session  string // the sid claim
	audience []string
	scopes   []string
	authTime time.Time
	request  string // the id of the authorization request
	timed    bool   // the ID token says authTime: the request had max_age, or prompt=login

	organization organization.Organization
	factor       bool // a second one was checked for the request

	refreshed    bool      // by a refresh token
	frontChannel bool      // answered by the authorization endpoint: implicit
	until        time.Time // of an access token
}

// A refreshToken belongs to a family, which ends when one of it is used twice
// (RFC 9700, section 4.14.2).
type refreshToken struct {
	grant
	family string
	until  time.Time // the end of the family, however often it is used
	usedAt time.Time // zero: not yet
}

// refreshRequest is a refreshToken as an op.RefreshTokenRequest.
type refreshRequest struct{ refreshToken }

func (r *refreshRequest) GetAMR() []string                { return nil }
func (r *refreshRequest) GetAudience() []string           { return r.audience }
func (r *refreshRequest) GetAuthTime() time.Time          { return r.authTime }
func (r *refreshRequest) GetClientID() string             { return r.clientID }
func (r *refreshRequest) GetScopes() []string             { return r.scopes }
func (r *refreshRequest) GetSubject() string              { return r.subject }
func (r *refreshRequest) SetCurrentScopes(scope []string) { r.scopes = scope }

func grantOf(request op.TokenRequest) (grant, error) {
	switch r := request.(type) {
	case *Request:
		return r.grant(), nil
	case *refreshRequest:
		g := r.grant
		g.refreshed = true
		return g, nil
	}
	return grant{}, fmt.Errorf("no grant for a %T", request)
}

// protocol is how the client has asked.
func (g grant) protocol() action.Protocol {
	switch {
	case g.refreshed:
		return action.RefreshToken
	case g.frontChannel:
		return action.Implicit
	}
	return action.Code
}
