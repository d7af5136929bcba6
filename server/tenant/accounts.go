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
	// OTPSecret makes the one-time codes that are asked for after the password. Empty: none
	// are.
	OTPSecret string
	// For says what the account is for, in a few words.
	For string
}

// purposes say what the default users are for, by address.
var purposes = map[string]string{
	"ada@example.com":            "the usual one: sign in with it, with settings of its own",
	"ada.lovelace@gmail.example": "to link to ada@example.com: settings that differ from hers",
	"ada@facebook.example":       "to link as a third one: no settings",
	"charles@example.com":        "somebody else with a password: to link a second one of the same kind",
	"mallory@example.com":        "her address is not verified: linking is refused",
	"mary@gmail.example":         "somebody else at Google: to sign in there and link an account with a password",
	"grace@example.com":          "a Google account is linked already: to unlink, or to be refused as a second one",
	"hedy@example.com":           "asks for a one-time code after the password: their page in the dashboard has it",
}

// Accounts returns the users of such a tenant after a reset, by their main identities:
// grace@example.com has a second one, which is linked.
func Accounts() []Account {
	var list []Account
	for _, u := range seed.DefaultUsers() {
		list = append(list, Account{Email: u.Email, Connection: u.Connection, Password: u.Password, OTPSecret: u.OTPSecret, For: purposes[u.Email]})
	}
	return list
}
