package tenant

import (
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/seed"
)

// The names of the default connections.
const (
	Database = connection.Database
	Google   = connection.Google
	Facebook = connection.Facebook
)

// Password is that of every default account of a database.
const Password = seed.DefaultPassword

// A Connection is a source of identities.
type Connection = connection.Connection

// A User is one that the tenant starts with and gets back by a reset.
type User = seed.User

// An Identity is one way in which a User signs in.
type Identity = seed.Identity

// A StoredUser is what the tenant holds of a user, as GET /_emulator/users and the
// Management API answer. It can be read from such an answer.
type StoredUser = directory.Representation

// A StoredIdentity is one of a StoredUser.
type StoredIdentity = directory.IdentityRepresentation

// An Account is one of a tenant that is told no others.
type Account struct {
	Email      string
	Connection string // one of Database, Google, Facebook
	Password   string // empty for an account of a social connection
}

// Accounts returns the users of such a tenant after a reset, by their main
// identities: grace@example.com has a linked one besides.
func Accounts() []Account {
	var list []Account
	for _, u := range seed.DefaultUsers() {
		list = append(list, Account{Email: u.Email, Connection: u.Connection, Password: u.Password})
	}
	return list
}
