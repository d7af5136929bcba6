package authapi

import (
	"io"
	"net/http"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/reply"
	"twinlock/server/tenant/seed"
)

func badRequest(code, description string) account.Error {
	return account.Error{Status: 400, Name: "BadRequestError", Code: code, Description: description}
}

// The failures of calls about databases, besides those of package account.
var (
	errDatabaseBody   = badRequest("invalid_request", "the body is no JSON object or form")
	errDatabaseClient = badRequest("invalid_client", "Unknown client")
	errNoDatabase     = badRequest("invalid_request", "the connection is no database of the client")
)

// signupBody is the answer to signing up.
// https://auth0.com/docs/api/authentication/signup/create-a-new-user
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
func (a *API) signup(w http.ResponseWriter, r *http.Request) {
	body, c, err := a.databaseCall(r)
	if err != nil {
		a.fail(w, err)
		return
	}
	profile := seed.Identity{
		Email: body.text("email"), GivenName: body.text("given_name"), FamilyName: body.text("family_name"),
		Name: body.text("name"), Nickname: body.text("nickname"), Picture: body.text("picture"),
	}
	id, err := a.Accounts.Register(c, profile, body.text("password"), body.object("user_metadata"))
	if err != nil {
		a.fail(w, err)
		return
	}
	reply.JSON(w, http.StatusOK, signupBody{
		ID: id.ID, Email: id.Profile.Email, EmailVerified: id.Profile.EmailVerified,
		GivenName: profile.GivenName, FamilyName: profile.FamilyName, Name: profile.Name,
		Nickname: profile.Nickname, Picture: profile.Picture, UserMetadata: body.object("user_metadata"),
	})
}

// changePassword sends the owner of the address a message, and answers the same if there
// is none: it must not tell which accounts there are.
func (a *API) changePassword(w http.ResponseWriter, r *http.Request) {
	body, c, err := a.databaseCall(r)
	if err == nil && body.text("email") == "" {
		err = account.ErrInvalidEmail
	}
	if err != nil {
		a.fail(w, err)
		return
	}
	a.Accounts.Forgot(c, body.text("email"))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	reply.NoStore(w)
	io.WriteString(w, "We've just sent you an email to reset your password.") // fails only if the client is gone
}

// databaseCall reads the body and finds the database that it is about.
func (a *API) databaseCall(r *http.Request) (fields, connection.Connection, error) {
	body, err := readFields(r)
	if err != nil {
		return nil, connection.Connection{}, errDatabaseBody
	}
	client, ok := a.Provider.Client(body.text("client_id"))
	if !ok {
		return nil, connection.Connection{}, errDatabaseClient
	}
	c, ok := a.database(client, body.text("connection"))
	if !ok || body.text("connection") == "" {
		return nil, connection.Connection{}, errNoDatabase
	}
	return body, c, nil
}
