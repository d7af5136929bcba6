package tenant

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/leftout"
)

// responseTypeToken is of OAuth 2.0 alone, so the provider has no name for it.
const responseTypeToken oidc.ResponseType = "token"

// An authRequest is an authorization request under way; it is the provider's
// op.AuthRequest. The first group is what the client asked for, the second what
// signing in adds.
type authRequest struct {
	id         string
	issuer     string
	asked      *oidc.AuthRequest // read only
	mode       responseMode
	audience   []string // of the access token; empty for an opaque one
	scopes     []string
	connection string
	hint       string // whom the ID token hint names
	browser    string // which browser began, see Tenant.browser

	identity string // key of the one signed in with
	session  string // the sid claim
	authTime time.Time
	subject  string // set when tokens are made
}

func (r *authRequest) GetID() string                      { return r.id }
func (r *authRequest) GetACR() string                     { return "" }
func (r *authRequest) GetAMR() []string                   { return nil }
func (r *authRequest) GetAudience() []string              { return r.audience }
func (r *authRequest) GetAuthTime() time.Time             { return r.authTime }
func (r *authRequest) GetClientID() string                { return r.asked.ClientID }
func (r *authRequest) GetNonce() string                   { return r.asked.Nonce }
func (r *authRequest) GetRedirectURI() string             { return r.asked.RedirectURI }
func (r *authRequest) GetResponseType() oidc.ResponseType { return r.asked.ResponseType }
func (r *authRequest) GetResponseMode() oidc.ResponseMode { return r.asked.ResponseMode }
func (r *authRequest) GetScopes() []string                { return r.scopes }
func (r *authRequest) GetState() string                   { return r.asked.State }
func (r *authRequest) GetSubject() string                 { return r.subject }
func (r *authRequest) Done() bool                         { return r.identity != "" }
func (r *authRequest) GetCodeChallenge() *oidc.CodeChallenge {
	if r.asked.CodeChallenge == "" {
		return nil
	}
	return &oidc.CodeChallenge{Challenge: r.asked.CodeChallenge, Method: r.asked.CodeChallengeMethod}
}

func (r *authRequest) grant() grant {
	return grant{
		clientID: r.asked.ClientID, subject: r.subject, session: r.session, audience: r.audience,
		issuer: r.issuer, scopes: r.scopes, authTime: r.authTime, frontChannel: r.asked.ResponseType != oidc.ResponseTypeCode,
	}
}

func (r *authRequest) signedIn(s session) {
	r.identity, r.session, r.authTime = s.identity, s.sid, s.authTime
}

// wants tells whether the response type names the artefact: code, token or id_token.
func (r *authRequest) wants(artefact string) bool {
	return slices.Contains(strings.Fields(string(r.asked.ResponseType)), artefact)
}

// authorize is the authorization endpoint. It validates the request, then
// decides whether a login ticket or the browser's session is enough.
func (t *Tenant) authorize(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		t.showUnreadable(w)
		return
	}
	request, ok := t.begin(w, r, r.Form)
	if !ok || t.refused(w, r, request) {
		return
	}
	if r.Form.Has("login_ticket") {
		t.redeemTicket(w, r, request)
		return
	}
	if s, ok := t.session(r); ok && t.suffices(s, request) {
		request.signedIn(s)
		t.respond(w, r, request)
		return
	}
	if slices.Contains(request.asked.Prompt, oidc.PromptNone) {
		t.refuse(w, r, request, oidc.ErrLoginRequired().WithDescription("Login required"))
		return
	}
	request.browser = t.browser(w, r)
	t.storage.requests.Put(request.id, *request)
	http.Redirect(w, r, t.signInPath(request, r.Form.Get("screen_hint")), http.StatusFound)
}

// begin reads an authorization request and answers it if it is wrong. Before
// the redirect_uri is known to be the client's, the answer is a page.
func (t *Tenant) begin(w http.ResponseWriter, r *http.Request, form url.Values) (*authRequest, bool) {
	asked := new(oidc.AuthRequest)
	if err := t.provider.Decoder().Decode(asked, form); err != nil {
		t.showUnreadable(w)
		return nil, false
	}
	client, ok := t.storage.clients[asked.ClientID]
	if !ok {
		t.errorPage(w, http.StatusForbidden, "Unknown client", "No application with this client_id is registered at the tenant.")
		return nil, false
	}
	if err := op.ValidateAuthReqRedirectURI(client, asked.RedirectURI, asked.ResponseType); err != nil {
		t.errorPage(w, http.StatusForbidden, "Callback URL mismatch", "The redirect_uri of the request is not one of the application's allowed callback URLs.")
		return nil, false
	}
	request := &authRequest{id: rand.Text() + rand.Text(), issuer: op.IssuerFromContext(r.Context()), asked: asked, connection: form.Get("connection")}
	asked.ResponseType = normalized(asked.ResponseType)
	var err error
	if request.mode, err = newResponseMode(form, asked); err == nil {
		err = t.complement(r.Context(), request, client, form)
	}
	if request.mode.toOpener() && !slices.Contains(client.WebOrigins, issuer.Origin(asked.RedirectURI)) {
		t.errorPage(w, http.StatusForbidden, "Origin mismatch",
			"The redirect_uri of the request does not have a registered origin: it is not one of the application's allowed web origins.")
		return nil, false
	}
	if err != nil {
		t.refuse(w, r, request, err)
		return nil, false
	}
	return request, true
}

func (t *Tenant) showUnreadable(w http.ResponseWriter) {
	t.errorPage(w, http.StatusBadRequest, "The sign-in request cannot be read", "The application sent a request that does not make sense. Go back and try again.")
}

// normalized puts the parts of a response type in the provider's order.
func normalized(t oidc.ResponseType) oidc.ResponseType {
	parts := strings.Fields(string(t))
	slices.Sort(parts)
	return oidc.ResponseType(strings.Join(parts, " "))
}

// complement checks the request by the provider's rules and adds what the
// vendor knows and the standard does not.
func (t *Tenant) complement(ctx context.Context, request *authRequest, client opClient, form url.Values) error {
	asked := request.asked
	if form.Get("request") != "" {
		return oidc.ErrRequestNotSupported()
	}
	if name := leftout.Parameter(form); name != "" {
		return oidc.ErrInvalidRequest().WithDescription("Unsupported parameter: %s. %s", name, leftout.Text)
	}
	var err error
	if asked.MaxAge, err = op.ValidateAuthReqPrompt(asked.Prompt, asked.MaxAge); err != nil {
		return err
	}
	if err := op.ValidateAuthReqResponseType(client, asked.ResponseType); err != nil {
		return err
	}
	withoutPKCE := client.PKCEOptional && asked.CodeChallenge == ""
	if request.wants("code") && !withoutPKCE && (asked.CodeChallenge == "" || asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256) {
		return oidc.ErrInvalidRequest().WithDescription("PKCE with code_challenge_method S256 is required")
	}
	if request.wants("id_token") && asked.Nonce == "" {
		return oidc.ErrInvalidRequest().WithDescription("Missing required parameter: nonce")
	}
	if _, known := t.directory.Connections().Find(request.connection); request.connection != "" && !known {
		return oidc.ErrInvalidRequest().WithDescription("the connection was not found")
	}
	if request.connection != "" && !client.mayUse(request.connection) {
		return oidc.ErrInvalidRequest().WithDescription("the connection is not enabled for the client")
	}
	if request.hint, err = op.ValidateAuthReqIDTokenHint(ctx, asked.IDTokenHint, t.provider.IDTokenHintVerifier(ctx)); err != nil {
		return err
	}
	return t.scope(request, form.Get("audience"))
}

// scope decides about audience and scopes of the access token.
func (t *Tenant) scope(request *authRequest, audience string) error {
	switch audience {
	case "", t.issuer.Userinfo(): // opaque
	case t.issuer.ManagementAPI():
		request.audience = []string{audience}
	default:
		return oidc.ErrAccessDenied().WithDescription("Service not found: %s", audience)
	}
	request.scopes = grantedScopes(request.asked.Scopes, audience == t.issuer.ManagementAPI())
	if slices.Contains(request.scopes, oidc.ScopeOpenID) && len(request.audience) > 0 {
		request.audience = append(request.audience, t.issuer.Userinfo())
	}
	return nil
}

// suffices tells whether the session answers the request without credentials.
func (t *Tenant) suffices(s session, request *authRequest) bool {
	if slices.Contains(request.asked.Prompt, oidc.PromptSelectAccount) {
		return false
	}
	if request.connection != "" && request.connection != s.connection || !t.storage.clients[request.GetClientID()].mayUse(s.connection) {
		return false
	}
	// prompt=login has become max_age=0 by now.
	if age := request.asked.MaxAge; age != nil && (*age == 0 || t.now().Sub(s.authTime) > time.Duration(*age)*time.Second) {
		return false
	}
	owner := t.directory.Owner(s.identity)
	return owner != nil && !owner.Blocked && (request.hint == "" || request.hint == owner.ID())
}

// respond sends the browser back to the client with what it asked for.
func (t *Tenant) respond(w http.ResponseWriter, r *http.Request, request *authRequest) {
	if request.wants("code") {
		t.storage.requests.Put(request.id, *request)
		code, err := op.CreateAuthRequestCode(r.Context(), request, t.storage, t.provider.Crypto())
		if err != nil {
			t.refuse(w, r, request, err)
			return
		}
		t.answer(w, r, request, answer{{"code", code}, {"state", request.asked.State}})
		return
	}
	tokens, err := t.frontChannelTokens(r.Context(), request)
	if err != nil {
		t.refuse(w, r, request, err)
		return
	}
	t.answer(w, r, request, tokens)
}

// refuse sends the browser back to the client with an error.
func (t *Tenant) refuse(w http.ResponseWriter, r *http.Request, request *authRequest, err error) {
	known := new(oidc.Error)
	if !errors.As(err, &known) {
		t.log.Error("authorization", "error", err)
		known = oidc.ErrServerError().WithDescription("the request could not be processed")
	}
	t.storage.requests.Pop(request.id)
	t.answer(w, r, request, answer{
		{"error", string(known.ErrorType)}, {"error_description", known.Description}, {"state", request.asked.State}})
}
