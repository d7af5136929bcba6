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

// Unlink takes an identity out of a profile and returns the profile as it is then. The
// identity becomes an account of its own, without metadata. If no answer comes, reading
// shows what has become of the unlink.
//
// The identity is named by its user_id as the list gives it. If that removed nothing the
// other of Auth0's two forms is tried.
//
// Errors: those of [Policy.CheckUnlink], and nothing was sent; [ErrUnsettled];
// [ErrUnconfirmed]; those of [API].
func (c Ceremony) Unlink(
	ctx context.Context, policy Policy, u management.User, identity management.Identity,
) (management.User, error) {
	if err := policy.CheckUnlink(u, identity); err != nil {
		return u, err
	}
	after, err := c.unlink(ctx, u, identity, identity)
	other := otherForm(identity)
	if errors.Is(err, management.ErrNotRemoved) && !slices.ContainsFunc(after.Identities, other.Same) {
		return c.unlink(ctx, after, identity, other)
	}
	return after, err
}

// otherForm is an identity with its user_id in the other of Auth0's forms: with its
// provider's prefix, or without it. That may be the form of another identity.
func otherForm(i management.Identity) management.Identity {
	prefix := i.Provider + "|"
	if bare, prefixed := strings.CutPrefix(i.UserID, prefix); prefixed {
		i.UserID = bare
	} else {
		i.UserID = prefix + i.UserID
	}
	return i
}

// unlink asks for the removal of an identity in one form of its id, and reads what has
// become of it: twice if necessary, as after a link.
func (c Ceremony) unlink(
	ctx context.Context, u management.User, identity, form management.Identity,
) (management.User, error) {
	remaining, err := c.API.Unlink(ctx, u.ID, form)
	if err == nil && slices.ContainsFunc(remaining, identity.Same) {
		err = management.ErrNotRemoved
	}
	certain := errors.Is(err, management.ErrNotRemoved)
	if err != nil && !unanswered(err) && !certain {
		return u, err
	}
	for looks := 1; ; looks++ {
		after, readErr := c.API.User(context.WithoutCancel(ctx), u.ID)
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

// Data returns what a profile says of an identity, as indented JSON under the Management
// API's names, for the person to save before it is unlinked. There is no token in it.
func Data(i management.Identity) []byte {
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
