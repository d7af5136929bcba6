package tenant

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// Options say how a tenant is to be.
type Options struct {
	// Issuer is the tenant's origin with a trailing slash, e.g. "http://127.0.0.1:8001/".
	Issuer string
	// Clients are the applications that may use the tenant. At least one.
	Clients []Client
	// DataDir keeps users and keys across restarts. Empty: in memory.
	DataDir string
	// RateLimit is that of the Management API. Zero: generous.
	RateLimit RateLimit
	// Logger gets what goes wrong inside. Nil: slog.Default. Tokens, codes and
	// passwords are never logged.
	Logger *slog.Logger
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// ErrOptions tells that Options are not usable. The error says which and why.
var ErrOptions = errors.New("tenant options")

// A Tenant is the emulator: an http.Handler for the whole origin of its issuer.
// It does not listen by itself.
type Tenant struct {
	issuer   string
	host     string // of the issuer
	insecure bool   // plain http
	log      *slog.Logger
	now      func() time.Time

	directory  *directory
	keys       *keyring
	storage    *storage
	provider   *op.Provider
	bucket     *bucket
	faults     faults
	requestLog requestLog

	handler http.Handler
}

// New sets a tenant up. Errors are ErrOptions, ErrDamaged, or of the file system.
func New(o Options) (*Tenant, error) {
	t := &Tenant{issuer: o.Issuer, log: o.Logger, now: o.Now}
	if t.log == nil {
		t.log = slog.Default()
	}
	if t.now == nil {
		t.now = time.Now
	}
	if err := t.checkOptions(o); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	t.directory = &directory{now: t.now}
	t.keys = &keyring{}
	if err := t.load(o.DataDir); err != nil {
		return nil, err
	}
	t.storage = newStorage(o.Clients, t.directory, t.keys, t.now)
	t.bucket = newBucket(o.RateLimit, t.now)
	provider, err := t.newProvider()
	if err != nil {
		return nil, err
	}
	t.handler = t.routes(provider, o.Clients)
	return t, nil
}

func (t *Tenant) checkOptions(o Options) error {
	u, err := url.Parse(o.Issuer)
	if err != nil || u.Host == "" || u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("issuer %q is no origin with a trailing slash", o.Issuer)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("issuer %q is neither http nor https", o.Issuer)
	}
	t.host, t.insecure = u.Host, u.Scheme == "http"
	if len(o.Clients) == 0 {
		return errors.New("no client")
	}
	for _, c := range o.Clients {
		if c.ID == "" {
			return errors.New("a client has no id")
		}
		for _, address := range slices.Concat(c.Callbacks, c.LogoutURLs) {
			if u, err := url.Parse(address); err != nil || u.Host == "" {
				return fmt.Errorf("client %s: %q is no absolute URL", c.ID, address)
			}
		}
	}
	if o.RateLimit.PerSecond < 0 || o.RateLimit.Burst < 0 {
		return errors.New("a rate limit is negative")
	}
	return nil
}

// load reads users and keys, or makes new ones.
func (t *Tenant) load(dir string) error {
	if dir != "" {
		if err := t.openData(dir); err != nil {
			return err
		}
	}
	if len(t.keys.keys) == 0 {
		if _, err := t.keys.rotate(false); err != nil {
			return err
		}
	}
	if t.directory.users == nil {
		return t.seed()
	}
	return nil
}

func (t *Tenant) seed() error {
	users, err := t.seeded()
	if err != nil {
		return err
	}
	return t.directory.replace(users)
}

// Close releases what the tenant holds. All of its data has been saved when the
// change was answered, so there is nothing left to lose.
func (t *Tenant) Close() error { return nil }

// ServeHTTP implements http.Handler.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.handler.ServeHTTP(w, r) }

// maxBody bounds the body of every request, in bytes.
const maxBody = 64 << 10

func (t *Tenant) routes(provider http.Handler, clients []Client) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/.well-known/", provider)
	mux.Handle("/oauth/", provider)
	mux.Handle("/userinfo", challenged(provider))
	mux.HandleFunc("GET /authorize", t.authorize)
	mux.HandleFunc("POST /authorize", t.authorize)
	mux.HandleFunc("GET "+credentialsPath, t.credentials)
	mux.HandleFunc("POST "+credentialsPath, t.signIn)
	mux.HandleFunc("GET "+accountsPath, t.accounts)
	mux.HandleFunc("POST "+accountsPath, t.choose)
	mux.HandleFunc("GET /v2/logout", t.logout)
	mux.HandleFunc("GET "+stylePath, style)
	mux.Handle("/api/v2/", t.management())
	mux.HandleFunc("/", t.notFound)

	public := t.requestLog.middleware(http.MaxBytesHandler(newCORS(clients).middleware(t.faults.middleware(mux)), maxBody), t.now)
	control := http.MaxBytesHandler(t.control(), maxBody)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if strings.HasPrefix(r.URL.Path, controlPath) {
			control.ServeHTTP(w, r)
			return
		}
		public.ServeHTTP(w, r)
	})
}

func (t *Tenant) notFound(w http.ResponseWriter, _ *http.Request) {
	t.errorPage(w, http.StatusNotFound, "Not found", "The tenant has no such page.")
}

func noStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }
