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
	Subject            string // "provider|id": what accounts are told apart by
	Connection         string
	Provider           string // the connection's strategy
	UserID             string // its own identity's, as the list gives it; "" where not known
	Name               string
	Email              string
	EmailVerified      bool
	Picture            string
	Created, LastLogin time.Time // zero where not known
	Logins             int       // 0 where not known
	// Linked are the identities that the account has besides its own.
	Linked []management.Identity
	// Metadata is user_metadata: JSON values, numbers as json.Number.
	Metadata map[string]any
	// AppMetadata are the keys of app_metadata, sorted. Its values are the
	// operator's and no link moves them.
	AppMetadata []string
	// Unread: only the ID token is known. There may be more identities and data.
	Unread bool
}

// AccountOf describes a user as one side of a link.
func AccountOf(u management.User) Account {
	a := Account{
		Subject:       u.ID,
		Provider:      providerOf(u.ID),
		Name:          u.Name,
		Email:         u.Email,
		EmailVerified: u.EmailVerified,
		Picture:       u.Picture,
		Created:       u.Created,
		LastLogin:     u.LastLogin,
		Logins:        u.Logins,
		Linked:        u.Linked(),
		Metadata:      u.Metadata,
		AppMetadata:   slices.Sorted(maps.Keys(u.AppMetadata)),
	}
	if own, ok := u.Primary(); ok {
		a.Connection, a.Provider, a.UserID = own.Connection, own.Provider, own.UserID
	}
	return a
}

// AccountOfClaims describes an account that its tenant does not let be read, by
// its ID token and the connection that the login went through.
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

// is tells whether an identity is the account's own, wherever it is listed: by the
// subject, or by the form in which the account's list gave it. Some lists give an id
// with its provider's prefix, or one that the subject is not made of.
func (a Account) is(i management.Identity) bool {
	return i.ID() == a.Subject || a.UserID != "" && i.Same(management.Identity{Provider: a.Provider, UserID: a.UserID})
}

func (a Account) hasLinked(subject string) bool {
	return slices.ContainsFunc(a.Linked, func(i management.Identity) bool { return i.ID() == subject })
}
