package tenant

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// The connections of a tenant that is not told others.
const (
	Database = "Username-Password-Authentication"
	Google   = "google-oauth2"
	Facebook = "facebook"
)

// databaseStrategy is that of connections whose passwords the tenant keeps.
const databaseStrategy = "auth0"

// A Connection is a source of identities.
type Connection struct {
	Name string `yaml:"name"`
	// Strategy is the vendor's name of the identity provider and the prefix of a
	// user_id: "auth0" for a database, else a social provider.
	Strategy string `yaml:"strategy"`
	// Label is what pages call it. Empty: the name.
	Label string `yaml:"label"`
	// DisableSignup refuses new accounts of a database.
	DisableSignup bool `yaml:"disable_signup"`
	// PasswordPolicy is none, low, fair, good or excellent. Empty: good.
	PasswordPolicy string `yaml:"password_policy"`
	// GenericSignupErrors answers an existing address with invalid_signup, as
	// tenants do that hide which accounts there are, instead of user_exists.
	GenericSignupErrors bool `yaml:"generic_signup_errors"`
}

// Social tells whether another provider keeps the passwords.
func (c Connection) Social() bool { return c.Strategy != databaseStrategy }

// id is the connection_id of the Management API: the same in every run.
func (c Connection) id() string {
	sum := sha256.Sum256([]byte(c.Name))
	return "con_" + hex.EncodeToString(sum[:8])
}

func (c Connection) withDefaults() Connection {
	if c.Label == "" {
		c.Label = c.Name
	}
	if c.PasswordPolicy == "" {
		c.PasswordPolicy = "good"
	}
	return c
}

func defaultConnections() []Connection {
	return []Connection{
		{Name: Database, Strategy: databaseStrategy, Label: "E-mail and password"},
		{Name: Google, Strategy: "google-oauth2", Label: "Google"},
		{Name: Facebook, Strategy: "facebook", Label: "Facebook"},
	}
}

// connection finds a connection of the tenant by its name.
func (t *Tenant) connection(name string) (Connection, bool) {
	at := slices.IndexFunc(t.connections, func(c Connection) bool { return c.Name == name })
	if at < 0 {
		return Connection{}, false
	}
	return t.connections[at], true
}

// connectionsOf are those that a client may use.
func (t *Tenant) connectionsOf(client opClient) []Connection {
	return slices.DeleteFunc(slices.Clone(t.connections), func(c Connection) bool { return !client.mayUse(c.Name) })
}

// databaseOf is the client's connection of that name, or its first database if
// the name is empty.
func (t *Tenant) databaseOf(client opClient, name string) (Connection, bool) {
	for _, c := range t.connectionsOf(client) {
		if !c.Social() && (name == "" || name == c.Name) {
			return c, true
		}
	}
	return Connection{}, false
}
