package linking

import (
	"context"
	"encoding/json"
	"fmt"

	"twinlock/app/management"
)

// Unlink takes an identity out of a profile and returns the profile as the
// tenant then holds it, settled by reading as in [Link]. The identity becomes
// an account of its own, without metadata.
func Unlink(ctx context.Context, api API, policy Policy, u management.User, identity management.Identity) (management.User, error) {
	if err := policy.CheckUnlink(u, identity); err != nil {
		return u, err
	}
	_, err := api.Unlink(ctx, u.ID, identity)
	if err != nil && !unanswered(err) {
		return u, err
	}
	after, readErr := api.User(settle(ctx), u.ID)
	switch {
	case readErr != nil && err != nil:
		return u, fmt.Errorf("%w: %w", ErrUnsettled, err)
	case readErr != nil:
		return u, fmt.Errorf("%w: %w", ErrUnconfirmed, readErr)
	case !has(after, identity.ID()):
		return after, nil
	case err != nil:
		return after, err
	}
	return after, ErrUnconfirmed
}

// Copy is what a profile knows of an identity, as indented JSON under the
// API's names: for a person to save before it is unlinked. It holds no token.
func Copy(i management.Identity) []byte {
	type profile struct {
		Name          string `json:"name,omitempty"`
		Nickname      string `json:"nickname,omitempty"`
		GivenName     string `json:"given_name,omitempty"`
		FamilyName    string `json:"family_name,omitempty"`
		Username      string `json:"username,omitempty"`
		Email         string `json:"email,omitempty"`
		EmailVerified bool   `json:"email_verified"`
		Phone         string `json:"phone_number,omitempty"`
		Picture       string `json:"picture,omitempty"`
	}
	p := i.Profile
	// Strings and booleans cannot fail to be written.
	data, _ := json.MarshalIndent(struct {
		Provider   string  `json:"provider"`
		UserID     string  `json:"user_id"`
		Connection string  `json:"connection"`
		Social     bool    `json:"isSocial"`
		Profile    profile `json:"profileData"`
	}{i.Provider, i.UserID, i.Connection, i.Social, profile{
		p.Name, p.Nickname, p.GivenName, p.FamilyName, p.Username, p.Email, p.EmailVerified, p.Phone, p.Picture,
	}}, "", "  ")
	return append(data, '\n')
}
