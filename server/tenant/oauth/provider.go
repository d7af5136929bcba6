// Package oauth is the protocol of a tenant: a [Provider] issues the tokens of its
// [Client] applications. It stands on zitadel/oidc's certified provider and gives it
// Auth0's claims, error bodies and scopes. An authorization request is a [Request]; the
// endpoint that answers it is package authorize.
package oauth

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/action"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/keyring"
	"twinlock/server/tenant/organization"
)

// Config of a Provider. What has no default must be given.
type Config struct {
	Issuer  issuer.Issuer
	Clients []Client
	Users   *directory.Directory
	Keys    *keyring.Ring
	// UserAccess is to the Management API. Empty: AllowAll.
	UserAccess UserAccess
	// Organizations are those of the tenant, with their defaults.
	Organizations organization.List
	// OrganizationNames lets requests name one, and puts the name into tokens.
	OrganizationNames bool
	// PostLogin returns further claims of an ID token. Nil: there are none.
	PostLogin func(action.Login) (map[string]any, error)
	// Now is the clock.
	Now func() time.Time
}

// A Provider issues tokens and remembers what it has issued. It may be used by several
// goroutines at the same time.
type Provider struct {
	config  Config
	storage *storage
	op      *op.Provider
}

// endpoints are at Auth0's paths.
var endpoints = op.Endpoints{
	Authorization: op.NewEndpoint("authorize"),
	Token:         op.NewEndpoint("oauth/token"),
	Userinfo:      op.NewEndpoint("userinfo"),
	Revocation:    op.NewEndpoint("oauth/revoke"),
	EndSession:    op.NewEndpoint("oidc/logout"),
	JwksURI:       op.NewEndpoint(".well-known/jwks.json"),
}

// New sets a provider up. It returns an error if zitadel/oidc refuses the issuer.
func New(c Config) (*Provider, error) {
	config := &op.Config{
		CodeMethodS256:        true,
		GrantTypeRefreshToken: true,
		SupportedScopes:       slices.Concat(identityScopes, personScopes),
		SupportedClaims: []string{"aud", "auth_time", "email", "email_verified", "exp", "family_name",
			"given_name", "iat", "iss", "name", "nickname", "picture", "sub"},
	}
	rand.Read(config.CryptoKey[:]) // never fails
	options := []op.Option{op.WithCORSOptions(nil), op.WithCrypto(op.NewAES256GCMCrypto(config.CryptoKey, ""))}
	if c.Issuer.Insecure() {
		options = append(options, op.WithAllowInsecure())
	}
	p := &Provider{config: c, storage: newStorage(c)}
	var err error
	if p.op, err = op.NewProvider(config, p.storage, p.issuers, options...); err != nil {
		return nil, fmt.Errorf("set up the OpenID provider: %w", err)
	}
	return p, nil
}

// issuers tells the provider the issuer of each request.
func (p *Provider) issuers(insecure bool) (op.IssuerFromRequest, error) {
	return p.config.Issuer.Of, op.ValidateIssuer(p.config.Issuer.URL(), insecure)
}

// Handler serves the token, revocation, userinfo, key and discovery endpoints.
func (p *Provider) Handler() http.Handler {
	served := endpoints
	served.Authorization, served.EndSession = nil, nil
	server := &opServer{LegacyServer: op.NewLegacyServer(p.op, endpoints), provider: p}
	handler := op.RegisterServer(server, served,
		op.WithServerCORSOptions(nil), // package tenant does it
		op.WithHTTPMiddleware(op.NewIssuerInterceptor(p.op.IssuerFromRequest).Handler),
	)
	return challenged(formFromJSON(namesLeftOut(server.refuseOtherGrants(handler))))
}

// Client returns the client of that id, false if there is none.
func (p *Provider) Client(id string) (Client, bool) {
	c, ok := p.storage.clients[id]
	return c, ok
}

// HasClient reports whether there is a client of that id.
func (p *Provider) HasClient(id string) bool {
	_, ok := p.Client(id)
	return ok
}

// Pending returns the authorization request of that id for which nobody has signed in
// yet, false if there is none.
func (p *Provider) Pending(id string) (*Request, bool) {
	r, ok := p.storage.requests.Get(id)
	return &r, ok && !r.Done()
}

// Save remembers the request under its id.
func (p *Provider) Save(request *Request) { p.storage.requests.Put(request.ID, *request) }

// SetConnection sets the connection of a request that is saved.
func (p *Provider) SetConnection(id, name string) {
	p.storage.requests.Update(id, func(r *Request) { r.Connection = name })
}

// Discard forgets the request and returns whether it was saved: only one of two callers
// gets true.
func (p *Provider) Discard(id string) bool {
	_, ok := p.storage.requests.Pop(id)
	return ok
}

// Code saves the request and returns an authorization code for it.
func (p *Provider) Code(ctx context.Context, request *Request) (string, error) {
	p.Save(request)
	return op.CreateAuthRequestCode(ctx, request, p.storage, p.op.Crypto())
}

// RevokeSubject ends the grants of a user that has been removed or blocked.
func (p *Provider) RevokeSubject(id string) { p.storage.revokeSubject(id) }

// RevokeRefreshTokens ends the user's refresh tokens; access tokens stay valid.
func (p *Provider) RevokeRefreshTokens(id string) {
	p.storage.refresh.DeleteFunc(func(r refreshToken) bool { return r.subject == id })
}

// Clear forgets every request and token.
func (p *Provider) Clear() { p.storage.clear() }

// opServer is the provider's server with Auth0's error bodies and claims.
type opServer struct {
	*op.LegacyServer
	provider  *Provider
	exchanges sync.Mutex
}

// Discovery implements op.Server: only what this tenant does.
func (s *opServer) Discovery(ctx context.Context, r *op.Request[struct{}]) (*op.Response, error) {
	answer, err := s.LegacyServer.Discovery(ctx, r)
	if err != nil {
		return nil, err
	}
	d, ok := answer.Data.(*oidc.DiscoveryConfiguration)
	if !ok {
		return nil, fmt.Errorf("discovery: unexpected %T", answer.Data)
	}
	d.ResponseTypesSupported, d.GrantTypesSupported, d.TokenEndpointAuthMethodsSupported = s.provider.storage.abilities()
	d.ResponseModesSupported = []string{string(ModeQuery), string(ModeFragment), string(ModeFormPost)}
	d.RevocationEndpointAuthMethodsSupported = d.TokenEndpointAuthMethodsSupported
	d.RevocationEndpointAuthSigningAlgValuesSupported = nil
	d.IntrospectionEndpointAuthMethodsSupported = nil
	d.IntrospectionEndpointAuthSigningAlgValuesSupported = nil
	return answer, nil
}

// abilities returns those of all clients together.
func (s *storage) abilities() (types []string, grants []oidc.GrantType, methods []oidc.AuthMethod) {
	for _, c := range s.clients {
		for _, t := range (opClient{c}).ResponseTypes() {
			types = append(types, string(t))
		}
		grants = append(grants, opClient{c}.GrantTypes()...)
		methods = append(methods, oidc.AuthMethodNone)
		if c.Secret != "" {
			methods = append(methods, oidc.AuthMethodBasic, oidc.AuthMethodPost)
		}
	}
	return distinct(types), distinct(grants), distinct(methods)
}

func distinct[T cmp.Ordered](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}
