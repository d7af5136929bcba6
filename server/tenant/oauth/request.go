package oauth

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/leftout"
	"twinlock/server/tenant/organization"
)

// Errors of ReadRequest. The client must not hear of them: its address is not known to
// be its own.
var (
	// ErrUnreadable is returned when the parameters cannot be decoded.
	ErrUnreadable = errors.New("the authorization request cannot be read")
	// ErrUnknownClient is returned when there is no client of that client_id.
	ErrUnknownClient = errors.New("unknown client")
	// ErrCallback is returned when the redirect_uri is not one of the client's.
	ErrCallback = errors.New("callback URL mismatch")
)

// responseTypeToken is of OAuth 2.0 alone (RFC 6749, section 4.2.1), so the provider
// has no name for it.
const responseTypeToken oidc.ResponseType = "token"

// A ResponseMode is how the answer gets to the client.
type ResponseMode string

// The standard's modes, and Auth0's: a page in a frame or pop-up that posts the answer
// to the client's window, and a page that speaks WinChan, the protocol of auth0-js's
// pop-ups.
const (
	ModeQuery      ResponseMode = "query"
	ModeFragment   ResponseMode = "fragment"
	ModeFormPost   ResponseMode = "form_post"
	ModeWebMessage ResponseMode = "web_message"
	ModeWinChan    ResponseMode = "owp"
)

// ToWindow reports whether another window gets the answer and not the callback.
func (m ResponseMode) ToWindow() bool { return m == ModeWebMessage || m == ModeWinChan }

// A Request is an authorization request under way. It implements op.AuthRequest.
type Request struct {
	ID string
	// Issuer is the name by which the tenant was asked.
	Issuer string
	// Asked are the request's parameters. They are read only.
	Asked *oidc.AuthRequest
	// Form has the same as it came, and what the standard does not know.
	Form url.Values
	Mode ResponseMode
	// Audience is that of the access token. Empty: an opaque one.
	Audience []string
	// Scopes are those that are granted.
	Scopes []string
	// Organization is that to sign in to as a member. The zero one: none.
	Organization organization.Organization
	// Connection is the name of the one to sign in through. Empty: any.
	Connection string
	// Hint is the user_id that the ID token hint names. Empty: none does.
	Hint string
	// Browser is the name of the browser in which the request began.
	Browser string

	// Identity is the key of the one signed in with. Empty: nobody has signed in yet.
	Identity string
	// First is the key of the identity whose own credentials were checked, while the request
	// waits for a second factor. Empty: it does not.
	First string
	// Resumed: the browser's session stood for the credentials of First.
	Resumed bool
	// Factor: a second one was checked.
	Factor bool

	session  string // the sid claim
	authTime time.Time
	subject  string // set when tokens are made
}

// GetID and the methods below implement op.AuthRequest.
func (r *Request) GetID() string                      { return r.ID }
func (r *Request) GetACR() string                     { return "" }
func (r *Request) GetAMR() []string                   { return nil }
func (r *Request) GetAudience() []string              { return r.Audience }
func (r *Request) GetAuthTime() time.Time             { return r.authTime }
func (r *Request) GetClientID() string                { return r.Asked.ClientID }
func (r *Request) GetNonce() string                   { return r.Asked.Nonce }
func (r *Request) GetRedirectURI() string             { return r.Asked.RedirectURI }
func (r *Request) GetResponseType() oidc.ResponseType { return r.Asked.ResponseType }
func (r *Request) GetResponseMode() oidc.ResponseMode { return r.Asked.ResponseMode }
func (r *Request) GetScopes() []string                { return r.Scopes }
func (r *Request) GetState() string                   { return r.Asked.State }
func (r *Request) GetSubject() string                 { return r.subject }
func (r *Request) Done() bool                         { return r.Identity != "" }
func (r *Request) GetCodeChallenge() *oidc.CodeChallenge {
	if r.Asked.CodeChallenge == "" {
		return nil
	}
	return &oidc.CodeChallenge{Challenge: r.Asked.CodeChallenge, Method: r.Asked.CodeChallengeMethod}
}

// SignedIn records who has signed in, in which session and when.
func (r *Request) SignedIn(identity, session string, at time.Time) {
	r.Identity, r.session, r.authTime = identity, session, at
}

// MultiFactor is the value of acr_values that asks for a second factor.
// https://auth0.com/docs/secure/multi-factor-authentication/step-up-authentication
const MultiFactor = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

// AsksFactor reports whether the request asks for a second factor.
func (r *Request) AsksFactor() bool { return slices.Contains(r.Asked.ACRValues, MultiFactor) }

// Wants reports whether the response type names the artefact: code, token or id_token.
func (r *Request) Wants(artefact string) bool {
	return slices.Contains(strings.Fields(string(r.Asked.ResponseType)), artefact)
}

func (r *Request) grant() grant {
	return grant{
		clientID: r.Asked.ClientID, subject: r.subject, session: r.session, audience: r.Audience,
		issuer: r.Issuer, scopes: r.Scopes, authTime: r.authTime, timed: r.Asked.MaxAge != nil, request: r.ID,
		organization: r.Organization, factor: r.Factor, frontChannel: r.Asked.ResponseType != oidc.ResponseTypeCode,
	}
}

// ReadRequest reads the parameters of an authorization request, as far as it takes to
// know where it may be answered; Check reads the rest. Errors: ErrUnreadable,
// ErrUnknownClient, ErrCallback.
func (p *Provider) ReadRequest(ctx context.Context, form url.Values) (*Request, error) {
	asked := new(oidc.AuthRequest)
	if err := p.op.Decoder().Decode(asked, form); err != nil {
		return nil, ErrUnreadable
	}
	client, ok := p.Client(asked.ClientID)
	if !ok {
		return nil, ErrUnknownClient
	}
	if err := op.ValidateAuthReqRedirectURI(opClient{client}, asked.RedirectURI, asked.ResponseType); err != nil {
		return nil, ErrCallback
	}
	asked.ResponseType = normalized(asked.ResponseType)
	return &Request{ID: rand.Text() + rand.Text(), Issuer: op.IssuerFromContext(ctx), Asked: asked, Form: form,
		Connection: form.Get("connection")}, nil
}

// responseTypes are those that there are, normalized (OAuth 2.0 Multiple Response Type Encoding
// Practices, section 5).
var responseTypes = []oidc.ResponseType{"code", "token", "id_token", "id_token token", "code id_token", "code token",
	"code id_token token", "none"}

// normalized puts the parts of a response type in the provider's order.
func normalized(t oidc.ResponseType) oidc.ResponseType {
	parts := strings.Fields(string(t))
	slices.Sort(parts)
	return oidc.ResponseType(strings.Join(parts, " "))
}

// Check checks the request by the provider's rules and adds what Auth0 knows and the
// standard does not. An error is for the client, an *oidc.Error; Mode is set even then.
func (p *Provider) Check(ctx context.Context, request *Request, form url.Values) error {
	var err error
	if request.Mode, err = responseMode(form, request.Asked); err != nil {
		return err
	}
	if form.Get("request") != "" {
		return oidc.ErrRequestNotSupported()
	}
	if name := leftout.Parameter(form); name != "" {
		return oidc.ErrInvalidRequest().WithDescription("Unsupported parameter: %s. %s", name, leftout.Text)
	}
	client, _ := p.Client(request.GetClientID())
	if err := checkProtocol(request, client); err != nil {
		return err
	}
	// The audience comes before the connection: so it was seen, not documented.
	if err := p.setScopes(request, form.Get("audience")); err != nil {
		return err
	}
	if request.Organization, err = p.organization(form.Get("organization"), client); err != nil {
		return err
	}
	if err := p.checkConnection(request.Connection, client); err != nil {
		return err
	}
	request.Hint, err = op.ValidateAuthReqIDTokenHint(ctx, request.Asked.IDTokenHint, p.op.IDTokenHintVerifier(ctx))
	return err
}

func responseMode(form url.Values, asked *oidc.AuthRequest) (ResponseMode, error) {
	inURL := ModeQuery
	if asked.ResponseType != oidc.ResponseTypeCode {
		inURL = ModeFragment // tokens must not reach a server's log
	}
	if form.Get("owp") == "true" {
		return ModeWinChan, nil
	}
	switch m := ResponseMode(asked.ResponseMode); m {
	case "":
		return inURL, nil
	case ModeFragment, ModeFormPost, ModeWebMessage:
		return m, nil
	case ModeQuery:
		if inURL == ModeFragment {
			return inURL, oidc.ErrInvalidRequest().WithDescription("response_mode query is for response_type code only")
		}
		return m, nil
	default:
		return inURL, oidc.ErrInvalidRequest().WithDescription("Unsupported response_mode: %s", m)
	}
}

// checkProtocol checks prompt, response type, PKCE and nonce.
func checkProtocol(request *Request, client Client) error {
	asked := request.Asked
	var err error
	if asked.MaxAge, err = op.ValidateAuthReqPrompt(asked.Prompt, asked.MaxAge); err != nil {
		return err
	}
	if asked.ResponseType != "" && !slices.Contains(responseTypes, asked.ResponseType) {
		return (&oidc.Error{ErrorType: "unsupported_response_type"}).WithDescription("Unsupported response type: %s", asked.ResponseType)
	}
	if err := op.ValidateAuthReqResponseType(opClient{client}, asked.ResponseType); err != nil {
		return err
	}
	withPKCE := asked.CodeChallenge != "" && asked.CodeChallengeMethod == oidc.CodeChallengeMethodS256
	withoutPKCE := asked.CodeChallenge == "" && client.PKCEOptional
	if request.Wants("code") && !withPKCE && !withoutPKCE {
		return oidc.ErrInvalidRequest().WithDescription("PKCE with code_challenge_method S256 is required")
	}
	if request.Wants("id_token") && asked.Nonce == "" {
		return oidc.ErrInvalidRequest().WithDescription("Missing required parameter: nonce")
	}
	return nil
}

func (p *Provider) checkConnection(name string, client Client) error {
	if name == "" {
		return nil
	}
	if _, known := p.config.Users.Connections().Find(name); !known {
		return oidc.ErrInvalidRequest().WithDescription("the connection was not found")
	}
	if !client.MayUse(name) {
		return oidc.ErrInvalidRequest().WithDescription("the connection is not enabled for the client")
	}
	return nil
}

// setScopes sets audience and scopes of the access token.
func (p *Provider) setScopes(request *Request, audience string) error {
	of := p.config.Issuer
	switch audience {
	case "", of.Userinfo(): // opaque
	case of.ManagementAPI():
		if client, _ := p.Client(request.GetClientID()); !p.config.UserAccess.admits(client) {
			// Seen of another API: https://github.com/alexandervivas/expat-ledger-frontend/issues/152
			return oidc.ErrInvalidRequest().WithDescription("Client %q is not authorized to access resource server %q.",
				client.ID, audience)
		}
		request.Audience = []string{audience}
	default:
		return oidc.ErrAccessDenied().WithDescription("Service not found: %s", audience)
	}
	request.Scopes = grantedScopes(request.Asked.Scopes, audience == of.ManagementAPI())
	if slices.Contains(request.Scopes, oidc.ScopeOpenID) && len(request.Audience) > 0 {
		request.Audience = append(request.Audience, of.Userinfo())
	}
	return nil
}
