package directory

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// A Profile is what one identity provider says about a person. A user's root
// attributes are those of its first identity.
type Profile struct {
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified"`
	PhoneNumber   string `json:"phone_number,omitempty"`
	PhoneVerified bool   `json:"phone_verified,omitempty"`
	Name          string `json:"name,omitempty"`
	GivenName     string `json:"given_name,omitempty"`
	FamilyName    string `json:"family_name,omitempty"`
	Nickname      string `json:"nickname,omitempty"`
	Picture       string `json:"picture,omitempty"`
}

// address is where its owner can be reached, "" if nowhere.
func (p Profile) address() string { return cmp.Or(p.Email, p.PhoneNumber) }

// An Identity is one way to sign in. Its JSON is that of the data directory.
type Identity struct {
	Connection string `json:"connection"`
	// Provider is the strategy of the connection.
	Provider string `json:"provider"`
	// ID is the provider's, without a prefix.
	ID           string  `json:"user_id"`
	Social       bool    `json:"isSocial"`
	Profile      Profile `json:"profile"`
	PasswordHash []byte  `json:"password_hash,omitempty"`

	// Document is the identity as a document gave it. Nil: made of the fields above.
	Document json.RawMessage `json:"document,omitempty"`
	// OwnID is a user_id that is not made of Provider and ID. Empty: it is.
	OwnID string `json:"own_id,omitempty"`
}

// Key returns the user_id of the identity when it stands alone: "provider|id", unless
// its document says another. It is empty for an identity that nobody can sign in with.
func (i Identity) Key() string {
	if i.OwnID != "" || i.Provider == "" || i.ID == "" {
		return i.OwnID
	}
	return i.Provider + "|" + i.ID
}

// is reports whether the API means the identity by provider and id.
func (i Identity) is(provider, id string) bool { return i.Provider == provider && i.ID == id }

// A User is immutable once it is in the directory: a change stores a new one. So a
// pointer from the directory may be read at any time. Its JSON is that of the data
// directory.
type User struct {
	// Identities are at least one; the first is the main one.
	Identities  []Identity     `json:"identities"`
	Metadata    map[string]any `json:"user_metadata,omitempty"`
	AppMetadata map[string]any `json:"app_metadata,omitempty"`
	Blocked     bool           `json:"blocked,omitempty"`
	// Organizations are the ids of those that the user is a member of. A user that becomes an
	// identity of another one loses them.
	Organizations []string  `json:"organizations,omitempty"`
	CreatedAt     time.Time `json:"created_at"`
	UpdatedAt     time.Time `json:"updated_at"`
	LastLogin     time.Time `json:"last_login,omitzero"`
	Logins        int       `json:"logins_count,omitempty"`
	// OTPSecret makes the one-time codes of a second factor, in base32. Empty: the user has
	// none. It belongs to the user, not to an identity: one that is linked loses its own.
	OTPSecret string `json:"otp_secret,omitempty"`
	// Document is the user as it was given. Nil: made of the fields above.
	Document Document `json:"document,omitempty"`
}

// ID returns the user_id, that of the first identity.
func (u *User) ID() string { return u.Identities[0].Key() }

// Profile returns the root attributes, those of the first identity.
func (u *User) Profile() Profile { return u.Identities[0].Profile }

// Identity returns the user's identity with the key, nil if it has none.
func (u *User) Identity(key string) *Identity {
	at := slices.IndexFunc(u.Identities, func(i Identity) bool { return i.Key() == key })
	if at < 0 {
		return nil
	}
	return &u.Identities[at]
}

// with returns a copy of u, changed by edit.
func (u *User) with(edit func(*User)) *User {
	c := *u
	c.Identities = slices.Clone(u.Identities)
	c.Metadata, c.AppMetadata, c.Document = maps.Clone(u.Metadata), maps.Clone(u.AppMetadata), maps.Clone(u.Document)
	edit(&c)
	return &c
}

// MergeMetadata merges a patch into metadata at the first level; null removes a key,
// and an empty patch removes all of it.
// https://auth0.com/docs/manage-users/user-accounts/metadata/manage-metadata-api
func MergeMetadata(have, patch map[string]any) map[string]any {
	if len(patch) == 0 {
		return nil
	}
	if have == nil {
		have = map[string]any{}
	}
	for k, v := range patch {
		if v == nil {
			delete(have, k)
		} else {
			have[k] = v
		}
	}
	return have
}
