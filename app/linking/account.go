package linking

import (
	"maps"
	"slices"
	"strings"
	"time"

	"twinlock/app/management"
	"twinlock/app/oidc"
)

// Account is one of the two accounts of a link, as its own login has shown it.
type Account struct {
	// Subject is "provider|id", which tells accounts apart.
	Subject string
	// Connection is the one of its own identity; "" if not known.
	Connection string
	// Provider is the connection's strategy, such as "auth0" or "google-oauth2".
	Provider string
	// UserID is its own identity's user_id, as the list of identities gives it; "" if not
	// known.
	UserID string
	// Name, Nickname and Email are what the person may know it by; "" if not known.
	Name     string
	Nickname string
	Email    string
	// EmailVerified tells whether the tenant has seen that the address is the person's.
	EmailVerified bool
	// EmailFrom is the connection that an address would be from, by the user document that
	// was read; "" where the document does not tell for certain.
	EmailFrom string
	// NoEmail tells that the account is known to have no address, by the user document that
	// was read.
	NoEmail bool
	// Picture is a URL that anybody may have chosen; "" for none.
	Picture string
	// Created and LastLogin are zero if not known.
	Created   time.Time
	LastLogin time.Time
	// Logins is how often the person has signed in; 0 if not known.
	Logins int
	// Linked are the identities that the account has besides its own.
	Linked []management.Identity
	// Metadata is user_metadata, as [management.User] has it.
	Metadata map[string]any
	// OddMetadata means that the account has a user_metadata of a form that counts as none:
	// nothing is taken over from it, and nothing is written into it.
	OddMetadata bool
	// OddAppMetadata means the same for app_metadata, of which nothing is ever taken over.
	OddAppMetadata bool
	// AppMetadata are the keys of app_metadata, sorted. Its values are the operator's, and
	// no link moves them.
	AppMetadata []string
	// Unusable means that it is not certain which identity is its own.
	Unusable bool
	// Size and ProfileSize are those of [management.User].
	Size, ProfileSize int
	// Unread means that only the ID token is known. There may be more identities and data.
	Unread bool
}

// AccountOf describes a user as one side of a link.
func AccountOf(u management.User) Account {
	a := Account{
		Subject:        u.ID,
		Provider:       providerOf(u.ID),
		Name:           u.Name,
		Nickname:       u.Nickname,
		Email:          u.Email,
		EmailVerified:  u.EmailVerified,
		EmailFrom:      emailFrom(&u),
		NoEmail:        u.NoEmail,
		Picture:        u.Picture,
		Created:        u.Created,
		LastLogin:      u.LastLogin,
		Logins:         u.Logins,
		Linked:         u.Linked(),
		Metadata:       u.Metadata,
		OddMetadata:    u.OddMetadata,
		OddAppMetadata: u.OddAppMetadata,
		AppMetadata:    slices.Sorted(maps.Keys(u.AppMetadata)),
		Size:           u.Size,
		ProfileSize:    u.ProfileSize,
	}
	switch own, ok := u.Primary(); {
	case ok && own.Unusable != "":
		a.Connection, a.Unusable = own.Connection, true
	case ok:
		a.Connection, a.Provider, a.UserID = own.Connection, own.Provider, own.UserID
	}
	return a
}

// emailFrom returns the connection of the identity that a user's address is from; "" where
// it may be from another one. An address at the root is mostly that of the user's own
// identity, which then has no profile of its own, or the same address in it. The address
// of a linked identity counts as well if nobody has verified it: an operator's program may
// have copied it to the root. There it may be written in another case.
func emailFrom(u *management.User) string {
	own, certain := u.Own()
	if !certain || own.Profile != (management.Profile{}) && own.Profile.Email != u.Email {
		return ""
	}
	for i := range u.Identities {
		other := &u.Identities[i]
		may := other.Profile.OddEmail || strings.EqualFold(other.Profile.Email, u.Email)
		if may && !other.Profile.EmailVerified && other.Connection != own.Connection {
			return ""
		}
	}
	return own.Connection
}

// AccountOfClaims describes an account that the tenant does not let its own person read,
// by its ID token and the connection of the login.
func AccountOfClaims(c oidc.Claims, connection string) Account {
	return Account{
		Subject:       c.Subject,
		Connection:    connection,
		Provider:      providerOf(c.Subject),
		Name:          c.Name,
		Email:         c.Email,
		EmailVerified: c.EmailVerified,
		Picture:       c.Picture,
		Unread:        true,
	}
}

func providerOf(subject string) string {
	provider, _, _ := strings.Cut(subject, "|")
	return provider
}

// is tells whether an identity, of any list, is the account's own: by the subject, or by
// the user_id in the form that the account's own list gives. Some lists give an id with
// its provider's prefix, or one that is not part of the subject.
func (a Account) is(i management.Identity) bool {
	return i.ID() == a.Subject || a.UserID != "" && i.Same(management.Identity{Provider: a.Provider, UserID: a.UserID})
}

func (a Account) hasLinked(subject string) bool {
	return slices.ContainsFunc(a.Linked, func(i management.Identity) bool { return i.ID() == subject })
}
