package tenant

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/action"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/managementapi"
	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/organization"
	"twinlock/server/tenant/page"
	"twinlock/server/tenant/seconds"
	"twinlock/server/tenant/seed"
)

// DefaultClientID is that of the client which the dev command configures.
const DefaultClientID = "twinlock-dev"

// The grants that a Client can be allowed.
const (
	GrantCode              = oauth.GrantCode
	GrantImplicit          = oauth.GrantImplicit
	GrantRefreshToken      = oauth.GrantRefreshToken
	GrantClientCredentials = oauth.GrantClientCredentials
)

// What Options are made of.
type (
	// A Client is an application that may use the tenant.
	Client = oauth.Client
	// RefreshTokens say how those of a Client live.
	RefreshTokens = oauth.RefreshTokens
	// Seconds is a length of time as Auth0 writes it.
	Seconds = seconds.Seconds
	// A Connection is a source of identities.
	Connection = connection.Connection
	// An UpstreamParam is a parameter that the provider of a Connection is given.
	UpstreamParam = connection.UpstreamParam
	// A User is one that the tenant starts with and gets back by a reset.
	User = seed.User
	// An Identity is one way in which a User signs in.
	Identity = seed.Identity
	// Branding is how the hosted pages look.
	Branding = page.Branding
	// A UserAccess says which clients may ask for people's access to the Management API.
	UserAccess = oauth.UserAccess
	// An Organization is what people can sign in to as its members.
	Organization = organization.Organization
	// An OrganizationUsage says whether people sign in to a Client as members.
	OrganizationUsage = oauth.OrganizationUsage
	// A RateLimit is that of the Management API.
	RateLimit = managementapi.RateLimit
	// Actions are code of the tenant's operator.
	Actions = action.Actions
	// A LoginLimit is how often one may mistype a password.
	LoginLimit = account.LoginLimit
)

// FreePlan is the Management API's limit of a tenant without a paid plan.
var FreePlan = managementapi.FreePlan

// Options of a Tenant. Those with a key can be read from a YAML file, see ReadOptions.
type Options struct {
	// Issuer is the tenant's origin with a trailing slash, e.g. "http://127.0.0.1:8001/".
	// It must be given.
	Issuer string `yaml:"-"`
	// CustomDomain is a second name of the tenant, e.g. "id.example". Without a port it
	// has the issuer's. Who asks for it gets tokens of an issuer of that name; the
	// Management API's audience has the first name even then. Empty: none.
	CustomDomain string `yaml:"custom_domain"`
	// Clients are the applications that may use the tenant. There must be one.
	Clients []Client `yaml:"clients"`
	// Connections are the ways of signing in. Nil: a database and two social ones.
	Connections []Connection `yaml:"connections"`
	// Users are there from the start and after a reset. Nil, with nil Connections: those
	// of Accounts.
	Users []User `yaml:"users"`
	// UserDocuments are users as a tenant of Auth0 may hold them: JSON objects of the
	// Management API's form, with whatever members. They come after Users.
	UserDocuments []json.RawMessage `yaml:"user_documents"`
	// Organizations have users as members. Nil, with nil Connections and Users: one, of which
	// grace@example.com is.
	Organizations []Organization `yaml:"organizations"`
	// OrganizationNames lets requests name an organization instead of giving its id, and
	// puts the name into tokens.
	// https://auth0.com/docs/manage-users/organizations/configure-organizations/use-org-name-authentication-api
	OrganizationNames bool `yaml:"organization_names"`
	// UserAccess says which clients may ask for people's access to the Management API.
	// Empty: all.
	UserAccess oauth.UserAccess `yaml:"user_access"`
	// Branding is how the hosted pages look.
	Branding Branding `yaml:"branding"`
	// RateLimit is that of the Management API. Zero: 50 calls a second.
	RateLimit RateLimit `yaml:"rate_limit"`
	// ProfileLimit is how many bytes a user may have in the Management API's form, after a
	// link or a change. Zero: any.
	ProfileLimit int `yaml:"profile_limit"`
	// LoginLimit is how often one may mistype a password. Zero: a hundred times.
	LoginLimit LoginLimit `yaml:"login_limit"`

	// Actions are code of the tenant's operator. Zero: there is none.
	Actions Actions `yaml:"-"`

	// DataDir stores users and keys across restarts. Empty: in memory.
	DataDir string `yaml:"-"`
	// SigningKey signs the tokens of a tenant in memory until the keys are rotated. Making
	// one is most of the work of a start. Nil: a new one.
	SigningKey *rsa.PrivateKey `yaml:"-"`
	// Logger gets what goes wrong inside. Tokens, codes and passwords are never logged.
	// Nil: slog.Default.
	Logger *slog.Logger `yaml:"-"`
	// Now is the clock. Nil: time.Now.
	Now func() time.Time `yaml:"-"`
}

func (o Options) withDefaults() Options {
	if o.Connections == nil {
		o.Connections = connection.Default()
		if o.Users == nil {
			o.Users = seed.DefaultUsers()
			if o.Organizations == nil {
				o.Organizations = organization.Default()
			}
		}
	}
	o.Connections = connection.List(o.Connections).WithDefaults()
	o.Organizations = organization.List(o.Organizations).WithDefaults()
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// issuer checks the options and returns the tenant's names.
func (o Options) issuer() (issuer.Issuer, error) {
	names, err := issuer.New(o.Issuer)
	if err = errors.Join(err, o.Check()); err != nil {
		return names, err
	}
	return names.WithDomain(o.CustomDomain)
}
