package account

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/seed"
)

// A code has six digits, is valid for three minutes, and ends with the third wrong one.
// Only the last that was sent is valid.
// https://auth0.com/docs/authenticate/passwordless/passwordless-with-universal-login
const (
	codeTTL      = 3 * time.Minute
	codeAttempts = 3
)

// Errors of SendCode and SignInByCode. The sentences are ours.
var (
	// ErrWrongCode is returned when the code is not the one that was sent last, or is over.
	ErrWrongCode = Error{Status: 400, Code: "invalid_grant", Description: "The code is wrong or has expired."}
	// ErrInvalidPhone is returned when something is not a telephone number.
	ErrInvalidPhone = databaseError(400, "invalid_phone_number", "The number must begin with + and the country.")
)

// A sentCode is the last that was sent for an authorization request.
type sentCode struct {
	connection, address string
	value               string // empty: none was sent, because nobody may sign up
	failures            int
}

var phonePattern = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // ITU-T E.164

// IsPhoneNumber reports whether it is one in the international form.
func IsPhoneNumber(number string) bool { return phonePattern.MatchString(number) }

// SendCode sends a code to the address, an e-mail address or a telephone number by the
// connection's strategy, with which somebody can sign in for the request of that id. A
// stranger does not learn whether the address has an account. Errors: ErrInvalidEmail,
// ErrInvalidPhone.
func (s *Service) SendCode(c connection.Connection, request, address string) error {
	address, err := codeAddress(c, address)
	if err != nil {
		return err
	}
	sent := sentCode{connection: c.Name, address: address}
	if _, found := s.users.Find(c.Name, address); found || !c.DisableSignup {
		sent.value = newCode()
		s.outbox.add(Message{Time: s.now(), To: address, Subject: "Your code", Text: "Enter the code to sign in.", Code: sent.value})
	}
	s.codes.Put(request, sent)
	return nil
}

func codeAddress(c connection.Connection, address string) (string, error) {
	if c.Strategy == connection.SMSStrategy {
		address = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(address)
		if !IsPhoneNumber(address) {
			return "", ErrInvalidPhone
		}
		return address, nil
	}
	address = strings.ToLower(strings.TrimSpace(address))
	if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
		return "", ErrInvalidEmail
	}
	return address, nil
}

func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // never fails
	}
	return fmt.Sprintf("%06d", n)
}

// CodeSentTo returns where a code for the request was sent, "" if nowhere.
func (s *Service) CodeSentTo(request string) string {
	sent, _ := s.codes.Get(request)
	return sent.address
}

// SignInByCode returns the identity whose owner got the code, and makes it if it is new.
// Errors: ErrWrongCode, and those of the directory.
func (s *Service) SignInByCode(c connection.Connection, request, given string) (directory.Identity, error) {
	var sent sentCode
	known := s.codes.Update(request, func(of *sentCode) { sent = *of; of.failures++ })
	right := subtle.ConstantTimeCompare([]byte(strings.TrimSpace(given)), []byte(sent.value)) == 1
	if !known || sent.value == "" || sent.connection != c.Name || sent.failures >= codeAttempts || !right {
		return directory.Identity{}, ErrWrongCode
	}
	if _, ok := s.codes.Pop(request); !ok {
		return directory.Identity{}, ErrWrongCode // two have used the code at the same time
	}
	if id, found := s.users.Find(c.Name, sent.address); found {
		return id, nil
	}
	of := seed.Identity{Connection: c.Name, ID: newID()}
	if c.Strategy == connection.SMSStrategy {
		of.PhoneNumber = sent.address
	} else {
		of.Email, of.EmailVerified = sent.address, true
	}
	id, err := s.users.NewIdentity(of)
	if err != nil {
		return directory.Identity{}, err
	}
	if _, err := s.users.Create(id, nil); err != nil {
		return directory.Identity{}, createError(c, err)
	}
	return id, nil
}
