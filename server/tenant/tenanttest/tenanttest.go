// Package tenanttest starts an embedded tenant for a test and signs in to it
// as a person with a browser would, over HTTP.
package tenanttest

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/net/html"

	"twinlock/server/tenant"
)

// Origin and Callback are those of the client of every Server. Nothing listens
// there: a Browser stops before it goes to the callback.
const (
	Origin   = "http://127.0.0.1:8000"
	Callback = Origin + "/callback"
)

// ManagementScopes is what linking needs, besides openid.
const ManagementScopes = "read:current_user update:current_user_identities update:current_user_metadata"

// A Server is a tenant on a loopback port of its own, closed with the test.
type Server struct {
	*httptest.Server
	Tenant   *tenant.Tenant
	URL      string // where it is asked
	Issuer   string // URL with a trailing slash
	ClientID string

	audience string
	now      func() time.Time
}

// SigningKey is the key that the tenants of a process share: making one takes longer than
// most tests.
var SigningKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // the size is wrong
	}
	return key
})

// OwnKey has a tenant make a signing key of its own, for a test with two tenants that
// must not take each other's tokens.
func OwnKey(o *tenant.Options) { o.SigningKey = nil }

// An Option changes the tenant's options before it starts.
type Option func(*tenant.Options)

// Start starts a tenant with the client tenant.DefaultClientID.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s := &Server{Server: httptest.NewUnstartedServer(nil), ClientID: tenant.DefaultClientID}
	s.URL = "http://" + s.Listener.Addr().String()
	s.Issuer = s.URL + "/"
	s.audience = s.Issuer + "api/v2/"
	options := tenant.Options{
		Issuer: s.Issuer,
		Clients: []tenant.Client{{
			ID: s.ClientID, Callbacks: []string{Callback}, WebOrigins: []string{Origin}, LogoutURLs: []string{Origin + "/"},
		}},
		SigningKey: SigningKey(),
		Logger:     slog.New(slog.DiscardHandler),
	}
	for _, o := range opts {
		o(&options)
	}
	if s.now = options.Now; s.now == nil {
		s.now = time.Now
	}
	var err error
	if s.Tenant, err = tenant.New(options); err != nil {
		t.Fatalf("start tenant: %v", err)
	}
	s.Config.Handler = s.Tenant
	s.Start()
	t.Cleanup(func() {
		s.Close()
		if err := s.Tenant.Close(); err != nil {
			t.Errorf("close tenant: %v", err)
		}
	})
	return s
}

// CustomDomain is one that the client of a Server finds. Give it as the tenant's option.
const CustomDomain = "id.example.com:80" // see httptest.Server.Client

// Custom is the same tenant by its CustomDomain.
func (s *Server) Custom() *Server {
	custom := *s
	custom.URL = "http://id.example.com"
	custom.Issuer = custom.URL + "/"
	return &custom
}

// Audience is that of the Management API, by whatever name the tenant is asked.
func (s *Server) Audience() string { return s.audience }

// Tokens is the answer of the token endpoint.
type Tokens struct {
	AccessToken  string `json:"access_token"`
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token"`
	Scope        string `json:"scope"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
}

// Login signs in with a browser that has no session, see Browser.Login.
func (s *Server) Login(t testing.TB, email, connection string, params url.Values) Tokens {
	t.Helper()
	return s.Browser(t).Login(t, email, connection, params)
}

// Do sends a request with a JSON body (none if nil) and the bearer token (none
// if empty), reads a JSON answer into out (ignored if nil), and returns the answer.
func (s *Server) Do(t testing.TB, method, path, token string, body, out any) *http.Response {
	t.Helper()
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, content)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := s.Client().Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if out != nil {
		if err := json.Unmarshal(data, out); err != nil {
			t.Fatalf("%s %s: %s %q: %v", method, path, answer.Status, data, err)
		}
	}
	return answer
}

// Fault adds a fault.
func (s *Server) Fault(t testing.TB, fault tenant.Fault) {
	t.Helper()
	s.control(t, http.MethodPost, "/_emulator/faults", fault)
}

// Put adds a user document, or a list of them, as the body of POST /_emulator/users.
func (s *Server) Put(t testing.TB, documents string) {
	t.Helper()
	s.control(t, http.MethodPost, "/_emulator/users", json.RawMessage(documents))
}

// Reset restores the seeded accounts and forgets everything else.
func (s *Server) Reset(t testing.TB) {
	t.Helper()
	s.control(t, http.MethodPost, "/_emulator/reset", nil)
}

func (s *Server) control(t testing.TB, method, path string, body any) {
	t.Helper()
	if answer := s.Do(t, method, path, "", body, nil); answer.StatusCode != http.StatusNoContent {
		t.Fatalf("%s %s: %s", method, path, answer.Status)
	}
}

// What a tenant answers about itself.
type (
	// A User is one that the tenant holds.
	User = tenant.StoredUser
	// An Identity is one of a User.
	Identity = tenant.StoredIdentity
	// A Request is an entry of the tenant's request log.
	Request = tenant.LoggedRequest
	// A Message is one that the tenant would have sent by e-mail.
	Message = tenant.Message
)

// Users lists what the tenant holds, by user_id.
func (s *Server) Users(t testing.TB) map[string]User {
	t.Helper()
	var list []User
	s.Do(t, http.MethodGet, "/_emulator/users", "", nil, &list)
	users := map[string]User{}
	for _, u := range list {
		users[u.UserID] = u
	}
	return users
}

// Requests lists what the tenant was asked since its start or reset.
func (s *Server) Requests(t testing.TB) []Request {
	t.Helper()
	var list []Request
	s.Do(t, http.MethodGet, "/_emulator/requests", "", nil, &list)
	return list
}

// Outbox lists the messages, oldest first.
func (s *Server) Outbox(t testing.TB) []Message {
	t.Helper()
	var list []Message
	s.Do(t, http.MethodGet, "/_emulator/outbox", "", nil, &list)
	return list
}

// A Browser keeps cookies and follows the tenant's pages up to the callback.
type Browser struct {
	server *Server
	client http.Client
}

// Browser returns a browser without a session.
func (s *Server) Browser(t testing.TB) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{server: s, client: http.Client{
		Jar: jar, Transport: s.Client().Transport,
		CheckRedirect: func(r *http.Request, _ []*http.Request) error {
			if "http://"+r.URL.Host != s.URL {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}}
}

// A Page is where the browser has got to: a page of the tenant, or the callback.
type Page struct {
	Status   int
	Header   http.Header
	Body     string
	URL      *url.URL
	Callback url.Values // the answer's parameters; nil on a page of the tenant
}

func (b *Browser) send(t testing.TB, r *http.Request) Page {
	t.Helper()
	answer, err := b.client.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	p := Page{Status: answer.StatusCode, Header: answer.Header, Body: string(body), URL: answer.Request.URL}
	if to, err := answer.Location(); err == nil {
		p.URL, p.Callback = to, to.Query()
		if to.Fragment != "" {
			if p.Callback, err = url.ParseQuery(to.EscapedFragment()); err != nil {
				t.Fatalf("fragment of %s: %v", to, err)
			}
		}
	}
	return p
}

// Get opens a page of the tenant.
func (b *Browser) Get(t testing.TB, path string) Page {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.send(t, r)
}

// Submit sends the page's form that has the control, with its hidden fields and
// the given values.
func (b *Browser) Submit(t testing.TB, p Page, control string, values url.Values) Page {
	t.Helper()
	action, fields, err := findForm(p.Body, control)
	if err != nil {
		t.Fatalf("%s: %v in %s", p.URL, err, p.Body)
	}
	for name, v := range values {
		fields[name] = v
	}
	target, err := p.URL.Parse(action)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(t, r)
}

// findForm returns action and hidden fields of the form that has a control of
// the name.
func findForm(page, control string) (action string, hidden url.Values, err error) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return "", nil, err
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		found, fields := false, url.Values{}
		for c := range n.Descendants() {
			found = found || attribute(c, "name") == control
			if attribute(c, "type") == "hidden" {
				fields.Set(attribute(c, "name"), attribute(c, "value"))
			}
		}
		if found {
			return attribute(n, "action"), fields, nil
		}
	}
	return "", nil, fmt.Errorf("no form with %q", control)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// A Flow is an authorization request with its secrets.
type Flow struct {
	Path     string // of the authorization endpoint, with its query
	State    string
	Nonce    string
	Verifier string
}

// Flow prepares an authorization request for the Management API; params replace
// the parameters of the same name, an empty value leaves one out.
func (s *Server) Flow(connection string, params url.Values) Flow {
	f := Flow{State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text()}
	sum := sha256.Sum256([]byte(f.Verifier))
	query := url.Values{
		"client_id": {s.ClientID}, "redirect_uri": {Callback}, "response_type": {"code"},
		"scope": {"openid profile email " + ManagementScopes}, "audience": {s.Audience()}, "connection": {connection},
		"state": {f.State}, "nonce": {f.Nonce},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for name, v := range params {
		query[name] = v
	}
	for name := range query {
		if query.Get(name) == "" {
			query.Del(name)
		}
	}
	f.Path = "/authorize?" + query.Encode()
	return f
}

// Login signs in and exchanges the code. A session of the browser may make it
// silent. The account is found by its e-mail address in the connection.
func (b *Browser) Login(t testing.TB, email, connection string, params url.Values) Tokens {
	t.Helper()
	f := b.server.Flow(connection, params)
	p := b.SignIn(t, b.Get(t, f.Path), email, connection)
	if p.Callback.Get("state") != f.State || p.Callback.Get("code") == "" {
		t.Fatalf("sign in as %s: %d at %s: %s", email, p.Status, p.URL, p.Body)
	}
	return b.server.Exchange(t, f, p.Callback.Get("code"))
}

// SignIn goes on from the tenant's page to the callback. It does nothing if the
// browser is there already.
func (b *Browser) SignIn(t testing.TB, p Page, email, connection string) Page {
	t.Helper()
	if p.Callback != nil {
		return p
	}
	if connection == tenant.Database {
		p = b.Submit(t, p, "password", url.Values{"username": {email}, "password": {tenant.Password}})
		return b.enterOTP(t, p, email)
	}
	if strings.Contains(p.Body, `name="connection"`) {
		p = b.Submit(t, p, "connection", url.Values{"connection": {connection}})
	}
	return b.Submit(t, p, "account", url.Values{"account": {email}})
}

// enterOTP goes on from the page that asks for a one-time code, if p is that. Each code is
// right once: of the three that could be, it takes the first that the tenant does.
func (b *Browser) enterOTP(t testing.TB, p Page, email string) Page {
	t.Helper()
	for _, a := range tenant.Accounts() {
		for step := -1; a.Email == email && a.OTPSecret != "" && p.Callback == nil && step <= 1; step++ {
			p = b.Submit(t, p, "code", url.Values{"code": {b.server.OTP(t, a.OTPSecret, step)}})
		}
	}
	return p
}

// OTP returns the one-time code of the secret, so many steps of thirty seconds from now.
func (s *Server) OTP(t testing.TB, secret string, step int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, s.now().Add(time.Duration(step)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Exchange redeems the code of a flow.
func (s *Server) Exchange(t testing.TB, f Flow, code string) Tokens {
	t.Helper()
	var tokens Tokens
	answer := s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{
		"grant_type": "authorization_code", "client_id": s.ClientID, "code": code,
		"redirect_uri": Callback, "code_verifier": f.Verifier,
	}, &tokens)
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("exchange code: %s", answer.Status)
	}
	return tokens
}
