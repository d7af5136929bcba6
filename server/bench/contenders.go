package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"twinlock/server/tenant"
)

// The names of the other contenders.
const (
	helloWorld = "go-app hello world"
	twoLocks   = "two Locks"
	spaJS      = "auth0-spa-js"
)

// contender is a page that is measured. usable, ready, profile and fresh are JavaScript
// expressions, which are true from some moment of a visit on; see [watch].
type contender struct {
	name       string
	url        string
	issuer     string // of its tenant
	usable     string // signing in works
	ready      string // all of the page is there
	profile    string // a profile is in sight; "" if the page has none
	fresh      string // the profile in sight is the one that the tenant has answered with
	calledBack bool   // the tenant calls back to the page itself
	forgets    bool   // a return visit does not show the profile
	reader     string // the language of who visits; "" for the browser's own
	// signIn signs in, so that the next visit has a session; nil if the page has none.
	signIn func(*device, contender) error
}

// fronts are the servers of one measurement, behind one line.
type fronts struct {
	line  *line
	stops []func() // stop the servers
}

func (f *fronts) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return f.line.wrap(l), nil
}

func (f *fronts) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go server.Serve(l)
	f.stops = append(f.stops, func() { server.Close() })
}

func (f *fronts) close() {
	for _, stop := range f.stops {
		stop()
	}
}

// database is the connection of the accounts that the measurements sign in with.
const database = "Username-Password-Authentication"

// email is the address of the account that signs in.
const email = "ada@example.com"

// account returns the user that signs in, with so many identities.
func account(identities int) tenant.User {
	u := tenant.User{Identity: tenant.Identity{
		Connection:    database,
		Email:         email,
		EmailVerified: true,
		Password:      tenant.Password,
		Name:          "Ada King",
	}}
	for i := range identities - 1 {
		u.Linked = append(u.Linked, tenant.Identity{
			Connection:    "google-oauth2",
			ID:            fmt.Sprint(1000 + i),
			Email:         fmt.Sprintf("ada%d@gmail.example", i),
			EmailVerified: true,
		})
	}
	return u
}

// tenant starts a tenant for a page and returns its issuer.
func (f *fronts) tenant(origin, callback string, identities int) (string, error) {
	l, err := f.listen()
	if err != nil {
		return "", err
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	issuer := "http://tenant.localhost:" + port + "/"
	t, err := tenant.New(tenant.Options{
		Issuer: issuer,
		Clients: []tenant.Client{{
			ID:         tenant.DefaultClientID,
			Callbacks:  []string{callback},
			WebOrigins: []string{origin},
			LogoutURLs: []string{origin + "/"},
			Grants:     []string{tenant.GrantCode, tenant.GrantRefreshToken, tenant.GrantImplicit},
		}},
		Users:  []tenant.User{account(identities)},
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return "", err
	}
	f.stops = append(f.stops, func() { t.Close() })
	f.serve(l, t)
	return issuer, nil
}
