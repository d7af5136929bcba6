package tenant

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/crypto"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/keyring"
)

// The vendor's texts for an invalid grant; auth0-spa-js looks for "invalid refresh token".
const (
	invalidCode    = "Invalid authorization code"
	invalidRefresh = "Unknown or invalid refresh token."
)

// A server is the provider with the vendor's error bodies and claims.
type server struct {
	*op.LegacyServer
	tenant *Tenant
}

// VerifyClient implements op.Server.
func (s *server) VerifyClient(ctx context.Context, r *op.Request[op.ClientCredentials]) (op.Client, error) {
	if r.Form.Get("grant_type") == GrantClientCredentials {
		return s.clientCredentials(r.Data.ClientID, r.Data.ClientSecret)
	}
	client, err := s.LegacyServer.VerifyClient(ctx, r)
	if err != nil {
		return nil, op.NewStatusError(oidc.ErrInvalidClient().WithDescription("Unknown or invalid client"), http.StatusUnauthorized)
	}
	return client, nil
}

// CodeExchange implements op.Server.
func (s *server) CodeExchange(ctx context.Context, r *op.ClientRequest[oidc.AccessTokenRequest]) (*op.Response, error) {
	answer, err := s.LegacyServer.CodeExchange(ctx, r)
	if err != nil {
		return nil, forbidden(err, invalidCode)
	}
	return s.shape(ctx, answer)
}

// RefreshToken implements op.Server.
func (s *server) RefreshToken(ctx context.Context, r *op.ClientRequest[oidc.RefreshTokenRequest]) (*op.Response, error) {
	answer, err := s.LegacyServer.RefreshToken(ctx, r)
	if err != nil {
		return nil, forbidden(err, invalidRefresh)
	}
	return s.shape(ctx, answer)
}

// UserInfo implements op.Server.
func (s *server) UserInfo(ctx context.Context, r *op.Request[oidc.UserInfoRequest]) (*op.Response, error) {
	answer, err := s.LegacyServer.UserInfo(ctx, r)
	if err != nil {
		return nil, op.NewStatusError(oidc.ErrAccessDenied().WithDescription("Unauthorized"), http.StatusUnauthorized)
	}
	return answer, nil
}

// forbidden gives an invalid grant the vendor's status and text.
func forbidden(err error, text string) error {
	answer := oidc.DefaultToServerError(err, "the token could not be issued")
	if answer.ErrorType != oidc.InvalidGrant {
		return err
	}
	switch answer.Description {
	case "invalid code_verifier":
		text = "Failed to verify code verifier"
	case "redirect_uri does not correspond":
		text = "The redirect URI is not the one of the authorization request."
	}
	return op.NewStatusError(oidc.ErrInvalidGrant().WithDescription("%s", text), http.StatusForbidden)
}

// shape turns the provider's tokens into the vendor's: other claims, an opaque
// access token if no audience was asked for, an ID token only with openid.
func (s *server) shape(ctx context.Context, answer *op.Response) (*op.Response, error) {
	tokens, ok := answer.Data.(*oidc.AccessTokenResponse)
	if !ok {
		return nil, fmt.Errorf("shape tokens: unexpected %T", answer.Data)
	}
	claims, err := claimsOf(tokens.AccessToken)
	if err != nil {
		return nil, err
	}
	id, _ := claims["jti"].(string)
	g, ok := s.tenant.storage.access.Get(id)
	if !ok {
		return nil, fmt.Errorf("shape tokens: %w", errGrant)
	}
	if !slices.Contains(g.scopes, oidc.ScopeOpenID) {
		tokens.IDToken = ""
	}
	if err := s.tenant.reshape(ctx, tokens, g); err != nil {
		return nil, err
	}
	answer.Header.Set("Cache-Control", "no-store")
	answer.Header.Set("Pragma", "no-cache")
	return answer, nil
}

// reshape replaces the tokens that there are.
func (t *Tenant) reshape(ctx context.Context, tokens *oidc.AccessTokenResponse, g grant) error {
	if tokens.AccessToken != "" {
		claims, err := claimsOf(tokens.AccessToken)
		if err != nil {
			return err
		}
		if tokens.AccessToken, err = t.accessToken(g, claims); err != nil {
			return err
		}
		tokens.ExpiresIn = uint64(t.storage.accessTTL(g).Seconds())
	}
	if tokens.IDToken != "" {
		claims, err := claimsOf(tokens.IDToken)
		if err != nil {
			return err
		}
		if tokens.IDToken, err = t.idToken(g, claims, tokens.AccessToken, fault.FlawOf(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// frontChannelTokens makes what the authorization endpoint itself answers with.
func (t *Tenant) frontChannelTokens(ctx context.Context, request *authRequest) (answer, error) {
	owner := t.directory.Owner(request.identity)
	if owner == nil {
		return nil, fmt.Errorf("tokens: %w", errGrant)
	}
	request.subject = owner.ID()
	client := t.storage.clients[request.GetClientID()]
	tokens, err := op.CreateTokenResponse(ctx, request, client, t.provider, request.wants("token"), "", "")
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	if !request.wants("id_token") {
		tokens.IDToken = ""
	}
	if err := t.reshape(ctx, tokens, request.grant()); err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	given := answer{{"id_token", tokens.IDToken}, {"state", request.asked.State}}
	if tokens.AccessToken != "" {
		given = append(given, answer{{"access_token", tokens.AccessToken}, {"token_type", oidc.BearerToken},
			{"expires_in", tokens.ExpiresIn}, {"scope", strings.Join(request.scopes, " ")}}...)
	}
	return given, nil
}

func (t *Tenant) accessToken(g grant, claims map[string]any) (string, error) {
	if len(g.audience) == 0 {
		id, _ := claims["jti"].(string)
		return op.CreateBearerToken(id, g.subject, t.provider.Crypto())
	}
	now := t.now()
	claims["aud"] = g.audience
	if len(g.audience) == 1 {
		claims["aud"] = g.audience[0]
	}
	claims["azp"] = g.clientID
	claims["scope"] = strings.Join(g.scopes, " ")
	claims["iat"], claims["exp"] = now.Unix(), now.Add(t.storage.accessTTL(g)).Unix()
	delete(claims, "client_id")
	delete(claims, "nbf")
	return t.sign(claims, fault.Flaw{})
}

// idToken has an at_hash only beside an access token in the front channel, as
// the vendor's (OpenID Connect Core, section 3.2.2.10).
func (t *Tenant) idToken(g grant, claims map[string]any, accessToken string, f fault.Flaw) (string, error) {
	now := t.now()
	claims["aud"] = g.clientID
	claims["sid"] = g.session
	claims["iat"], claims["exp"] = now.Unix(), now.Add(t.storage.clients[g.clientID].idTokenTTL()).Unix()
	for _, name := range []string{"azp", "client_id", "at_hash", "c_hash", "amr"} {
		delete(claims, name)
	}
	if g.frontChannel && accessToken != "" {
		hash, err := oidc.ClaimHash(accessToken, jose.RS256)
		if err != nil {
			return "", err
		}
		claims["at_hash"] = hash
	}
	for name, value := range f.Claims {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return t.sign(claims, f)
}

// claimsOf reads the claims of a token that this process has just signed.
func claimsOf(token string) (map[string]any, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("read claims: %d parts", len(parts))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber() // times must not become 1.7e+09
	var claims map[string]any
	if err := d.Decode(&claims); err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	return claims, nil
}

// sign signs with the current key, unless the flaw asks for something worse.
func (t *Tenant) sign(claims map[string]any, f fault.Flaw) (string, error) {
	key := t.keys.Current()
	if f.KeyID != "" {
		key = key.WithID(f.KeyID)
	}
	switch f.Alg {
	case "none":
		return unsigned(claims, key.ID())
	case "HS256":
		return confused(claims, key)
	}
	signer, err := op.SignerFromKey(key)
	if err != nil {
		return "", err
	}
	token, err := crypto.Sign(claims, signer)
	if f.WrongSignature {
		token = spoiled(token)
	}
	return token, err
}

// unsigned is the "none" attack (RFC 8725, section 2.1).
func unsigned(claims map[string]any, kid string) (string, error) {
	header, err := json.Marshal(map[string]string{"alg": "none", "typ": "JWT", "kid": kid})
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload) + ".", nil
}

// confused signs with the public key as a shared secret (RFC 8725, section 2.1).
func confused(claims map[string]any, key keyring.Key) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return "", err
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: secret, KeyID: key.ID()}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return crypto.Sign(claims, signer)
}

// spoiled changes one bit of the signature.
func spoiled(token string) string {
	at := strings.LastIndexByte(token, '.') + 1
	signature, err := base64.RawURLEncoding.DecodeString(token[at:])
	if err != nil || len(signature) == 0 {
		return token
	}
	signature[0] ^= 1
	return token[:at] + base64.RawURLEncoding.EncodeToString(signature)
}
