// Package seed has what options say about the users that a tenant starts with: [User]
// and [Identity], and [DefaultUsers] for a tenant that is told no others.
package seed

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"twinlock/server/tenant/connection"
)

// DefaultPassword is that of every default account of a database, and of documents.
const DefaultPassword = "Analytical-Engine-1843"

// DefaultOTPSecret is that of the default account with a second factor: the secret of the
// examples in RFC 6238, appendix B.
const DefaultOTPSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// An Identity is one way to sign in, as options give it.
type Identity struct {
	// Connection is the name of one of the tenant's connections. It must be given.
	Connection string `yaml:"connection"`
	// ID is without the strategy's prefix. Empty: made of Connection and Email.
	ID string `yaml:"id"`
	// Email must be given, once in a connection. Only an account of a provider whose ID is
	// given, or of a telephone, may have none.
	Email         string `yaml:"email"`
	EmailVerified bool   `yaml:"email_verified"`
	// PhoneNumber must be given for a connection of the strategy sms, and only there.
	PhoneNumber string `yaml:"phone_number"`
	// Password is only for a database. Empty: nobody can sign in with one.
	Password string `yaml:"password"`
	// Name is the full one. Empty: GivenName and FamilyName, or Email, or ID.
	Name       string `yaml:"name"`
	GivenName  string `yaml:"given_name"`
	FamilyName string `yaml:"family_name"`
	// Nickname: empty: the part of Email before the @.
	Nickname string `yaml:"nickname"`
	// Picture is an address. Empty: the tenant draws one.
	Picture string `yaml:"picture"`
}

// A User is a user that a tenant starts with and gets back by a reset.
type User struct {
	// Identity is the main one.
	Identity
	// Blocked users cannot sign in.
	Blocked bool `yaml:"blocked"`
	// OTPSecret asks for one-time codes that are made of it, as authenticator apps do; in
	// base32. Empty: no second factor.
	OTPSecret    string         `yaml:"otp_secret"`
	UserMetadata map[string]any `yaml:"user_metadata"`
	AppMetadata  map[string]any `yaml:"app_metadata"`
	// Linked are the other identities.
	Linked []Identity `yaml:"linked_identities"`
}

// DefaultUsers returns the users of a tenant that is told no others. Their ids have
// the forms of Auth0 and are always the same.
func DefaultUsers() []User {
	ada := func(i Identity) Identity {
		i.GivenName, i.EmailVerified = "Ada", true
		return i
	}
	return []User{
		{Identity: ada(Identity{Email: "ada@example.com", Connection: connection.Database, ID: "5d1018150a1b2c3d4e5f6a01",
			Password: DefaultPassword, FamilyName: "King"}),
			UserMetadata: map[string]any{"theme": "dark", "phone": "+1"}},
		{Identity: ada(Identity{Email: "ada.lovelace@gmail.example", Connection: connection.Google,
			ID: "118151210185211271536", FamilyName: "Lovelace"}),
			UserMetadata: map[string]any{"theme": "light", "newsletter": true}},
		{Identity: ada(Identity{Email: "ada@facebook.example", Connection: connection.Facebook, ID: "10218151210185211",
			FamilyName: "Byron"})},
		{Identity: Identity{Email: "charles@example.com", Connection: connection.Database, ID: "5d1017911226b2c3d4e5f6a2",
			Password:  DefaultPassword,
			GivenName: "Charles", FamilyName: "Babbage", EmailVerified: true}},
		{Identity: Identity{Email: "mallory@example.com", Connection: connection.Database, ID: "5d101978bad0b2c3d4e5f6a3",
			Password:  DefaultPassword,
			GivenName: "Mallory", FamilyName: "Trudy"}},
		{Identity: Identity{Email: "mary@gmail.example", Connection: connection.Google, ID: "117801226187211290072",
			GivenName: "Mary", FamilyName: "Somerville", EmailVerified: true}},
		{Identity: Identity{Email: "grace@example.com", Connection: connection.Database, ID: "5d1019061906b2c3d4e5f6a4",
			Password:  DefaultPassword,
			GivenName: "Grace", FamilyName: "Hopper", EmailVerified: true},
			Linked: []Identity{{Email: "grace.hopper@gmail.example", Connection: connection.Google, ID: "109061992185211271536",
				GivenName: "Grace", FamilyName: "Hopper", EmailVerified: true}}},
		{Identity: Identity{Email: "hedy@example.com", Connection: connection.Database, ID: "5d1019141109b2c3d4e5f6a5",
			Password:  DefaultPassword,
			GivenName: "Hedy", FamilyName: "Lamarr", EmailVerified: true},
			OTPSecret: DefaultOTPSecret},
	}
}

// AccountID returns ID, or else one in Auth0's form for the strategy of the connection.
func (i Identity) AccountID(c connection.Connection) string {
	if i.ID != "" {
		return i.ID
	}
	sum := sha256.Sum256([]byte(c.Name + "\x00" + strings.ToLower(i.Email+i.PhoneNumber)))
	if !c.Social() {
		return hex.EncodeToString(sum[:12])
	}
	return "1" + fmt.Sprintf("%020s", strconv.FormatUint(binary.BigEndian.Uint64(sum[:8]), 10))
}
