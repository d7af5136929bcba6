package linking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"twinlock/app/management"
)

// Unlink takes an identity out of a profile and returns the profile as the
// tenant then holds it. The identity becomes an account of its own, without
// metadata. What became of an unlink that was not answered is settled by reading;
// where that does not show it, it is not known yet ([ErrUnsettled]).
//
// The API's word for an identity is its user_id as the list gives it. Where that
// removed nothing, the other of the vendor's two forms is tried.
func (c Ceremony) Unlink(ctx context.Context, policy Policy, u management.User, identity management.Identity) (management.User, error) {
	if err := policy.CheckUnlink(u, identity); err != nil {
		return u, err
	}
	after, err := c.unlink(ctx, u, identity, identity)
	if other := otherForm(identity); errors.Is(err, management.ErrNotRemoved) && !slices.ContainsFunc(after.Identities, other.Same) {
		return c.unlink(ctx, after, identity, other)
	}
	return after, err
}

// otherForm is an identity with its user_id in the other of the vendor's forms:
// with its provider's prefix, or without it. It may mean another identity.
func otherForm(i management.Identity) management.Identity {
	prefix := i.Provider + "|"
	if bare, prefixed := strings.CutPrefix(i.UserID, prefix); prefixed {
		i.UserID = bare
	} else {
		i.UserID = prefix + i.UserID
	}
	return i
}

// unlink asks for an identity's removal in one form of its id, and reads what
// has become of the identity: twice if need be, as after a link.
func (c Ceremony) unlink(ctx context.Context, u management.User, identity, form management.Identity) (management.User, error) {
	remaining, err := c.API.Unlink(ctx, u.ID, form)
	if err == nil && slices.ContainsFunc(remaining, identity.Same) {
		err = management.ErrNotRemoved
	}
	certain := errors.Is(err, management.ErrNotRemoved)
	if err != nil && !unanswered(err) && !certain {
		return u, err
	}
	for looks := 1; ; looks++ {
		after, readErr := c.API.User(settle(ctx), u.ID)
		switch {
		case readErr != nil && unanswered(err):
			return u, errors.Join(ErrUnsettled, err, readErr)
		case readErr != nil:
			return u, fmt.Errorf("%w: %w", ErrUnconfirmed, readErr)
		case !slices.ContainsFunc(after.Identities, identity.Same):
			return after, nil
		case certain:
			return after, err
		case looks == twice && err == nil:
			return after, ErrUnconfirmed
		case looks == twice:
			return after, errors.Join(ErrUnsettled, err)
		}
		if stopped := c.sleep(ctx, apart); stopped != nil {
			return after, errors.Join(ErrUnsettled, err, stopped)
		}
	}
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
