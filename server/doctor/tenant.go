package doctor

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"twinlock/app/config"
	"twinlock/app/provider"
)

// maxSkew is how far two clocks may differ: ID tokens are checked with a little less.
const maxSkew = time.Minute

// A tenantCheck looks at a tenant from outside.
type tenantCheck struct {
	*Report
	asker  *asker
	config config.Config
	page   *url.URL // "" for its host if not known
	now    func() time.Time
	places places

	enabled map[string]bool // the connections of the application; nil if not known
}

// issuerURL returns an address below the issuer.
func (c *tenantCheck) issuerURL(path string) string { return c.config.Issuer + path }

// callback returns the page's own callback, "" if the page is not known.
func (c *tenantCheck) callback() string {
	if c.page == nil {
		return ""
	}
	return c.page.String() + "callback"
}

func (c *tenantCheck) origin() string { return c.page.Scheme + "://" + c.page.Host }

// loopback reports whether a page is on the machine of whoever opens it.
func loopback(page *url.URL) bool {
	host := page.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// find adds a finding.
func (c *tenantCheck) find(k Kind, subject, problem string, a answer) {
	f := Finding{Kind: k, Subject: subject, Problem: problem}
	if a.status != 0 {
		f.Answer = a.words()
	}
	c.places.of(&f)
	c.Findings = append(c.Findings, f)
}

// unclear notes what an answer leaves open; err is why there is none.
func (c *tenantCheck) unclear(what string, a answer, err error) {
	if err != nil {
		c.unseen("%s: %v", what, err)
		return
	}
	c.unseen("%s: the answer says nothing about it (%s)", what, a.words())
}

// discovery asks for the tenant's own description. It returns false if there is no tenant.
func (c *tenantCheck) discovery(ctx context.Context) bool {
	a, err := c.asker.ask(ctx, http.MethodGet, c.issuerURL(".well-known/openid-configuration"), nil, nil)
	var document struct {
		Issuer string `json:"issuer"`
	}
	switch {
	case ctx.Err() != nil:
		return false
	case ours(err):
		c.unclear("Whether the tenant is there", a, err)
		return false
	case err == nil && a.unclear():
		c.unclear("Whether the tenant is there", a, nil)
		return true
	case err != nil:
		c.find(Domain, c.config.Issuer, "Nothing answers at the issuer: is the domain spelled right, and is the custom domain ready? ("+err.Error()+")", a)
		return false
	case a.status != http.StatusOK || json.Unmarshal([]byte(a.body), &document) != nil || document.Issuer == "":
		c.find(Domain, c.config.Issuer, "What answers at the issuer is no Auth0 tenant.", a)
		return false
	}
	if document.Issuer != c.config.Issuer {
		c.find(Issuer, document.Issuer, "The tenant calls itself by another name, so its tokens would be refused: set the domain to that name, or mend the custom domain.",
			answer{status: a.status, body: document.Issuer})
	}
	c.clock(a.header)
	return true
}

// ours reports whether a request failed for what may as well be this machine's matter as the
// tenant's: time has run out, names are not looked up, or who stands on the way with a certificate
// of its own is not trusted.
func ours(err error) bool {
	var slow net.Error
	var name *net.DNSError
	var stranger x509.UnknownAuthorityError
	return errors.As(err, &slow) && slow.Timeout() || errors.As(err, &name) && !name.IsNotFound || errors.As(err, &stranger)
}

// clock compares the clocks. An answer out of a cache is as old as its Age says (RFC 9111, section
// 5.1).
func (c *tenantCheck) clock(h http.Header) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	if age, err := strconv.Atoi(h.Get("Age")); err == nil {
		at = at.Add(time.Duration(age) * time.Second)
	}
	if skew := c.now().Sub(at); skew.Abs() > maxSkew {
		c.find(Clock, "", "The clock of this machine and the tenant's are "+skew.Abs().Round(time.Second).String()+" apart.", answer{})
	}
}

func (c *tenantCheck) keys(ctx context.Context) {
	a, err := c.asker.ask(ctx, http.MethodGet, c.issuerURL(".well-known/jwks.json"), nil, nil)
	var set struct {
		Keys []struct{ Kty, Use, Alg string } `json:"keys"`
	}
	if err != nil || a.unclear() || a.status != http.StatusOK || json.Unmarshal([]byte(a.body), &set) != nil {
		c.unclear("The tenant's keys", a, err)
		return
	}
	for _, key := range set.Keys {
		if key.Kty == "RSA" && (key.Alg == "RS256" || key.Alg == "") && (key.Use == "sig" || key.Use == "") {
			return
		}
	}
	c.find(Keys, "", "The tenant has no key for RS256, with which ID tokens must be signed.", answer{})
}

// application asks what Lock asks: which connections the application has. It reports whether
// the tenant may not know the application.
func (c *tenantCheck) application(ctx context.Context) (doubtful bool, a answer) {
	a, err := c.asker.ask(ctx, http.MethodGet, c.issuerURL("client/"+url.PathEscape(c.config.ClientID)+".js"), nil, nil)
	if err != nil || a.unclear() {
		return false, a
	}
	_, script, _ := strings.Cut(a.body, "Auth0.setClient(")
	var settings struct {
		ID         string
		Strategies []struct {
			Connections []struct{ Name string }
		}
	}
	d := json.NewDecoder(strings.NewReader(script))
	if a.status == http.StatusOK && d.Decode(&settings) == nil && settings.ID == c.config.ClientID {
		c.enabled = make(map[string]bool)
		for _, s := range settings.Strategies {
			for _, connection := range s.Connections {
				c.enabled[connection.Name] = true
			}
		}
	}
	return a.status == http.StatusForbidden || a.status == http.StatusNotFound, a
}

// authorize asks for a login as the page does.
func (c *tenantCheck) authorize(ctx context.Context, more url.Values) (answer, error) {
	sum := sha256.Sum256([]byte(rand.Text()))
	query := url.Values{
		"response_type": {"code"}, "client_id": {c.config.ClientID}, "redirect_uri": {c.callback()},
		"scope": {strings.Join(c.config.Scopes, " ")}, "state": {rand.Text()}, "nonce": {rand.Text()},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for name, value := range more {
		query[name] = value
	}
	return c.asker.ask(ctx, http.MethodGet, c.issuerURL("authorize?"+query.Encode()), nil, nil)
}

// refused returns the error that the callback or an error page of the operator's was given, or
// what the tenant's page says.
func (c *tenantCheck) refused(a answer) (code, said string, atCallback bool) {
	to, err := url.Parse(a.header.Get("Location"))
	if a.status/100 == 3 && err == nil {
		query := to.Query()
		to.RawQuery, to.Fragment = "", ""
		return query.Get("error"), query.Get("error_description"), to.String() == c.callback()
	}
	return "", text(a.body), false
}

// login looks at what the tenant answers to a login. doubtful says that the application may
// not be there, for which script is the evidence.
func (c *tenantCheck) login(ctx context.Context, doubtful bool, script answer) {
	ask := url.Values{"audience": {c.config.Audience}, "prompt": {"none"}}
	if loopback(c.page) {
		ask.Del("prompt") // a tenant may refuse it for such callbacks, whatever else is right
	}
	a, err := c.authorize(ctx, ask)
	code, said, atCallback := c.refused(a)
	if err != nil || a.unclear() || code == "server_error" || code == "temporarily_unavailable" {
		c.unclear("What the tenant answers to a login", a, err)
		return
	}
	a.body = strings.TrimSpace(code + " " + said)
	found := len(c.Findings)
	switch {
	case mentions(said, "unknown client"):
		if doubtful {
			a = answer{script.status, nil, a.body}
		}
		c.find(Client, c.config.ClientID, "The tenant has no application of this client ID.", a)
	case mentions(said, "callback url mismatch"):
		c.find(Callback, c.callback(), "The page's callback is not among the application's Allowed Callback URLs. It is compared letter by letter.", a)
	case !atCallback:
	case code == "unauthorized_client":
		c.find(CodeGrant, "", "The application may not use the grant Authorization Code.", a)
	case mentions(said, "service not found"):
		c.find(Audience, c.config.Audience, "The tenant has no API of this audience. With a custom domain it has the tenant's own name: https://TENANT.REGION.auth0.com/api/v2/, with the slash.", a)
	case mentions(said, "not authorized to access resource server"):
		c.find(Access, c.config.Audience, "The application may not ask for people's access to the Management API.", a)
	}
	known := a.status/100 == 3 && (code == "" || slices.Contains(wantsPerson, code))
	switch {
	case len(c.Findings) > found:
	case !known:
		c.unclear("What the tenant answers to a login", a, nil)
	case loopback(c.page):
		c.silent(ctx)
	}
}

// silent asks for a login without a prompt, for a callback on this machine. Whether a tenant
// takes that is one setting with whether it asks people to confirm each login there. Which error
// a refusal has is not documented: without a session the right one is login_required.
//
// Source: https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations/migrate-to-non-verifiable-callback-uri-end-user-confirmation.
func (c *tenantCheck) silent(ctx context.Context) {
	a, err := c.authorize(ctx, url.Values{"audience": {c.config.Audience}, "prompt": {"none"}})
	code, said, atCallback := c.refused(a)
	switch {
	case err != nil || a.unclear() || !atCallback || code == "" || code == "server_error" || code == "temporarily_unavailable":
		c.unclear("Logins without a prompt, which a tenant may refuse for a callback on this machine", a, err)
	case code != "login_required":
		a.body = strings.TrimSpace(code + " " + said)
		c.find(Loopback, c.callback(), confirms, a)
	}
}

// confirms is the problem of [Loopback].
const confirms = "For a callback on this machine the tenant refuses logins without a prompt, and asks people to confirm each login: the page cannot renew a session."

// wantsPerson are the errors of prompt=none where all is well (OpenID Connect Core, section
// 3.1.2.6).
var wantsPerson = []string{"login_required", "consent_required", "interaction_required", "account_selection_required"}

// connections looks at each way to sign in.
func (c *tenantCheck) connections(ctx context.Context) {
	for _, connection := range c.config.Connections {
		kind, _ := provider.Lookup(connection.Strategy)
		listed := c.enabled[connection.Name]
		if listed && kind.Kind != provider.Social {
			continue
		}
		if c.callback() == "" || c.hiddenBy(Connection) != "" {
			c.unprobed(connection.Name, kind, listed)
			continue
		}
		c.connection(ctx, connection.Name)
	}
}

// unprobed says what is known of a connection for which no login can be asked.
func (c *tenantCheck) unprobed(name string, p provider.Provider, listed bool) {
	switch {
	case listed || c.has(Client):
	case c.enabled != nil && p.Kind != provider.Enterprise: // those may not be in the list
		c.find(Connection, name, "The connection is not enabled for the application, or has been for a few minutes only.", answer{})
	default:
		c.unseen("Whether the connection %s is enabled", name)
	}
}

// connection asks for a login through a connection. No audience is asked for: what is wrong
// with it would be told instead.
func (c *tenantCheck) connection(ctx context.Context, name string) {
	a, err := c.authorize(ctx, url.Values{"connection": {name}})
	code, said, atCallback := c.refused(a)
	to, _ := url.Parse(a.header.Get("Location"))
	switch {
	case err != nil || a.unclear() || a.status/100 != 3:
		c.unclear("Whether the connection "+name+" is enabled", a, err)
	case atCallback && code == "invalid_request" && mentions(said, "connection"):
		a.body = code + " " + said
		c.find(Connection, name, "The connection is not there, or not enabled for the application.", a)
	case atCallback && code != "" && !slices.Contains(wantsPerson, code):
		c.unseen("Whether the connection %s is enabled: %s %s", name, code, said)
	case to != nil && strings.HasPrefix(to.Query().Get("redirect_uri"), "https://login.auth0.com/"):
		c.find(DeveloperKeys, name, "The connection uses Auth0's development keys: people see Auth0's name at the provider, and single sign-on does not work. They are for trials only.",
			answer{a.status, nil, "redirect_uri=" + to.Query().Get("redirect_uri")})
	}
}

// logout asks for the end of a session that there is not.
func (c *tenantCheck) logout(ctx context.Context) {
	query := url.Values{"client_id": {c.config.ClientID}, "returnTo": {c.page.String()}}
	a, err := c.asker.ask(ctx, http.MethodGet, c.issuerURL("v2/logout?"+query.Encode()), nil, nil)
	switch {
	case err != nil || a.unclear():
		c.unclear("Allowed Logout URLs", a, err)
	case a.status/100 == 3 && a.header.Get("Location") == c.page.String():
	case a.status == http.StatusBadRequest && (mentions(a.body, "logout url") || mentions(a.body, "returnto")):
		c.find(LogoutURL, c.page.String(), "The page is not among the application's Allowed Logout URLs.", a)
	default:
		c.unclear("Allowed Logout URLs", a, nil)
	}
}

// token exchanges a code that is none.
func (c *tenantCheck) token(ctx context.Context) {
	a, refused, ok := c.exchange(ctx, url.Values{"grant_type": {"authorization_code"}, "code": {rand.Text()},
		"code_verifier": {rand.Text() + rand.Text()}, "redirect_uri": {c.callback()}})
	if !ok {
		return
	}
	if allowed := a.header.Get("Access-Control-Allow-Origin"); allowed != "*" && allowed != c.origin() {
		c.find(WebOrigin, c.origin(), "The page's origin is not among the application's Allowed Web Origins: browsers may not read the answer of the token endpoint.", a)
		return
	}
	switch refused.Error {
	case "access_denied", "invalid_client":
		c.find(AuthMethod, "", "The application has to authenticate itself at the token endpoint, which a page cannot: set the authentication method to None.", a)
	case "unauthorized_client":
		if !c.has(CodeGrant) {
			c.find(CodeGrant, "", "The application may not use the grant Authorization Code.", a)
		}
	case "invalid_grant": // as it should be
	default:
		c.unclear("What the token endpoint answers", a, nil)
	}
}

// refresh does the same with a refresh token, if the page asks for one.
func (c *tenantCheck) refresh(ctx context.Context) {
	if !slices.Contains(c.config.Scopes, "offline_access") || c.hiddenBy(RefreshGrant) != "" {
		return
	}
	c.unseen("Whether there are refresh tokens: the Management API may not allow offline access, and the tenant then leaves them out in silence. Scope offline_access is not recommended.")
	a, refused, ok := c.exchange(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {rand.Text()}})
	if ok && refused.Error == "unauthorized_client" {
		c.find(RefreshGrant, "", "The application may not use the grant Refresh Token, which scope offline_access needs.", a)
	}
}

// exchange asks the token endpoint, and returns false if the answer is none of it.
func (c *tenantCheck) exchange(ctx context.Context, form url.Values) (a answer, refused refusal, ok bool) {
	form.Set("client_id", c.config.ClientID)
	a, err := c.asker.ask(ctx, http.MethodPost, c.issuerURL("oauth/token"), http.Header{"Origin": {c.origin()}}, form)
	if err == nil {
		refused, ok = a.refusal()
	}
	if !ok || refused.Error == "" || a.unclear() { // without a code it is no refusal of OAuth's
		c.unclear("What the token endpoint answers", a, err)
		return a, refused, false
	}
	return a, refused, true
}

// management asks the Management API without a token.
func (c *tenantCheck) management(ctx context.Context) {
	address := c.config.ManagementURL() + "users/twinlock-doctor"
	a, err := c.asker.ask(ctx, http.MethodGet, address, nil, nil)
	_, told := a.refusal()
	switch {
	case err != nil || a.unclear():
		c.unclear("Whether the host serves the Management API", a, err)
	case a.status == http.StatusUnauthorized && told:
	case a.status == http.StatusNotFound:
		c.find(Management, c.config.ManagementURL(), "The issuer's host does not serve the Management API.", a)
	default:
		c.unclear("Whether the host serves the Management API", a, nil)
	}
	if c.page == nil || c.has(Management) || c.hiddenBy(ManagementCORS) != "" {
		return
	}
	a, err = c.asker.ask(ctx, http.MethodOptions, address, http.Header{
		"Origin": {c.origin()}, "Access-Control-Request-Method": {http.MethodGet},
		"Access-Control-Request-Headers": {"authorization,content-type"},
	}, nil)
	allowed := a.header.Get("Access-Control-Allow-Origin")
	switch {
	case err != nil || a.status/100 != 2: // a tenant refuses in the body and not by the status
		c.unclear("Whether browsers may call the Management API", a, err)
	case allowed != "*" && allowed != c.origin():
		c.find(ManagementCORS, c.origin(), "Browsers may not call the Management API from the page: add its origin to Allowed Origins (CORS).", a)
	}
}
