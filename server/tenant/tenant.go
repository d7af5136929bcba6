package tenant

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/action"
	"twinlock/server/tenant/authapi"
	"twinlock/server/tenant/authorize"
	"twinlock/server/tenant/avatar"
	"twinlock/server/tenant/control"
	"twinlock/server/tenant/dashboard"
	"twinlock/server/tenant/datadir"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/hosted"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/keyring"
	"twinlock/server/tenant/leftout"
	"twinlock/server/tenant/managementapi"
	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/page"
	"twinlock/server/tenant/requestlog"
	"twinlock/server/tenant/session"
	"twinlock/server/tenant/state"
)

// Errors of New.
var (
	// ErrOptions is returned when Options cannot be used. The error says which and why.
	ErrOptions = errors.New("tenant options")
	// ErrDamaged is returned when a file of the data directory cannot be used.
	ErrDamaged = datadir.ErrDamaged
	// ErrInUse is returned when another tenant has the data directory: each would undo
	// what the other has saved.
	ErrInUse = datadir.ErrInUse
)

// A Tenant is the emulator: an http.Handler for the whole origin of its issuer. It does
// not listen by itself.
type Tenant struct {
	issuer issuer.Issuer
	log    *slog.Logger
	now    func() time.Time

	data     *datadir.Dir // nil: in memory
	users    *directory.Directory
	keys     *keyring.Ring
	provider *oauth.Provider
	sessions *session.Store
	accounts *account.Service
	renderer *page.Renderer

	authentication *authapi.API
	management     *managementapi.API
	faults         fault.Queue
	requests       requestlog.Log

	handler http.Handler
}

// New sets a tenant up. Errors are ErrOptions, ErrDamaged, ErrInUse, or of the file
// system.
func New(o Options) (*Tenant, error) {
	o = o.withDefaults()
	names, err := o.issuer()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	t := &Tenant{issuer: names, log: o.Logger, now: o.Now}
	if err := t.open(o); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// open opens what the tenant holds and sets up what serves it.
func (t *Tenant) open(o Options) error {
	var err error
	if o.DataDir != "" {
		if t.data, err = datadir.Open(o.DataDir, directory.File, keyring.File); err != nil {
			return err
		}
	}
	t.users, err = directory.Open(directory.Options{
		Connections: o.Connections, Organizations: o.Organizations, Seeds: o.Users, Documents: o.UserDocuments, ProfileLimit: o.ProfileLimit, Data: t.data, Now: t.now,
		Picture: func(name string) string { return avatar.URL(t.issuer.URL(), name) },
		Changed: t.changed(o.Actions.EventStream),
	})
	if err != nil {
		return err
	}
	if t.keys, err = keyring.Open(t.data, o.SigningKey); err != nil {
		return err
	}
	t.provider, err = oauth.New(oauth.Config{Issuer: t.issuer, Clients: o.Clients, Users: t.users, Keys: t.keys,
		UserAccess: o.UserAccess, Organizations: o.Organizations, OrganizationNames: o.OrganizationNames, PostLogin: o.Actions.PostLogin,
		Now: t.now})
	if err != nil {
		return err
	}
	t.sessions = session.New(t.issuer, t.now)
	t.accounts = account.New(t.users, t.issuer, o.LoginLimit, t.now)
	t.renderer = page.New(t.issuer.Host(), o.Branding, t.log)
	t.handler = t.routes(o)
	return nil
}

// changed returns what tells an event stream of users that have changed.
func (t *Tenant) changed(stream func(action.Event) error) func(before, after *directory.User) {
	if stream == nil {
		return nil
	}
	return func(before, after *directory.User) {
		if err := stream(action.NewEvent(t.issuer.Host(), before, after, t.now())); err != nil {
			t.log.Error("event stream", "error", err)
		}
	}
}

// maxBody and maxDocuments are the most that a request's body and one with user
// documents may have, in bytes.
const (
	maxBody      = 64 << 10
	maxDocuments = 8 << 20
)

// routes sets up what serves requests. A request passes, outermost first: request log,
// body limit, CORS, faults, endpoint.
func (t *Tenant) routes(o Options) http.Handler {
	endpoints := t.faults.Middleware(t.endpoints(o.RateLimit))
	limited := http.MaxBytesHandler(newCORS(o.Clients).middleware(endpoints), maxBody)
	public := t.requests.Middleware(limited, t.now)
	control := t.control()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(op.ContextWithIssuer(r.Context(), t.issuer.Of(r)))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if isControl(r) {
			control.ServeHTTP(w, r)
			return
		}
		public.ServeHTTP(w, r)
	})
}

func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, control.Path) }

// endpoints serves what Auth0 has.
func (t *Tenant) endpoints(limit RateLimit) http.Handler {
	endpoint := &authorize.Endpoint{
		Provider: t.provider, Users: t.users, Sessions: t.sessions, Pages: t.renderer, Log: t.log, Now: t.now}
	pages := &hosted.Pages{
		Endpoint: endpoint, Provider: t.provider, Users: t.users, Accounts: t.accounts, Sessions: t.sessions,
		Keys: t.keys, Renderer: t.renderer}
	t.authentication = authapi.New(authapi.Config{
		Issuer: t.issuer, Endpoint: endpoint, Provider: t.provider, Users: t.users, Accounts: t.accounts,
		Sessions: t.sessions, Renderer: t.renderer, Log: t.log, Now: t.now})
	t.management = managementapi.New(managementapi.Config{
		Issuer: t.issuer, Users: t.users, Keys: t.keys, Grants: t.provider, Sessions: t.sessions,
		MachineScopes: oauth.MachineScopes(), RateLimit: limit, Log: t.log, Now: t.now})

	mux := http.NewServeMux()
	protocol := t.provider.Handler()
	mux.Handle("/.well-known/", protocol)
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context()) // the same document (RFC 8414, section 3)
		r.URL.Path = "/.well-known/openid-configuration"
		protocol.ServeHTTP(w, r)
	})
	mux.Handle("/oauth/", leftout.RefuseDPoP(protocol))
	mux.Handle("/userinfo", protocol)
	signIn := endpoint.Handler(pages, t.authentication)
	mux.HandleFunc("GET /authorize", signIn)
	mux.HandleFunc("POST /authorize", signIn)
	mux.HandleFunc("GET /relay.html", endpoint.Relay)
	pages.Register(mux)
	t.authentication.Register(mux)
	mux.Handle("/api/v2/", leftout.RefuseDPoP(t.management.Handler()))
	leftout.Register(mux)
	mux.HandleFunc("/", t.renderer.NotFound)
	return mux
}

// control serves what Auth0 does not have.
func (t *Tenant) control() http.Handler {
	board := &dashboard.Dashboard{Host: t.issuer.Host(), Users: t.users, Accounts: t.accounts, Renderer: t.renderer,
		States: state.Tenant{Users: t.users, Faults: &t.faults, Revoke: t.provider.RevokeSubject, Now: t.now},
		Reset:  t.reset}
	c := &control.Control{
		Users: t.users, Keys: t.keys, Faults: &t.faults, Requests: &t.requests, Grants: t.provider, Reset: t.reset,
		Dashboard: board.Register, NotFound: t.renderer.NotFound,
		Avatars: avatar.Painter{Issuer: t.issuer.URL(), Accounts: t.users, NotFound: t.renderer.NotFound},
		MaxBody: maxBody, MaxDocuments: maxDocuments, Log: t.log,
	}
	return c.Handler()
}

// reset restores the seeded users and forgets everything else but the keys.
func (t *Tenant) reset() error {
	t.faults.Stop()
	if err := t.users.Reset(); err != nil {
		return err
	}
	t.provider.Clear()
	t.sessions.Clear()
	t.requests.Clear()
	t.accounts.Clear()
	t.authentication.Clear()
	t.management.Clear()
	return nil
}

// Close releases the data directory. Every change is saved before it is answered; only
// the work that a fault has put off is not done.
func (t *Tenant) Close() error {
	t.faults.Stop()
	if t.data == nil {
		return nil
	}
	return t.data.Close()
}

// ServeHTTP implements http.Handler.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.handler.ServeHTTP(w, r) }
