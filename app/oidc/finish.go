package oidc

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// Result is a finished sign-in.
type Result struct {
	Transaction Transaction
	Tokens      Tokens
	Claims      Claims
}

// Finish accepts an answer for the transaction that its state names and
// exchanges the code for tokens. The transaction is used up at once, whatever
// comes of it. subject is who is signed in now, "" for nobody: it must be who
// it was when the transaction was begun.
//
// Errors: those of the callback, of the tenant's answer, of the token
// endpoint and of ID tokens; [ErrDiscovery]; the network's.
func (c *Client) Finish(ctx context.Context, cb Callback, subject string) (*Result, error) {
	tx, err := c.accept(cb, subject)
	if err != nil {
		return nil, fmt.Errorf("finish sign-in: %w", err)
	}
	metadata, err := c.Discover(ctx)
	if err != nil {
		return nil, fmt.Errorf("finish sign-in: %w", err)
	}
	if cb.Issuer == "" && metadata.ResponseIssuer {
		return nil, fmt.Errorf("finish sign-in: %w: it does not say who", ErrResponseIssuer)
	}
	tokens, err := c.exchange(ctx, metadata, cb.Code, tx)
	if err != nil {
		return nil, fmt.Errorf("finish sign-in: %w", err)
	}
	claims, err := c.verify(ctx, tokens.ID.Reveal(), demands{nonce: tx.Nonce, maxAge: tx.MaxAge, begun: tx.Created})
	if err != nil {
		return nil, fmt.Errorf("finish sign-in: %w", err)
	}
	return &Result{Transaction: tx, Tokens: tokens, Claims: claims}, nil
}

// accept decides, without the network, whether an answer may go on.
func (c *Client) accept(cb Callback, subject string) (Transaction, error) {
	tx, err := c.take(cb.State)
	if err != nil {
		return Transaction{}, err
	}
	if c.expired(tx) {
		return Transaction{}, ErrTransactionExpired
	}
	if purpose, _, _ := strings.Cut(cb.State, "."); purpose != tx.Purpose {
		return Transaction{}, ErrPurpose
	}
	if tx.Subject != subject {
		return Transaction{}, ErrOtherSubject
	}
	// Before the answer is believed to be an error, too (RFC 9207 section 2.4).
	if cb.Issuer != "" && cb.Issuer != c.settings.Issuer {
		return Transaction{}, ErrResponseIssuer
	}
	if cb.Error != "" {
		return Transaction{}, &AuthorizationError{Code: describe(cb.Error), Description: describe(cb.ErrorDescription)}
	}
	if cb.Code == "" {
		return Transaction{}, fmt.Errorf("%w: no code", ErrCallback)
	}
	return tx, nil
}

// exchange redeems a code (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
func (c *Client) exchange(ctx context.Context, m *Metadata, code string, tx Transaction) (Tokens, error) {
	tokens, err := c.token(ctx, m, url.Values{
		"grant_type":    {"authorization_code"},
		"client_id":     {c.settings.ClientID},
		"redirect_uri":  {c.settings.RedirectURI},
		"code":          {code},
		"code_verifier": {tx.Verifier},
	})
	if err != nil {
		return Tokens{}, err
	}
	if tokens.ID == "" {
		return Tokens{}, fmt.Errorf("%w: no ID token", ErrExchange)
	}
	return tokens, nil
}
