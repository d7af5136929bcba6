// Package connection has the sources of identities of a tenant: a [List] of
// [Connection] values, databases and social ones.
package connection

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// The names of the default connections.
const (
	Database = "Username-Password-Authentication"
	Google   = "google-oauth2"
	Facebook = "facebook"
)

// The strategies of connections in which the tenant itself finds out who somebody is.
const (
	// DatabaseStrategy: by a password, which the tenant stores.
	DatabaseStrategy = "auth0"
	// EmailStrategy: by a code that the tenant sends by e-mail.
	EmailStrategy = "email"
	// SMSStrategy: by a code that the tenant sends to a telephone.
	SMSStrategy = "sms"
)

// A Connection is a source of identities.
// https://auth0.com/docs/authenticate/identity-providers
type Connection struct {
	// Name is unique among the connections of a tenant. It must be given.
	Name string `yaml:"name"`
	// Strategy is Auth0's name of the identity provider and the prefix of a user_id:
	// "auth0" for a database, "email" or "sms" for codes, else a social provider. It must be
	// given.
	Strategy string `yaml:"strategy"`
	// Label is what pages call it. Empty: Name.
	Label string `yaml:"label"`
	// DeveloperKeys: the tenant has no keys of its own at the provider, and uses Auth0's.
	// https://auth0.com/docs/authenticate/identity-providers/social-identity-providers/devkeys
	DeveloperKeys bool `yaml:"developer_keys"`
	// UpstreamParams are given to the provider, by their names there.
	UpstreamParams map[string]UpstreamParam `yaml:"upstream_params"`
	// DisableSignup refuses new accounts of a database, and of a connection with codes.
	DisableSignup bool `yaml:"disable_signup"`
	// PasswordPolicy is none, low, fair, good or excellent. Empty: good.
	PasswordPolicy string `yaml:"password_policy"`
	// GenericSignupErrors answers an existing address with invalid_signup, as tenants do
	// that hide which accounts there are, instead of user_exists.
	GenericSignupErrors bool `yaml:"generic_signup_errors"`
}

// IsDatabase reports whether people sign in with a password that the tenant stores.
func (c Connection) IsDatabase() bool { return c.Strategy == DatabaseStrategy }

// Coded reports whether people sign in with a code that the tenant sends.
// https://auth0.com/docs/authenticate/passwordless
func (c Connection) Coded() bool { return c.Strategy == EmailStrategy || c.Strategy == SMSStrategy }

// Social reports whether another provider finds out who somebody is.
func (c Connection) Social() bool { return !c.IsDatabase() && !c.Coded() }

// ID returns the connection_id of the Management API, the same in every run.
func (c Connection) ID() string {
	sum := sha256.Sum256([]byte(c.Name))
	return "con_" + hex.EncodeToString(sum[:8])
}

// A List has the connections of a tenant, in the order in which pages list them.
type List []Connection

// Default returns a database and two social connections.
func Default() List {
	return List{
		{Name: Database, Strategy: DatabaseStrategy, Label: "E-mail and password"},
		{Name: Google, Strategy: "google-oauth2", Label: "Google"},
		{Name: Facebook, Strategy: "facebook", Label: "Facebook"},
	}
}

// WithDefaults returns a copy with the defaults of empty fields.
func (l List) WithDefaults() List {
	l = slices.Clone(l)
	for n := range l {
		if l[n].Label == "" {
			l[n].Label = l[n].Name
		}
		if l[n].PasswordPolicy == "" {
			l[n].PasswordPolicy = "good"
		}
	}
	return l
}

// Find returns the connection of that name, false if there is none.
func (l List) Find(name string) (Connection, bool) {
	at := slices.IndexFunc(l, func(c Connection) bool { return c.Name == name })
	if at < 0 {
		return Connection{}, false
	}
	return l[at], true
}

// Allowed returns the connections whose names are allowed.
func (l List) Allowed(allowed func(name string) bool) List {
	return slices.DeleteFunc(slices.Clone(l), func(c Connection) bool { return !allowed(c.Name) })
}

// Database returns the database of that name, or the first database if the name is
// empty; false if there is none.
func (l List) Database(name string) (Connection, bool) {
	at := slices.IndexFunc(l, func(c Connection) bool { return c.IsDatabase() && (name == "" || name == c.Name) })
	if at < 0 {
		return Connection{}, false
	}
	return l[at], true
}
