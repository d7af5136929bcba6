// Package goauth0 drives Auth0's Go client against the embedded tenant. The tests are run by
// go-auth0.test.js, which starts the tenant and tells where it is.
package goauth0

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// What the tenant has; see harness/tenant.js.
const (
	clientID      = "twinlock-dev"
	callback      = "http://127.0.0.1:8000/callback"
	usersDatabase = "Username-Password-Authentication"
	password      = "Analytical-Engine-1843"

	machineID, machineSecret = "machine", "machine-secret"
	readerID, readerSecret   = "reader", "reader-secret"

	ada, adaID       = "ada@example.com", "auth0|5d1018150a1b2c3d4e5f6a01"
	google, googleID = "ada.lovelace@gmail.example", "google-oauth2|118151210185211271536"
	charlesID        = "auth0|5d1017911226b2c3d4e5f6a2"
	grace            = "grace@example.com" // the only member of the organization
	organization     = "org_5d1019061906b2c3"

	managementScopes = "openid read:current_user update:current_user_identities update:current_user_metadata"
)

var (
	domain  = os.Getenv("PEERS_DOMAIN")
	control = os.Getenv("PEERS_CONTROL") // the URL of /_emulator/
)

// TestMain trusts the tenant's certificate, for every client that is not told otherwise.
func TestMain(m *testing.M) {
	if domain == "" {
		log.Fatal("npm test -- go-auth0, in the folder above, runs these tests")
	}
	certificate, err := os.ReadFile(filepath.Join(os.Getenv("PEERS_FOLDER"), "cert.pem"))
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	http.DefaultTransport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots}
	os.Exit(m.Run())
}

// run runs a flow with a tenant as new.
func run(t *testing.T, flow string, f func(t *testing.T)) {
	t.Run(flow, func(t *testing.T) {
		ask(t, http.MethodPost, "reset", nil)
		f(t)
	})
}

// ask asks a control endpoint, past the client under test.
func ask(t *testing.T, method, path string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, control+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		t.Fatalf("%s: %s", path, answer.Status)
	}
	if into == nil {
		return
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// A user is one that the tenant holds.
type user struct {
	ID         string `json:"user_id"`
	Identities []struct {
		Provider string
		UserID   string `json:"user_id"`
	}
	UserMetadata map[string]any `json:"user_metadata"`
	AppMetadata  map[string]any `json:"app_metadata"`
}

// held returns the user of that id, one without an id if there is none.
func held(t *testing.T, id string) user {
	t.Helper()
	var users []user
	ask(t, http.MethodGet, "users", &users)
	for _, u := range users {
		if u.ID == id {
			return u
		}
	}
	return user{}
}

// statuses returns those of the answers to the requests for the path since the reset.
func statuses(t *testing.T, path string) []int {
	t.Helper()
	var requests []struct {
		Path   string
		Status int
	}
	ask(t, http.MethodGet, "requests", &requests)
	var list []int
	for _, r := range requests {
		if r.Path == path {
			list = append(list, r.Status)
		}
	}
	return list
}

// A login is what a sign-in on the tenant's pages has given the application.
type login struct {
	code, verifier, nonce string
	browser               *browser
}

// A browser has the tenant's cookies, and goes no further than to the application.
type browser struct {
	*http.Client
	answered url.Values // what the application was told last
}

func newBrowser() *browser {
	b := new(browser)
	jar, _ := cookiejar.New(nil) // never fails
	b.Client = &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host != domain {
			b.answered = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return b
}

// hidden finds the request that a form of the tenant belongs to.
var hidden = regexp.MustCompile(`<input type="hidden" name="state" value="([^"]*)">`)

// signIn signs in on the tenant's pages, in a browser of its own. More is added to the
// authorization request.
func signIn(t *testing.T, email, connection string, more url.Values) login {
	t.Helper()
	l := login{verifier: rand.Text() + rand.Text(), nonce: rand.Text(), browser: newBrowser()}
	state := rand.Text()
	query := l.request(state, connection)
	maps.Copy(query, more)
	body := read(t)(l.browser.Get("https://" + domain + "/authorize?" + query.Encode()))
	found := hidden.FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("the tenant shows no form: %s", body)
	}
	path, form := "/u/login", url.Values{"username": {email}, "password": {password}}
	if connection != usersDatabase {
		path, form = "/u/login/accounts", url.Values{"account": {email}}
	}
	form.Set("state", html.UnescapeString(found[1]))
	body = read(t)(l.browser.PostForm("https://"+domain+path, form))
	answered := l.browser.answered
	if l.code = answered.Get("code"); l.code == "" || answered.Get("state") != state {
		t.Fatalf("sign in as %s: %v %s", email, answered, body)
	}
	return l
}

// request returns the parameters of an authorization request.
func (l login) request(state, connection string) url.Values {
	sum := sha256.Sum256([]byte(l.verifier))
	return url.Values{
		"client_id": {clientID}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid email"},
		"state": {state}, "nonce": {l.nonce}, "connection": {connection},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
}

// isSignedIn reports whether the login's browser still has a session at the tenant.
func (l login) isSignedIn(t *testing.T) bool {
	t.Helper()
	query := l.request(rand.Text(), "")
	query.Set("prompt", "none")
	read(t)(l.browser.Get("https://" + domain + "/authorize?" + query.Encode()))
	return l.browser.answered.Get("error") != "login_required"
}

func read(t *testing.T) func(*http.Response, error) string {
	return func(answer *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
}
