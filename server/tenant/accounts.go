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
