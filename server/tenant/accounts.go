package tenant

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"twinlock/server/tenant/password"
)

// Password is the password of every database account of a tenant that is not
// told others.
const Password = "Analytical-Engine-1843"

// An Account is one that such a tenant is born with.
type Account struct {
	Email      string
	Connection string // one of Database, Google, Facebook
	Password   string // empty for an account of a social connection
}

// Accounts lists the users of such a tenant after a reset, by their main
// identities: grace@example.com has a linked one besides.
func Accounts() []Account {
	var list []Account
	for _, u := range defaultUsers() {
		list = append(list, Account{Email: u.Email, Connection: u.Connection, Password: u.Password})
	}
	return list
}

// An Identity is one way to sign in.
type Identity struct {
	Connection string `yaml:"connection"`
	// ID is without the strategy's prefix. Empty: made from connection and Email.
	ID            string `yaml:"id"`
	Email         string `yaml:"email"`
	EmailVerified bool   `yaml:"email_verified"`
	Password      string `yaml:"password"` // only of a database
	Name          string `yaml:"name"`     // empty: from the given and family name, or Email
	GivenName     string `yaml:"given_name"`
	FamilyName    string `yaml:"family_name"`
	Nickname      string `yaml:"nickname"` // empty: the first part of Email
	Picture       string `yaml:"picture"`  // empty: drawn by the tenant
}

// A User is one that the tenant is born with and gets back by a reset.
type User struct {
	Identity                    // the main one
	Blocked      bool           `yaml:"blocked"`
	UserMetadata map[string]any `yaml:"user_metadata"`
	AppMetadata  map[string]any `yaml:"app_metadata"`
	Linked       []Identity     `yaml:"linked_identities"`
}

// The ids have the vendor's forms and are the same after every reset.
func defaultUsers() []User {
	ada := func(i Identity) Identity {
		i.GivenName, i.EmailVerified = "Ada", true
		return i
	}
	return []User{
		{Identity: ada(Identity{Email: "ada@example.com", Connection: Database, ID: "5d1018150a1b2c3d4e5f6a01", Password: Password, FamilyName: "King"}),
			UserMetadata: map[string]any{"theme": "dark", "phone": "+1"}},
		{Identity: ada(Identity{Email: "ada.lovelace@gmail.example", Connection: Google, ID: "118151210185211271536", FamilyName: "Lovelace"}),
			UserMetadata: map[string]any{"theme": "light", "newsletter": true}},
		{Identity: ada(Identity{Email: "ada@facebook.example", Connection: Facebook, ID: "10218151210185211", FamilyName: "Byron"})},
		{Identity: Identity{Email: "charles@example.com", Connection: Database, ID: "5d1017911226b2c3d4e5f6a2", Password: Password,
			GivenName: "Charles", FamilyName: "Babbage", EmailVerified: true}},
		{Identity: Identity{Email: "mallory@example.com", Connection: Database, ID: "5d101978bad0b2c3d4e5f6a3", Password: Password,
			GivenName: "Mallory", FamilyName: "Trudy"}},
		{Identity: Identity{Email: "mary@gmail.example", Connection: Google, ID: "117801226187211290072",
			GivenName: "Mary", FamilyName: "Somerville", EmailVerified: true}},
		{Identity: Identity{Email: "grace@example.com", Connection: Database, ID: "5d1019061906b2c3d4e5f6a4", Password: Password,
			GivenName: "Grace", FamilyName: "Hopper", EmailVerified: true},
			Linked: []Identity{{Email: "grace.hopper@gmail.example", Connection: Google, ID: "109061992185211271536",
				GivenName: "Grace", FamilyName: "Hopper", EmailVerified: true}}},
	}
}

// seeded builds the users of a new tenant. Each has signed in once before.
func (t *Tenant) seeded() ([]*user, error) {
	born := time.Date(2026, time.January, 12, 9, 30, 0, 0, time.UTC)
	var users []*user
	for n, configured := range t.users {
		at := born.Add(time.Duration(n) * 25 * time.Hour)
		u := &user{Blocked: configured.Blocked, CreatedAt: at, UpdatedAt: at, LastLogin: at, Logins: 1}
		for _, i := range append([]Identity{configured.Identity}, configured.Linked...) {
			id, err := t.newIdentity(i)
			if err != nil {
				return nil, fmt.Errorf("account %s: %w", i.Email, err)
			}
			u.Identities = append(u.Identities, id)
		}
		u.Metadata, u.AppMetadata = merge(nil, configured.UserMetadata), merge(nil, configured.AppMetadata)
		users = append(users, u)
	}
	documented, err := t.documented(t.documents)
	return append(users, documented...), err
}

// documented makes users of documents. Those of a database have the default password.
func (t *Tenant) documented(documents []json.RawMessage) ([]*user, error) {
	var users []*user
	for n, d := range documents {
		u, err := newDocumented(d, t.connections)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", n, err)
		}
		for n := range u.Identities {
			if i := &u.Identities[n]; !i.Social {
				if i.PasswordHash, err = password.Hash(Password); err != nil {
					return nil, err
				}
			}
		}
		u.CreatedAt = t.now()
		u.UpdatedAt = u.CreatedAt
		users = append(users, u)
	}
	return users, nil
}

// newIdentity fills in what the account leaves out.
func (t *Tenant) newIdentity(i Identity) (identity, error) {
	c, ok := t.connection(i.Connection)
	if !ok {
		return identity{}, fmt.Errorf("no connection %q", i.Connection)
	}
	id := identity{
		Connection: c.Name, Provider: c.Strategy, ID: cmp.Or(i.ID, accountID(c, i.Email)), Social: c.Social(),
		Profile: profile{
			Email: i.Email, EmailVerified: i.EmailVerified,
			Name:      cmp.Or(i.Name, strings.TrimSpace(i.GivenName+" "+i.FamilyName), i.Email),
			GivenName: i.GivenName, FamilyName: i.FamilyName, Nickname: cmp.Or(i.Nickname, nickname(i.Email)),
		},
	}
	id.Profile.Picture = cmp.Or(i.Picture, t.avatarURL(id.Profile.Name))
	var err error
	if i.Password != "" && !c.Social() {
		id.PasswordHash, err = password.Hash(i.Password)
	}
	return id, err
}

func nickname(email string) string {
	name, _, _ := strings.Cut(email, "@")
	return name
}

// accountID makes an id in the vendor's form for the strategy.
func accountID(c Connection, email string) string {
	sum := sha256.Sum256([]byte(c.Name + "\x00" + strings.ToLower(email)))
	if !c.Social() {
		return hex.EncodeToString(sum[:12])
	}
	return "1" + fmt.Sprintf("%020s", strconv.FormatUint(binary.BigEndian.Uint64(sum[:8]), 10))
}
