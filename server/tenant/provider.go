package tenant

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/decode"
)

// endpoints are at the vendor's paths. All but the authorization endpoint
// (authorize.go) and the end of a session (logout.go) are served by the provider.
var endpoints = op.Endpoints{
	Authorization: op.NewEndpoint("authorize"),
	Token:         op.NewEndpoint("oauth/token"),
	Userinfo:      op.NewEndpoint("userinfo"),
	Revocation:    op.NewEndpoint("oauth/revoke"),
	EndSession:    op.NewEndpoint("oidc/logout"),
	JwksURI:       op.NewEndpoint(".well-known/jwks.json"),
}

// newProvider sets up the provider and the handler of its endpoints.
func (t *Tenant) newProvider() (http.Handler, error) {
	config := &op.Config{
		CodeMethodS256:        true,
		GrantTypeRefreshToken: true,
		SupportedScopes:       slices.Concat(identityScopes, managementScopes),
		SupportedClaims: []string{"aud", "auth_time", "email", "email_verified", "exp", "family_name",
			"given_name", "iat", "iss", "name", "nickname", "picture", "sub"},
	}
	rand.Read(config.CryptoKey[:]) // never fails
	options := []op.Option{op.WithCORSOptions(nil), op.WithCrypto(op.NewAES256GCMCrypto(config.CryptoKey, ""))}
	if t.issuer.Insecure() {
		options = append(options, op.WithAllowInsecure())
	}
	provider, err := op.NewProvider(config, t.storage, t.issuers, options...)
	if err != nil {
		return nil, fmt.Errorf("set up the OpenID provider: %w", err)
	}
	t.provider = provider
	served := endpoints
	served.Authorization, served.EndSession = nil, nil
	handler := op.RegisterServer(
		&server{LegacyServer: op.NewLegacyServer(provider, endpoints), tenant: t}, served,
		op.WithServerCORSOptions(nil), // cors.go does it
		op.WithHTTPMiddleware(op.NewIssuerInterceptor(provider.IssuerFromRequest).Handler),
	)
	return formFromJSON(handler), nil
}

// issuers tells the provider the issuer of each request.
func (t *Tenant) issuers(insecure bool) (op.IssuerFromRequest, error) {
	return t.issuer.Of, op.ValidateIssuer(t.issuer.URL(), insecure)
}

// Discovery implements op.Server: only what this tenant does.
func (s *server) Discovery(ctx context.Context, r *op.Request[struct{}]) (*op.Response, error) {
	answer, err := s.LegacyServer.Discovery(ctx, r)
	if err != nil {
		return nil, err
	}
	d, ok := answer.Data.(*oidc.DiscoveryConfiguration)
	if !ok {
		return nil, fmt.Errorf("discovery: unexpected %T", answer.Data)
	}
	d.ResponseTypesSupported, d.GrantTypesSupported, d.TokenEndpointAuthMethodsSupported = s.tenant.storage.abilities()
	d.ResponseModesSupported = []string{string(modeQuery), string(modeFragment), string(modeFormPost)}
	d.RevocationEndpointAuthMethodsSupported = d.TokenEndpointAuthMethodsSupported
	d.RevocationEndpointAuthSigningAlgValuesSupported = nil
	d.IntrospectionEndpointAuthMethodsSupported = nil
	d.IntrospectionEndpointAuthSigningAlgValuesSupported = nil
	return answer, nil
}

// abilities are those of all clients together.
func (s *storage) abilities() (types []string, grants []oidc.GrantType, methods []oidc.AuthMethod) {
	for _, c := range s.clients {
		for _, t := range c.ResponseTypes() {
			types = append(types, string(t))
		}
		grants = append(grants, c.GrantTypes()...)
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

// formFromJSON lets clients send JSON where the standard has a form, as the
// vendor does.
func formFromJSON(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if r.Method != http.MethodPost || kind != "application/json" {
			next.ServeHTTP(w, r)
			return
		}
		form, err := readForm(r.Body)
		if err != nil {
			op.WriteError(w, r, oidc.ErrInvalidRequest().WithDescription("the body is no JSON object of strings"), nil)
			return
		}
		body := form.Encode()
		r = r.Clone(r.Context())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body, r.ContentLength = io.NopCloser(bytes.NewBufferString(body)), int64(len(body))
		next.ServeHTTP(w, r)
	})
}

func readForm(body io.Reader) (url.Values, error) {
	var fields map[string]string
	if err := decode.One(json.NewDecoder(body), &fields); err != nil {
		return nil, err
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	return form, nil
}

// challenged gives a refused userinfo request the vendor's answer: a challenge
// (RFC 6750, section 3) and one word.
func challenged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&challenger{ResponseWriter: w}, r)
	})
}

type challenger struct {
	http.ResponseWriter
	refused bool
}

// WriteHeader implements http.ResponseWriter.
func (c *challenger) WriteHeader(status int) {
	c.refused = status == http.StatusUnauthorized
	if c.refused {
		c.Header().Set("Content-Type", "text/plain; charset=utf-8")
		c.Header().Set("WWW-Authenticate", `Bearer realm="Users", error="invalid_token"`)
	}
	c.ResponseWriter.WriteHeader(status)
	if c.refused {
		io.WriteString(c.ResponseWriter, "Unauthorized") // fails only if the client is gone
	}
}

// Write implements http.ResponseWriter.
func (c *challenger) Write(b []byte) (int, error) {
	if c.refused {
		return len(b), nil
	}
	return c.ResponseWriter.Write(b)
}
