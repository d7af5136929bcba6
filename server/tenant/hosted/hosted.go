// Package hosted has the pages on which people sign in to a tenant, sign up, choose a
// new password and sign out: [Pages]. For a social connection a page that lists
// accounts stands in for the provider.
package hosted

import (
	"embed"
	"maps"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/account"
	"twinlock/server/tenant/authorize"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/keyring"
	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/page"
	"twinlock/server/tenant/session"
)

// The paths of the pages that an authorization request passes. The parameter state is
// the request's id.
const (
	credentialsPath = "/u/login"
	accountsPath    = "/u/login/accounts"
	codePath        = "/u/login/code"
	signupPath      = "/u/signup"
	forgotPath      = "/u/reset-password"
)

//go:embed *.html
var files embed.FS

var (
	templates       = page.Parse(files)
	accountsPage    = templates.Page("accounts")
	codePage        = templates.Page("code")
	credentialsPage = templates.Page("credentials")
	forgotPage      = templates.Page("forgot")
	otpPage         = templates.Page("otp")
	resetPage       = templates.Page("reset")
	signupPage      = templates.Page("signup")
)

// Pages are those of a tenant. All fields must be set.
type Pages struct {
	// Endpoint finishes authorization requests.
	Endpoint *authorize.Endpoint
	Provider *oauth.Provider
	Users    *directory.Directory
	Accounts *account.Service
	Sessions *session.Store
	Keys     *keyring.Ring
	Renderer *page.Renderer
}

// Register adds the pages to the mux.
func (p *Pages) Register(mux *http.ServeMux) {
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET " + page.StylePath:        p.Renderer.ServeStyle,
		"GET " + credentialsPath:       p.credentials,
		"POST " + credentialsPath:      p.signIn,
		"GET " + accountsPath:          p.accounts,
		"POST " + accountsPath:         p.choose,
		"GET " + codePath:              p.code,
		"POST " + codePath:             p.enterCode,
		"GET " + authorize.FactorPath:  p.otp,
		"POST " + authorize.FactorPath: p.enterOTP,
		"GET " + signupPath:            p.signup,
		"POST " + signupPath:           p.signUp,
		"GET " + forgotPath:            p.forgot,
		"POST " + forgotPath:           p.sendReset,
		"GET " + account.ResetPath:     p.reset,
		"POST " + account.ResetPath:    p.resetPassword,
		"GET " + account.VerifyPath:    p.verifyEmail,
		"GET " + account.UnblockPath:   p.unblock,
		"GET /v2/logout":               p.logout,
		"GET /oidc/logout":             p.endSession,
		"POST /oidc/logout":            p.endSession,
	} {
		mux.HandleFunc(pattern, handle)
	}
}

// Path implements authorize.SignInPages.
func (p *Pages) Path(request *oauth.Request, screenHint string) string {
	path, query := credentialsPath, url.Values{"state": {request.ID}}
	if c, _ := p.Users.Connections().Find(request.Connection); request.Connection != "" && c.Social() {
		// What a provider would be given: that Auth0's own keys answer to login.auth0.com is in
		// the page on them, that it is seen here is a guess.
		path = accountsPath
		query.Set("redirect_uri", request.Issuer+"login/callback")
		if c.DeveloperKeys {
			query.Set("redirect_uri", "https://login.auth0.com/login/callback")
		}
		maps.Copy(query, c.Upstream(request.Form))
	} else if c.Coded() {
		path = codePath
	} else if c, ok := p.database(request); ok && screenHint == "signup" && !c.DisableSignup {
		path = signupPath
	}
	return path + "?" + query.Encode()
}

// connections returns those that the client of the request may use.
func (p *Pages) connections(request *oauth.Request) connection.List {
	client, _ := p.Provider.Client(request.GetClientID())
	return p.Users.Connections().Allowed(client.MayUse)
}

// database returns the one whose passwords answer the request, false if there is none.
func (p *Pages) database(request *oauth.Request) (connection.Connection, bool) {
	return p.connections(request).Database(request.Connection)
}

// pending returns the request that the form or the query names, if it began in this
// browser and nobody has signed in for it yet; or else shows a page and returns false.
func (p *Pages) pending(w http.ResponseWriter, r *http.Request) (*oauth.Request, bool) {
	if err := r.ParseForm(); err != nil {
		p.Renderer.Message(w, http.StatusBadRequest, "The form cannot be read",
			"Go back to the application and sign in again.")
		return nil, false
	}
	request, ok := p.Provider.Pending(r.Form.Get("state"))
	if !ok {
		p.showOver(w)
		return nil, false
	}
	if !p.Sessions.IsBrowser(r, request.Browser) || request.Issuer != op.IssuerFromContext(r.Context()) {
		p.Renderer.Message(w, http.StatusForbidden, "This sign-in began elsewhere",
			"It can only be finished in the browser in which it began, with cookies allowed.")
		return nil, false
	}
	return request, true
}

func (p *Pages) showOver(w http.ResponseWriter) {
	p.Renderer.Message(w, http.StatusBadRequest, "This sign-in is over",
		"It has been finished or has expired. Go back to the application and sign in again.")
}

// finish signs the identity in for a pending request. Of two forms for one request only
// the first does.
func (p *Pages) finish(w http.ResponseWriter, r *http.Request, request *oauth.Request, id directory.Identity) {
	if !p.Provider.Discard(request.ID) {
		p.showOver(w)
		return
	}
	p.Endpoint.SignIn(w, r, request, id)
}
