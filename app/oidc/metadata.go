package oidc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"twinlock/app/strictjson"
)

// Metadata is what the client needs of the issuer's discovery document
// (OpenID Connect Discovery 1.0 section 3). Every endpoint is on the issuer's
// origin.
type Metadata struct {
	// Issuer is the issuer's own name, the one of [Settings].
	Issuer string
	// AuthorizationEndpoint is where the person is sent to.
	AuthorizationEndpoint string
	// TokenEndpoint is where codes and refresh tokens are exchanged.
	TokenEndpoint string
	// JWKSURI is where the keys are published.
	JWKSURI string
	// RevocationEndpoint is where refresh tokens are revoked (RFC 7009); "" if the issuer
	// has none.
	RevocationEndpoint string
	// ResponseIssuer tells whether the issuer names itself in every answer (RFC 9207). An
	// answer without a name is then not its own.
	ResponseIssuer bool
}

// Discover returns the issuer's metadata. They are fetched once, from
// /.well-known/openid-configuration below the issuer. Do not change them.
//
// Errors: [ErrDiscovery]; those of [platform.Fetcher].
func (c *Client) Discover(ctx context.Context) (*Metadata, error) {
	if err := c.discovery.lock(ctx); err != nil {
		return nil, err
	}
	defer c.discovery.unlock()
	if c.metadata != nil {
		return c.metadata, nil
	}
	issuer := c.settings.Issuer
	if !secureURL(issuer) {
		return nil, fmt.Errorf("%w: issuer %q is neither https nor loopback", ErrDiscovery, issuer)
	}
	data, err := c.get(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", ErrDiscovery)
	if err != nil {
		return nil, fmt.Errorf("discover %s: %w", issuer, err)
	}
	m, err := parseMetadata(data, issuer)
	if err != nil {
		return nil, err
	}
	c.metadata = m
	return m, nil
}

func parseMetadata(data []byte, issuer string) (*Metadata, error) {
	document, err := strictjson.Object(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDiscovery, err)
	}
	m := &Metadata{ResponseIssuer: string(document["authorization_response_iss_parameter_supported"]) == "true"}
	for name, field := range map[string]*string{
		"issuer":                 &m.Issuer,
		"authorization_endpoint": &m.AuthorizationEndpoint,
		"token_endpoint":         &m.TokenEndpoint,
		"jwks_uri":               &m.JWKSURI,
		"revocation_endpoint":    &m.RevocationEndpoint,
	} {
		if document[name] == nil && field == &m.RevocationEndpoint {
			continue
		}
		if json.Unmarshal(document[name], field) != nil || *field == "" {
			return nil, fmt.Errorf("%w: no %s", ErrDiscovery, name)
		}
		// On another origin a stranger might receive codes or publish keys.
		if !secureURL(*field) || origin(*field) != origin(issuer) {
			return nil, fmt.Errorf("%w: %s is not on %s", ErrDiscovery, name, origin(issuer))
		}
	}
	if m.Issuer != issuer {
		return nil, fmt.Errorf("%w: the issuer has another name than %s", ErrDiscovery, issuer)
	}
	// Both lists may be absent; where they are present they bind.
	if !offers(document["code_challenge_methods_supported"], "S256") {
		return nil, fmt.Errorf("%w: no PKCE with S256", ErrDiscovery)
	}
	if !offers(document["id_token_signing_alg_values_supported"], "RS256") {
		return nil, fmt.Errorf("%w: no ID tokens signed with RS256", ErrDiscovery)
	}
	return m, nil
}

func offers(list json.RawMessage, value string) bool {
	var values []string
	return list == nil || json.Unmarshal(list, &values) == nil && slices.Contains(values, value)
}

// secureURL tells whether a URL is https, or http to this machine.
func secureURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	switch u.Scheme {
	case "https":
		return true
	case "http":
		host := u.Hostname()
		return host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
	}
	return false
}
