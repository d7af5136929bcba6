// Package authorize is the authorization endpoint of a tenant. An [Endpoint] reads a
// request, finds out whether the browser's session is enough or sends the person to
// sign in, and answers the client. The rooms in which people sign in finish with
// [Endpoint.SignIn] or [Endpoint.Refuse].
package authorize

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/page"
	"twinlock/server/tenant/session"
)

// An Endpoint answers authorization requests. All fields must be set.
type Endpoint struct {
	Provider *oauth.Provider
	Users    *directory.Directory
	Sessions *session.Store
	Pages    *page.Renderer
	Log      *slog.Logger
	// Now is the clock.
	Now func() time.Time
}

// SignInPages are where a person signs in.
type SignInPages interface {
	// Path returns the path and query of the page for the request; screenHint is the
	// parameter of that name.
	Path(request *oauth.Request, screenHint string) string
}

// Tickets are the login tickets of cross-origin authentication.
type Tickets interface {
	// Redeem returns the identity whose credentials the ticket in the form of r stands
	// for. An error is for the client, an *oidc.Error.
	Redeem(r *http.Request, request *oauth.Request) (directory.Identity, error)
}

// Handler serves the endpoint. It decides whether a login ticket or the browser's
// session is enough.
func (e *Endpoint) Handler(pages SignInPages, tickets Tickets) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			e.showMistake(w, oauth.ErrUnreadable)
			return
		}
		request, ok := e.Read(w, r, r.Form)
		if !ok || e.refused(w, r, request) {
			return
		}
		if r.Form.Has("login_ticket") {
			e.redeem(w, r, request, tickets)
			return
		}
		if s, ok := e.Sessions.Of(r); ok && e.suffices(s, request) {
			e.resume(w, r, request, s)
			return
		}
		if slices.Contains(request.Asked.Prompt, oidc.PromptNone) {
			e.Refuse(w, r, request, oidc.ErrLoginRequired().WithDescription("Login required"))
			return
		}
		request.Browser = e.Sessions.Browser(w, r)
		e.Provider.Save(request)
		http.Redirect(w, r, pages.Path(request, r.Form.Get("screen_hint")), http.StatusFound)
	}
}

// Read reads an authorization request and returns it, or answers it and returns false
// if it is wrong. Before the redirect_uri is known to be the client's, the answer is a
// page.
func (e *Endpoint) Read(w http.ResponseWriter, r *http.Request, form url.Values) (*oauth.Request, bool) {
	request, err := e.Provider.ReadRequest(r.Context(), form)
	if err != nil {
		e.showMistake(w, err)
		return nil, false
	}
	err = e.Provider.Check(r.Context(), request, form)
	client, _ := e.Provider.Client(request.GetClientID())
	if request.Mode.ToWindow() && !slices.Contains(client.WebOrigins, issuer.Origin(request.Asked.RedirectURI)) {
		e.Pages.Message(w, http.StatusForbidden, "Origin mismatch",
			"The redirect_uri of the request does not have a registered origin: "+
				"it is not one of the application's allowed web origins.")
		return nil, false
	}
	if err != nil {
		e.Refuse(w, r, request, err)
		return nil, false
	}
	return request, true
}

// showMistake shows the page for an error of ReadRequest.
func (e *Endpoint) showMistake(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, oauth.ErrUnknownClient):
		e.Pages.Message(w, http.StatusForbidden, "Unknown client",
			"No application with this client_id is registered at the tenant.")
	case errors.Is(err, oauth.ErrCallback):
		e.Pages.Message(w, http.StatusForbidden, "Callback URL mismatch",
			"The redirect_uri of the request is not one of the application's allowed callback URLs.")
	default:
		e.Pages.Message(w, http.StatusBadRequest, "The sign-in request cannot be read",
			"The application sent a request that does not make sense. Go back and try again.")
	}
}

func (e *Endpoint) redeem(w http.ResponseWriter, r *http.Request, request *oauth.Request, tickets Tickets) {
	id, err := tickets.Redeem(r, request)
	if err != nil {
		e.Refuse(w, r, request, err)
		return
	}
	e.SignIn(w, r, request, id)
}

// suffices reports whether the session answers the request without credentials.
func (e *Endpoint) suffices(s session.Session, request *oauth.Request) bool {
	if slices.Contains(request.Asked.Prompt, oidc.PromptSelectAccount) {
		return false
	}
	if request.Connection != "" && request.Connection != s.Connection {
		return false
	}
	if client, _ := e.Provider.Client(request.GetClientID()); !client.MayUse(s.Connection) {
		return false
	}
	// prompt=login has become max_age=0 by now.
	if age := request.Asked.MaxAge; age != nil && (*age == 0 || e.Now().Sub(s.Time) > time.Duration(*age)*time.Second) {
		return false
	}
	owner := e.Users.Owner(s.Identity)
	return owner != nil && !owner.Blocked && (request.Hint == "" || request.Hint == owner.ID())
}

// resume answers the client by the browser's session, which suffices.
func (e *Endpoint) resume(w http.ResponseWriter, r *http.Request, request *oauth.Request, s session.Session) {
	owner := e.Users.Owner(s.Identity)
	if err := admit(request, owner); err != nil {
		e.Refuse(w, r, request, err)
		return
	}
	if needsFactor(request, owner, s.Factor) {
		request.Resumed = true
		e.askFactor(w, r, request, s.Identity)
		return
	}
	request.SignedIn(s.Identity, s.ID, s.Time)
	e.respond(w, r, request)
}

// SignIn starts a session for the identity and answers the client, or first asks for a
// second factor.
func (e *Endpoint) SignIn(w http.ResponseWriter, r *http.Request, request *oauth.Request, id directory.Identity) {
	if e.refused(w, r, request) {
		return
	}
	if u := e.Users.Owner(id.Key()); u != nil && admit(request, u) == nil && needsFactor(request, u, false) {
		request.Resumed = false
		e.askFactor(w, r, request, id.Key())
		return
	}
	owner, err := e.Users.SignedIn(id.Key())
	if err != nil {
		e.Pages.Fail(w, "sign in", err)
		return
	}
	if err := admit(request, owner); err != nil {
		e.Refuse(w, r, request, err)
		return
	}
	s := e.Sessions.Start(w, r, session.Session{
		Identity: id.Key(), Connection: id.Connection, Client: request.GetClientID(), Factor: request.Factor})
	request.SignedIn(s.Identity, s.ID, s.Time)
	e.respond(w, r, request)
}

// admit refuses a user that is blocked, or no member of the organization that the request
// names, also one with a session. The second text is in public programs and was reported:
// https://github.com/auth0/auth0-server-python/pull/114
func admit(request *oauth.Request, u *directory.User) error {
	if u.Blocked {
		return &oidc.Error{ErrorType: "unauthorized", Description: "user is blocked"}
	}
	if of := request.Organization.ID; of != "" && !slices.Contains(u.Organizations, of) {
		return oidc.ErrAccessDenied().WithDescription("user %s is not part of the %s organization", u.ID(), of)
	}
	return nil
}
