package action

import "twinlock/server/tenant/directory"

// A Login is the event object of a post-login Action, without what the recipes do not
// read.
// https://auth0.com/docs/customize/actions/reference/post-login/post-login-event-object
type Login struct {
	User        directory.Representation `json:"user"`
	Client      Client                   `json:"client"`
	Transaction Transaction              `json:"transaction"`
}

// A Client is the application that gets the token.
type Client struct {
	ID   string `json:"client_id"`
	Name string `json:"name"`
}

// A Transaction is what the token is for.
type Transaction struct {
	Protocol Protocol `json:"protocol"`
}

// A Protocol is how the application asks.
type Protocol string

// Those that the emulator knows.
const (
	Code         Protocol = "oidc-basic-profile"
	Implicit     Protocol = "oidc-implicit-profile"
	RefreshToken Protocol = "oauth2-refresh-token"
)
