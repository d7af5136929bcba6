package oidc

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Result is a finished sign-in.
type Result struct {
	// Transaction is what was asked for.
	Transaction Transaction
	// Tokens are what the token endpoint gave.
	Tokens Tokens
	// Claims are those of the ID token, verified.
	Claims Claims
}

// Finish accepts an answer for the transaction that its state names and exchanges the
// code for tokens (RFC 6749 section 4.1.3). The transaction is removed first, so it
// cannot be finished again, whatever comes of it. subject is who is signed in now, "" for
// nobody: the transaction must belong to them, see [Transaction.BelongsTo].
//
// Errors: [ErrNoTransaction] and [ErrFinished], [ErrTransactionExpired], [ErrPurpose],
// [ErrOtherSubject] and [ErrResponseIssuer], before anything is sent; an
// [AuthorizationError] if the tenant's answer is one; [ErrExchange]; [ErrIDToken];
// [ErrDiscovery]; those of [platform.Fetcher]; [ErrOtherSubject] if another account
// answers than the one that has signed in meanwhile.
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
	tokens, when, err := c.exchange(ctx, metadata, cb.Code, tx)
	if err != nil {
		return nil, fmt.Errorf("finish sign-in: %w", err)
	}
	claims, err := c.verify(ctx, tokens.ID, tx.Nonce)
	if err == nil {
		c.learn(when, &tokens, claims.IssuedAt)
		err = claims.checkClock(&tx, tokens.Clock)
	}
	if err != nil {
		return nil, fmt.Errorf("finish sign-in: %w", err)
	}
	if !tx.BelongsTo(subject, claims.Subject) {
		return nil, fmt.Errorf("finish sign-in: %w", ErrOtherSubject)
	}
	c.noteFinished(tx.State)
	return &Result{Transaction: tx, Tokens: tokens, Claims: claims}, nil
}

// accept removes an answer's transaction and decides, without the network, whether the
// answer belongs to it.
func (c *Client) accept(cb Callback, subject string) (Transaction, error) {
	tx, err := c.pop(cb.State)
	if errors.Is(err, ErrNoTransaction) && c.hasFinished(cb.State) {
		return Transaction{}, ErrFinished
	}
	if err != nil {
		return Transaction{}, err
	}
	tx.Created = c.begun(tx)
	if c.expired(tx.Created) {
		return Transaction{}, ErrTransactionExpired
	}
	if purpose, _, _ := strings.Cut(cb.State, "."); purpose != tx.Purpose {
		return Transaction{}, ErrPurpose
	}
	if !tx.BelongsTo(subject, subject) { // whoever answers
		return Transaction{}, ErrOtherSubject
	}
	// Also before an error is believed (RFC 9207 section 2.4).
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

// exchange gives a code and the verifier for tokens (RFC 6749 section 4.1.3, RFC 7636
// section 4.5).
func (c *Client) exchange(ctx context.Context, m *Metadata, code string, tx Transaction) (Tokens, roundTrip, error) {
	tokens, when, err := c.token(ctx, m, url.Values{
		"grant_type":    {"authorization_code"},
		"client_id":     {c.settings.ClientID},
		"redirect_uri":  {c.settings.RedirectURI},
		"code":          {code},
		"code_verifier": {tx.Verifier},
	})
	if err != nil {
		return Tokens{}, roundTrip{}, err
	}
	if tokens.ID == "" {
		return Tokens{}, roundTrip{}, fmt.Errorf("%w: no ID token", ErrExchange)
	}
	return tokens, when, nil
}
