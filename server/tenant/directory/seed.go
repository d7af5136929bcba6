package directory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/password"
	"twinlock/server/tenant/seed"
)

// seeded makes the users of a new tenant. Each has signed in once before.
func (d *Directory) seeded() ([]*User, error) {
	start := time.Date(2026, time.January, 12, 9, 30, 0, 0, time.UTC)
	var users []*User
	for n, user := range d.config.Seeds {
		at := start.Add(time.Duration(n) * 25 * time.Hour)
		u := &User{Blocked: user.Blocked, OTPSecret: user.OTPSecret, CreatedAt: at, UpdatedAt: at, LastLogin: at, Logins: 1}
		for _, i := range append([]seed.Identity{user.Identity}, user.Linked...) {
			id, err := d.NewIdentity(i)
			if err != nil {
				return nil, fmt.Errorf("account %s: %w", cmp.Or(i.Email, i.ID), err)
			}
			u.Identities = append(u.Identities, id)
		}
		u.Metadata, u.AppMetadata = MergeMetadata(nil, user.UserMetadata), MergeMetadata(nil, user.AppMetadata)
		u.Organizations = d.config.Organizations.Of(u.ID())
		users = append(users, u)
	}
	documented, err := d.documented(d.config.Documents)
	return append(users, documented...), err
}

// documented makes users of documents. Those of a database get seed.DefaultPassword.
func (d *Directory) documented(documents []json.RawMessage) ([]*User, error) {
	var users []*User
	for n, document := range documents {
		u, err := ParseDocument(document, d.config.Connections)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", n, err)
		}
		for n := range u.Identities {
			if i := &u.Identities[n]; i.Provider == connection.DatabaseStrategy {
				if i.PasswordHash, err = password.Hash(seed.DefaultPassword); err != nil {
					return nil, err
				}
			}
		}
		u.Organizations = d.config.Organizations.Of(u.ID())
		u.CreatedAt = d.config.Now()
		u.UpdatedAt = u.CreatedAt
		users = append(users, u)
	}
	return users, nil
}

// NewIdentity makes an identity and fills in what the seed leaves out; it is in the
// directory only after Create. It returns an error if there is no such connection.
func (d *Directory) NewIdentity(of seed.Identity) (Identity, error) {
	c, ok := d.config.Connections.Find(of.Connection)
	if !ok {
		return Identity{}, fmt.Errorf("no connection %q", of.Connection)
	}
	nickname, _, _ := strings.Cut(of.Email, "@")
	id := Identity{
		Connection: c.Name, Provider: c.Strategy, ID: of.AccountID(c), Social: c.Social(),
		Profile: Profile{
			Email: of.Email, EmailVerified: of.EmailVerified,
			PhoneNumber: of.PhoneNumber, PhoneVerified: of.PhoneNumber != "",
			Name:      cmp.Or(of.Name, strings.TrimSpace(of.GivenName+" "+of.FamilyName), of.Email, of.PhoneNumber, of.ID),
			GivenName: of.GivenName, FamilyName: of.FamilyName, Nickname: cmp.Or(of.Nickname, nickname),
		},
	}
	id.Profile.Picture = cmp.Or(of.Picture, d.config.Picture(id.Profile.Name))
	var err error
	if of.Password != "" && c.IsDatabase() {
		id.PasswordHash, err = password.Hash(of.Password)
	}
	return id, err
}
