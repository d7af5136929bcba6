package tenant

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// An authRequest is an authorization request under way; it is the provider's
// op.AuthRequest. The first group is what the client asked for, the second what
// signing in adds.
type authRequest struct {
	id         string
	asked      *oidc.AuthRequest // read only
	audience   []string          // of the access token; empty for an opaque one
	scopes     []string
	connection string
	browser    string // which browser began, see Tenant.browser

	identity string // key of the one signed in with
	session  string // the sid claim
	authTime time.Time
	subject  string // set when the code is redeemed
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
	return &oidc.CodeChallenge{Challenge: r.asked.CodeChallenge, Method: r.asked.CodeChallengeMethod}
}

func (r *authRequest) grant() grant {
	return grant{
		clientID: r.asked.ClientID, subject: r.subject, session: r.session,
		audience: r.audience, scopes: r.scopes, authTime: r.authTime,
	}
}

func (r *authRequest) signedIn(s session) {
	r.identity, r.session, r.authTime = s.identity, s.sid, s.authTime
}

// authorize is the authorization endpoint. It validates with the provider's own
// rules, then decides whether the browser's session is enough.
func (t *Tenant) authorize(w http.ResponseWriter, r *http.Request) {
	asked, err := op.ParseAuthorizeRequest(r, t.provider.Decoder())
	if err != nil {
		t.errorPage(w, http.StatusBadRequest, "The sign-in request cannot be read", "The application sent a request that does not make sense. Go back and try again.")
		return
	}
	client, ok := t.storage.clients[asked.ClientID]
	if !ok {
		t.errorPage(w, http.StatusForbidden, "Unknown client", "No application with this client_id is registered at the tenant.")
		return
	}
	ctx := op.ContextWithIssuer(r.Context(), t.issuer)
	hint, err := op.ValidateAuthRequestClient(ctx, asked, client, t.provider.IDTokenHintVerifier(ctx))
	if asOIDC := new(oidc.Error); errors.As(err, &asOIDC) && asOIDC.IsRedirectDisabled() {
		t.errorPage(w, http.StatusForbidden, "Callback URL mismatch", "The redirect_uri of the request is not one of the application's allowed callback URLs.")
		return
	}
	if err != nil {
		t.refuse(w, r, asked, err)
		return
	}
	request, err := t.newAuthRequest(asked, r.Form)
	if err != nil {
		t.refuse(w, r, asked, err)
		return
	}
	if s, ok := t.session(r); ok && t.suffices(s, request, hint) {
		request.signedIn(s)
		t.storage.requests.put(request.id, *request)
		t.respond(w, r, request)
		return
	}
	if slices.Contains(asked.Prompt, oidc.PromptNone) {
		t.refuse(w, r, asked, oidc.ErrLoginRequired().WithDescription("Login required"))
		return
	}
	request.browser = t.browser(w, r)
	t.storage.requests.put(request.id, *request)
	http.Redirect(w, r, t.signInPath(request), http.StatusFound)
}

// newAuthRequest adds the parameters that the vendor knows and the standard does not.
func (t *Tenant) newAuthRequest(asked *oidc.AuthRequest, form url.Values) (*authRequest, error) {
	if asked.RequestParam != "" {
		return nil, oidc.ErrRequestNotSupported()
	}
	if asked.CodeChallenge == "" || asked.CodeChallengeMethod != oidc.CodeChallengeMethodS256 {
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with code_challenge_method S256 is required")
	}
	request := &authRequest{id: rand.Text() + rand.Text(), asked: asked, connection: form.Get("connection")}
	if _, known := findConnection(request.connection); request.connection != "" && !known {
		return nil, oidc.ErrInvalidRequest().WithDescription("the connection was not found")
	}
	audience := form.Get("audience")
	switch audience {
	case "", t.userinfoURL(): // opaque
	case t.managementURL():
		request.audience = []string{audience}
	default:
		return nil, oidc.ErrAccessDenied().WithDescription("Service not found: %s", audience)
	}
	request.scopes = grantedScopes(asked.Scopes, audience == t.managementURL())
	if slices.Contains(request.scopes, oidc.ScopeOpenID) && len(request.audience) > 0 {
		request.audience = append(request.audience, t.userinfoURL())
	}
	return request, nil
}

// suffices tells whether the session answers the request without credentials.
func (t *Tenant) suffices(s session, request *authRequest, hint string) bool {
	if slices.Contains(request.asked.Prompt, oidc.PromptSelectAccount) {
		return false
	}
	if request.connection != "" && request.connection != s.connection {
		return false
	}
	// prompt=login has become max_age=0 by now.
	if age := request.asked.MaxAge; age != nil && (*age == 0 || t.now().Sub(s.authTime) > time.Duration(*age)*time.Second) {
		return false
	}
	owner := t.directory.owner(s.identity)
	return owner != nil && (hint == "" || hint == owner.id())
}

// respond sends the browser back to the client with a code.
func (t *Tenant) respond(w http.ResponseWriter, r *http.Request, request *authRequest) {
	noStore(w)
	ctx := op.ContextWithIssuer(r.Context(), t.issuer)
	if request.asked.ResponseMode != responseModeWebMessage {
		op.AuthResponse(request, t.provider, w, r.WithContext(ctx))
		return
	}
	answer, err := op.BuildAuthResponseCodeResponsePayload(ctx, request, t.provider)
	if err == nil {
		err = t.postMessage(w, request.asked.RedirectURI, answer)
	}
	if err != nil {
		t.broken(w, err)
	}
}

// refuse sends the browser back to the client with an error. The redirect_uri
// must have been validated.
func (t *Tenant) refuse(w http.ResponseWriter, r *http.Request, asked *oidc.AuthRequest, err error) {
	answer := oidc.DefaultToServerError(err, "the request could not be processed")
	answer.State = asked.State
	if asked.ResponseMode == responseModeWebMessage {
		if err := t.postMessage(w, asked.RedirectURI, answer); err != nil {
			t.broken(w, err)
		}
		return
	}
	to, err := op.AuthResponseURL(asked.RedirectURI, asked.ResponseType, asked.ResponseMode, answer, t.provider.Encoder())
	if err != nil {
		t.broken(w, err)
		return
	}
	noStore(w)
	http.Redirect(w, r, to, http.StatusFound)
}

// broken says that the client cannot be answered, for a reason of our own.
func (t *Tenant) broken(w http.ResponseWriter, err error) {
	t.log.Error("authorization response", "error", err)
	t.errorPage(w, http.StatusInternalServerError, "Something went wrong", "The tenant could not answer the application.")
}

// logout ends the browser's session and goes where the client may send it.
func (t *Tenant) logout(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	returnTo := query.Get("returnTo")
	client, known := t.storage.clients[query.Get("client_id")]
	if query.Has("client_id") && !known {
		t.errorPage(w, http.StatusBadRequest, "Unknown client", "No application with this client_id is registered at the tenant.")
		return
	}
	if returnTo == "" && known && len(client.LogoutURLs) > 0 {
		returnTo = client.LogoutURLs[0]
	}
	if returnTo != "" && !slices.Contains(client.LogoutURLs, returnTo) {
		t.errorPage(w, http.StatusBadRequest, "Logout URL mismatch", "The returnTo address of the request is not one of the application's allowed logout URLs.")
		return
	}
	t.endSession(w, r)
	noStore(w)
	if returnTo == "" {
		t.page(w, http.StatusOK, "", "message", message{Title: "Signed out", Text: "You have signed out of the tenant."})
		return
	}
	http.Redirect(w, r, returnTo, http.StatusFound)
}
