// Package password checks passwords: [Check] by the policy of a connection, [Hash]
// and [Matches] for those that are stored.
package password

import "golang.org/x/crypto/bcrypt"

// MaxBytes is how long a password may be, bcrypt's limit.
const MaxBytes = 72

// Hash returns the bcrypt hash of a password of at most MaxBytes. It costs as little
// as it can: the accounts are made up, and the work must not slow down the tests of
// others.
func Hash(password string) ([]byte, error) {
	return bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
}

var unknown, _ = Hash("the password of nobody")

// Matches reports whether the hash is that of the password. An empty hash matches
// nothing and takes as long, so that the time of an answer does not tell whether
// there is an account.
func Matches(hash []byte, password string) bool {
	if len(hash) == 0 {
		bcrypt.CompareHashAndPassword(unknown, []byte(password)) // only for its time
		return false
	}
	return bcrypt.CompareHashAndPassword(hash, []byte(password)) == nil
}
