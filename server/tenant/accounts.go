package tenant

import (
	"twinlock/server/tenant/connection"
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

// An Account is one that a tenant has where Options name no users.
type Account struct {
	Email string
	// Connection is one of Database, Google, Facebook.
	Connection string
	// Password is empty for an account of a social connection.
	Password string
}

// Accounts returns the users of such a tenant after a reset, by their main identities:
// grace@example.com has a second one, which is linked.
func Accounts() []Account {
	var list []Account
	for _, u := range seed.DefaultUsers() {
		list = append(list, Account{Email: u.Email, Connection: u.Connection, Password: u.Password})
	}
	return list
}
