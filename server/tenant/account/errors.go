package account

import (
	"encoding/json"
	"errors"

	"twinlock/server/tenant/password"
)

// An Error is the body of a failed call of the Authentication API outside OAuth's
// endpoints. Calls about databases have a Name and say code and description where the
// others say error and error_description.
type Error struct {
	// Status is that of the answer.
	Status int
	// Name is of calls about databases. Empty: of the others.
	Name string
	// Code is for programs, e.g. "access_denied".
	Code string
	// Description is a sentence.
	Description string
}

func (e Error) Error() string { return e.Description }

// MarshalJSON writes Auth0's form.
func (e Error) MarshalJSON() ([]byte, error) {
	if e.Name == "" {
		return json.Marshal(map[string]string{"error": e.Code, "error_description": e.Description})
	}
	return json.Marshal(map[string]any{"name": e.Name, "code": e.Code, "description": e.Description,
		"statusCode": e.Status})
}

// Errors of SignIn.
var (
	// ErrWrongPassword is returned when address and password do not belong together.
	ErrWrongPassword = Error{Status: 403, Code: "access_denied", Description: "Wrong email or password."}
	// ErrTooManyAttempts is returned when there were too many wrong passwords in a row.
	ErrTooManyAttempts = Error{Status: 429, Code: "too_many_attempts",
		Description: "Your account has been blocked after multiple consecutive login attempts. " +
			"We've sent you a notification via your preferred contact method with instructions on how to unblock it."}
	// ErrBlocked is returned when the user is blocked.
	ErrBlocked = Error{Status: 403, Code: "unauthorized", Description: "user is blocked"}
)

func databaseError(status int, code, description string) Error {
	return Error{Status: status, Name: "BadRequestError", Code: code, Description: description}
}

// ErrInvalidEmail is returned when something is not an e-mail address.
var ErrInvalidEmail = databaseError(400, "invalid_email", "Email is not valid.")

// The other errors of Register.
// https://auth0.com/docs/api/authentication/signup/create-a-new-user
var (
	errSignupUser      = databaseError(400, "user_exists", "The user already exists.")
	errSignupGeneric   = databaseError(400, "invalid_signup", "Invalid sign up")
	errSignupsDisabled = databaseError(400, "signup_disabled", "Public signup is disabled")
	errSignupFull      = databaseError(429, "too_many_users", "the emulator holds as many users as it can; reset it")
)

// ErrTicket is returned when a message's link has been used, has expired or is for
// something else.
var ErrTicket = errors.New("unknown, used or expired ticket")

// Sentence returns what a person is told whose input was refused with the error; "" for
// an error that is not about the input.
func Sentence(err error) string {
	var weak password.WeakError
	if errors.As(err, &weak) {
		return weak.Message + ". It needs:\n" + weak.Policy
	}
	var known Error
	if errors.As(err, &known) {
		return known.Description
	}
	return ""
}
