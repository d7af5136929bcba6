package oidc

import (
	"context"
	"fmt"
	"net/url"
)

// Revoke has the issuer refuse a refresh token from now on (RFC 7009), and with it all
// that were or will be made of it: nobody can renew the session any more. Access tokens
// that were given remain valid until they expire.
//
// Errors: [ErrExchange] if the issuer refuses or has no way to; [ErrDiscovery]; those of
// [platform.Fetcher].
func (c *Client) Revoke(ctx context.Context, refresh Secret) error {
	metadata, err := c.Discover(ctx)
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	if metadata.RevocationEndpoint == "" {
		return fmt.Errorf("revoke: %w: there is no endpoint", ErrExchange)
	}
	form := url.Values{
		"client_id":       {c.settings.ClientID},
		"token":           {refresh.Reveal()},
		"token_type_hint": {"refresh_token"},
	}
	resp, err := c.post(ctx, metadata.RevocationEndpoint, form, ErrExchange)
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	if resp.Status != 200 {
		return fmt.Errorf("revoke: %w", tokenError(resp.Status, resp.Body, form.Get("token")))
	}
	return nil
}
