package tenant

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/mail"
	"strings"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/reply"
	"twinlock/server/tenant/seed"
)

func databaseError(status int, code, description string) authError {
	return authError{Status: status, Name: "BadRequestError", Code: code, Description: description}
}

// The failures of signing up and of asking for a new password.
// https://auth0.com/docs/api/authentication/signup/create-a-new-user
var (
	errDatabaseBody    = databaseError(400, "invalid_request", "the body is no JSON object or form")
	errDatabaseClient  = databaseError(400, "invalid_client", "Unknown client")
	errNoDatabase      = databaseError(400, "invalid_request", "the connection is no database of the client")
	errInvalidEmail    = databaseError(400, "invalid_email", "Email is not valid.")
	errSignupUser      = databaseError(400, "user_exists", "The user already exists.")
	errSignupGeneric   = databaseError(400, "invalid_signup", "Invalid sign up")
	errSignupsDisabled = databaseError(400, "signup_disabled", "Public signup is disabled")
	errSignupFull      = databaseError(429, "too_many_users", "the emulator holds as many users as it can; reset it")
)

// signupBody is the answer to signing up.
type signupBody struct {
	ID            string         `json:"_id"`
	Email         string         `json:"email"`
	EmailVerified bool           `json:"email_verified"`
	GivenName     string         `json:"given_name,omitempty"`
	FamilyName    string         `json:"family_name,omitempty"`
	Name          string         `json:"name,omitempty"`
	Nickname      string         `json:"nickname,omitempty"`
	Picture       string         `json:"picture,omitempty"`
	UserMetadata  map[string]any `json:"user_metadata,omitempty"`
}

// signup makes a database account.
func (t *Tenant) signup(w http.ResponseWriter, r *http.Request) {
	fields, c, err := t.databaseCall(r)
	if err != nil {
		t.failAuth(w, err)
		return
	}
	profile := seed.Identity{
		Email: text(fields, "email"), GivenName: text(fields, "given_name"), FamilyName: text(fields, "family_name"),
		Name: text(fields, "name"), Nickname: text(fields, "nickname"), Picture: text(fields, "picture"),
	}
	id, err := t.register(c, profile, text(fields, "password"), object(fields, "user_metadata"))
	if err != nil {
		t.failAuth(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, signupBody{
		ID: id.ID, Email: id.Profile.Email, EmailVerified: id.Profile.EmailVerified, GivenName: profile.GivenName, FamilyName: profile.FamilyName,
		Name: profile.Name, Nickname: profile.Nickname, Picture: profile.Picture, UserMetadata: object(fields, "user_metadata"),
	})
}

// register makes an account of the profile in the database c and sends its
// owner a message to verify the address.
func (t *Tenant) register(c Connection, of seed.Identity, password string, metadata map[string]any) (directory.Identity, error) {
	if c.DisableSignup {
		return directory.Identity{}, errSignupsDisabled
	}
	of.Email = strings.ToLower(strings.TrimSpace(of.Email))
	if parsed, err := mail.ParseAddress(of.Email); err != nil || parsed.Address != of.Email {
		return directory.Identity{}, errInvalidEmail
	}
	if err := checkPassword(c.PasswordPolicy, password); err != nil {
		return directory.Identity{}, err
	}
	var random [12]byte
	rand.Read(random[:]) // never fails
	of.Connection, of.Password, of.ID = c.Name, password, hex.EncodeToString(random[:])
	id, err := t.directory.NewIdentity(of)
	if err != nil {
		return directory.Identity{}, err
	}
	switch _, err := t.directory.Create(id, metadata); {
	case errors.Is(err, directory.ErrUserExists) && c.GenericSignupErrors:
		return directory.Identity{}, errSignupGeneric
	case errors.Is(err, directory.ErrUserExists):
		return directory.Identity{}, errSignupUser
	case errors.Is(err, directory.ErrFull):
		return directory.Identity{}, errSignupFull
	case err != nil:
		return directory.Identity{}, err
	}
	t.post(id, purposeVerify)
	return id, nil
}

// changePassword sends the owner of the address a message, and answers the same
// if there is none: it must not tell which accounts there are.
func (t *Tenant) changePassword(w http.ResponseWriter, r *http.Request) {
	fields, c, err := t.databaseCall(r)
	if err == nil && text(fields, "email") == "" {
		err = errInvalidEmail
	}
	if err != nil {
		t.failAuth(w, err)
		return
	}
	t.forgot(c, text(fields, "email"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	reply.NoStore(w)
	io.WriteString(w, "We've just sent you an email to reset your password.") // fails only if the client is gone
}

// forgot sends the message that a new password can be set with.
func (t *Tenant) forgot(c Connection, email string) {
	if id, found := t.directory.Find(c.Name, strings.TrimSpace(email)); found {
		t.post(id, purposeReset)
	}
}

// databaseCall reads the body and finds the database that it is about.
func (t *Tenant) databaseCall(r *http.Request) (map[string]any, Connection, error) {
	fields, err := readFields(r)
	if err != nil {
		return nil, Connection{}, errDatabaseBody
	}
	client, ok := t.storage.clients[text(fields, "client_id")]
	if !ok {
		return nil, Connection{}, errDatabaseClient
	}
	c, ok := t.directory.Connections().Allowed(client.mayUse).Database(text(fields, "connection"))
	if !ok || text(fields, "connection") == "" {
		return nil, Connection{}, errNoDatabase
	}
	return fields, c, nil
}

// challenge tells that no captcha is wanted.
func challenge(w http.ResponseWriter, _ *http.Request) {
	reply.NoStore(w)
	reply.JSON(w, http.StatusOK, map[string]bool{"required": false})
}
