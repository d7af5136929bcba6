package tenant

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/datadir"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/keyring"
	"twinlock/server/tenant/leftout"
	"twinlock/server/tenant/requestlog"
)

// Options say how a tenant is to be. Those with a key can be read from a YAML
// file, see ReadOptions.
type Options struct {
	// Issuer is the tenant's origin with a trailing slash, e.g. "http://127.0.0.1:8001/".
	Issuer string `yaml:"-"`
	// CustomDomain is a second name of the tenant, e.g. "id.example". Without a port
	// it has the issuer's. Whoever asks for it gets tokens of an issuer of that name;
	// the Management API's audience keeps the first name.
	CustomDomain string `yaml:"custom_domain"`
	// Clients are the applications that may use the tenant. At least one.
	Clients []Client `yaml:"clients"`
	// Connections are the ways of signing in. Nil: those of Accounts.
	Connections connection.List `yaml:"connections"`
	// Users are there from the start and after a reset. Nil, with nil Connections:
	// those of Accounts.
	Users []User `yaml:"users"`
	// UserDocuments are users as a tenant of the vendor's may hold them: JSON objects
	// of the Management API's form, with whatever members. They come after Users, or the
	// default ones.
	UserDocuments []json.RawMessage `yaml:"user_documents"`
	// Branding is how the hosted pages look.
	Branding Branding `yaml:"branding"`
	// RateLimit is that of the Management API. Zero: generous.
	RateLimit RateLimit `yaml:"rate_limit"`
	// LoginLimit is how often one may mistype a password. Zero: generous.
	LoginLimit LoginLimit `yaml:"login_limit"`

	// DataDir keeps users and keys across restarts. Empty: in memory.
	DataDir string `yaml:"-"`
	// Logger gets what goes wrong inside. Nil: slog.Default. Tokens, codes and
	// passwords are never logged.
	Logger *slog.Logger `yaml:"-"`
	// Now is the clock. Nil: time.Now.
	Now func() time.Time `yaml:"-"`
}

// ErrOptions tells that Options are not usable. The error says which and why.
var ErrOptions = errors.New("tenant options")

// A Tenant is the emulator: an http.Handler for the whole origin of its issuer.
// It does not listen by itself.
type Tenant struct {
	issuer issuer.Issuer
	log    *slog.Logger
	now    func() time.Time

	branding Branding

	directory *directory.Directory
	keys      *keyring.Ring
	storage   *storage
	provider  *op.Provider
	bucket    *bucket
	attempts  *attempts
	outbox    outbox
	faults    fault.Queue
	requests  requestlog.Log
	data      *datadir.Dir // nil: in memory

	handler http.Handler
}

// Errors of New.
var (
	ErrDamaged = datadir.ErrDamaged
	ErrInUse   = datadir.ErrInUse
)

// New sets a tenant up. Errors are ErrOptions, ErrDamaged, ErrInUse, or of the file
// system.
func New(o Options) (*Tenant, error) {
	t := &Tenant{log: o.Logger, now: o.Now}
	if err := t.open(o); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

func (t *Tenant) open(o Options) error {
	if t.log == nil {
		t.log = slog.Default()
	}
	if t.now == nil {
		t.now = time.Now
	}
	o = o.withDefaults()
	if err := t.setNames(o); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	t.branding = o.Branding
	if err := t.load(o); err != nil {
		return err
	}
	t.storage = newStorage(o.Clients, t.directory, t.keys, t.now)
	t.bucket = newBucket(o.RateLimit, t.now)
	t.attempts = newAttempts(o.LoginLimit, t.now)
	provider, err := t.newProvider()
	if err != nil {
		return err
	}
	t.handler = t.routes(provider, o.Clients)
	return nil
}

// setNames checks the options and sets the issuer.
func (t *Tenant) setNames(o Options) error {
	names, err := issuer.New(o.Issuer)
	if err = errors.Join(err, o.Check()); err != nil {
		return err
	}
	t.issuer, err = names.WithDomain(o.CustomDomain)
	return err
}

// load reads users and keys, or makes new ones.
func (t *Tenant) load(o Options) error {
	var err error
	if o.DataDir != "" {
		if t.data, err = datadir.Open(o.DataDir, directory.File, keyring.File); err != nil {
			return err
		}
	}
	t.directory, err = directory.Open(directory.Options{
		Connections: o.Connections, Seeds: o.Users, Documents: o.UserDocuments, Data: t.data, Picture: t.avatarURL, Now: t.now})
	if err != nil {
		return err
	}
	t.keys, err = keyring.Open(t.data)
	return err
}

// Close releases the data directory. All of its data has been saved when the
// change was answered, so there is nothing left to lose but what a fault has put
// off.
func (t *Tenant) Close() error {
	t.faults.Stop()
	if t.data == nil {
		return nil
	}
	return t.data.Close()
}

// A Fault makes the tenant misbehave towards matching requests. It is the body of
// POST /_emulator/faults.
type Fault = fault.Fault

// ServeHTTP implements http.Handler.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.handler.ServeHTTP(w, r) }

// maxBody bounds the body of every request, in bytes.
const maxBody = 64 << 10

func (t *Tenant) routes(provider http.Handler, clients []Client) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/.well-known/", provider)
	mux.Handle("/oauth/", leftout.RefuseDPoP(provider))
	mux.Handle("/userinfo", challenged(provider))
	mux.HandleFunc("GET /authorize", t.authorize)
	mux.HandleFunc("POST /authorize", t.authorize)
	mux.HandleFunc("GET /relay.html", t.relay)
	mux.HandleFunc("GET /v2/logout", t.logout)
	mux.HandleFunc("GET /oidc/logout", t.endSessionEndpoint)
	mux.HandleFunc("POST /oidc/logout", t.endSessionEndpoint)
	t.hostedPages(mux)
	t.embeddedLogin(mux)
	mux.Handle("/api/v2/", leftout.RefuseDPoP(t.management()))
	leftout.Register(mux)
	mux.HandleFunc("/", t.notFound)

	public := t.requests.Middleware(http.MaxBytesHandler(newCORS(clients).middleware(t.faults.Middleware(mux)), maxBody), t.now)
	control := t.control()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(op.ContextWithIssuer(r.Context(), t.issuer.Of(r)))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if strings.HasPrefix(r.URL.Path, controlPath) {
			control.ServeHTTP(w, r)
			return
		}
		public.ServeHTTP(w, r)
	})
}

// hostedPages are what a person sees of the tenant.
func (t *Tenant) hostedPages(mux *http.ServeMux) {
	mux.HandleFunc("GET "+stylePath, t.style)
	mux.HandleFunc("GET "+credentialsPath, t.credentials)
	mux.HandleFunc("POST "+credentialsPath, t.signIn)
	mux.HandleFunc("GET "+accountsPath, t.accounts)
	mux.HandleFunc("POST "+accountsPath, t.choose)
	mux.HandleFunc("GET "+signupPath, t.signupPage)
	mux.HandleFunc("POST "+signupPath, t.signUp)
	mux.HandleFunc("GET "+forgotPath, t.forgotPage)
	mux.HandleFunc("POST "+forgotPath, t.forgotPassword)
	mux.HandleFunc("GET "+purposeReset.path, t.showReset)
	mux.HandleFunc("POST "+purposeReset.path, t.resetPassword)
	mux.HandleFunc("GET "+purposeVerify.path, t.verifyEmail)
	mux.HandleFunc("GET "+purposeUnlock.path, t.unblock)
}

// embeddedLogin is for sign-in forms that the vendor's scripts draw.
func (t *Tenant) embeddedLogin(mux *http.ServeMux) {
	mux.HandleFunc("GET /client/{file}", t.clientScript)
	mux.HandleFunc("POST /co/authenticate", t.coAuthenticate)
	mux.HandleFunc("POST /usernamepassword/login", t.usernamePasswordLogin)
	mux.HandleFunc("POST /login/callback", t.loginCallback)
	mux.HandleFunc("GET /user/ssodata", t.ssodata)
	mux.HandleFunc("POST /dbconnections/signup", t.signup)
	mux.HandleFunc("POST /dbconnections/change_password", t.changePassword)
	for _, path := range []string{"/usernamepassword", "/dbconnections/signup", "/dbconnections/change_password"} {
		mux.HandleFunc("POST "+path+"/challenge", challenge)
	}
}

func (t *Tenant) notFound(w http.ResponseWriter, _ *http.Request) {
	t.errorPage(w, http.StatusNotFound, "Not found", "The tenant has no such page.")
}
