package tenant

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// Password is the password of every seeded database account.
const Password = "Analytical-Engine-1843"

// The connections of the tenant.
const (
	Database = "Username-Password-Authentication"
	Google   = "google-oauth2"
	Facebook = "facebook"
)

// An Account is one that the tenant is born with.
type Account struct {
	Email      string
	Connection string // one of Database, Google, Facebook
	Password   string // empty for an account of a social connection
}

// Accounts lists what one can sign in with after a reset.
func Accounts() []Account {
	var list []Account
	for _, s := range seeds {
		a := Account{Email: s.email, Connection: s.connection}
		if s.connection == Database {
			a.Password = Password
		}
		list = append(list, a)
	}
	return list
}

// A connection is a source of identities.
type connection struct {
	Name     string
	Provider string // the vendor's strategy: the prefix of a user_id
	Label    string
	Social   bool
}

var connections = []connection{
	{Name: Database, Provider: "auth0", Label: "E-mail and password"},
	{Name: Google, Provider: "google-oauth2", Label: "Google", Social: true},
	{Name: Facebook, Provider: "facebook", Label: "Facebook", Social: true},
}

func findConnection(name string) (connection, bool) {
	at := slices.IndexFunc(connections, func(c connection) bool { return c.Name == name })
	if at < 0 {
		return connection{}, false
	}
	return connections[at], true
}

type seed struct {
	email, connection, id string
	given, family, slug   string
	unverified            bool
	metadata              map[string]any
}

// The ids have the vendor's forms and are the same after every reset.
var seeds = []seed{
	{email: "ada@example.com", connection: Database, id: "5d1018150a1b2c3d4e5f6a01", given: "Ada", family: "King", slug: "ada-king",
		metadata: map[string]any{"theme": "dark", "phone": "+1"}},
	{email: "ada.lovelace@gmail.example", connection: Google, id: "118151210185211271536", given: "Ada", family: "Lovelace", slug: "ada-lovelace",
		metadata: map[string]any{"theme": "light", "newsletter": true}},
	{email: "ada@facebook.example", connection: Facebook, id: "10218151210185211", given: "Ada", family: "Byron", slug: "ada-byron"},
	{email: "charles@example.com", connection: Database, id: "5d1017911226b2c3d4e5f6a2", given: "Charles", family: "Babbage", slug: "charles-babbage"},
	{email: "mallory@example.com", connection: Database, id: "5d101978bad0b2c3d4e5f6a3", given: "Mallory", family: "Trudy", slug: "mallory-trudy", unverified: true},
	{email: "mary@gmail.example", connection: Google, id: "117801226187211290072", given: "Mary", family: "Somerville", slug: "mary-somerville"},
}

func nickname(email string) string {
	name, _, _ := strings.Cut(email, "@")
	return name
}

// seeded builds the users of a new tenant. Each has signed in once before.
func (t *Tenant) seeded() ([]*user, error) {
	born := time.Date(2026, time.January, 12, 9, 30, 0, 0, time.UTC)
	var users []*user
	for n, s := range seeds {
		at := born.Add(time.Duration(n) * 25 * time.Hour)
		id, err := t.seedIdentity(s)
		if err != nil {
			return nil, fmt.Errorf("seed %s: %w", s.email, err)
		}
		u := &user{Identities: []identity{id}, Metadata: s.metadata, CreatedAt: at, UpdatedAt: at, LastLogin: at, Logins: 1}
		users = append(users, u.with(func(*user) {})) // a copy: seeds stay as they are
	}
	return users, nil
}

func (t *Tenant) seedIdentity(s seed) (identity, error) {
	c, _ := findConnection(s.connection)
	id := identity{
		Connection: c.Name, Provider: c.Provider, ID: s.id, Social: c.Social,
		Profile: profile{
			Email: s.email, EmailVerified: !s.unverified,
			Name: s.given + " " + s.family, GivenName: s.given, FamilyName: s.family, Nickname: nickname(s.email),
			Picture: t.issuer + "_emulator/avatars/" + s.slug + ".svg",
		},
	}
	if c.Social {
		return id, nil
	}
	// The lowest cost: these passwords are printed in the documentation.
	hash, err := bcrypt.GenerateFromPassword([]byte(Password), bcrypt.MinCost)
	id.PasswordHash = hash
	return id, err
}
