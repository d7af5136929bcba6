package authorize

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/oauth"
)

// FactorPath is where a second factor is asked for. Its parameter state is the request's
// id.
const FactorPath = "/u/mfa-otp-challenge"

// needsFactor reports whether a second factor has still to be checked. A user that has one
// is asked once in a session, and again where the request asks: the session may have passed
// it. Auth0 leaves this to a policy of the tenant and to Actions; the emulator does as the
// examples of its documentation:
// https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa
// https://auth0.com/docs/secure/multi-factor-authentication/step-up-authentication
func needsFactor(request *oauth.Request, u *directory.User, passed bool) bool {
	return !request.Factor && (request.AsksFactor() || u.OTPSecret != "" && !passed)
}

// askFactor sends the person to enter a second factor. That a silent request is refused
// with this text was reported, the code is a guess by
// https://auth0.com/docs/authenticate/login/configure-silent-authentication.
// https://github.com/auth0/auth0-angular/issues/296
func (e *Endpoint) askFactor(w http.ResponseWriter, r *http.Request, request *oauth.Request, identity string) {
	if slices.Contains(request.Asked.Prompt, oidc.PromptNone) {
		e.Refuse(w, r, request, oidc.ErrInteractionRequired().WithDescription("Multifactor authentication required"))
		return
	}
	request.First = identity
	request.Browser = e.Sessions.Browser(w, r)
	e.Provider.Save(request)
	http.Redirect(w, r, FactorPath+"?"+url.Values{"state": {request.ID}}.Encode(), http.StatusSeeOther)
}

// FactorPassed goes on with a request that waited for a second factor. Where a session stood
// for the first one it must still be there: its time is not made anew.
func (e *Endpoint) FactorPassed(w http.ResponseWriter, r *http.Request, request *oauth.Request) {
	request.Factor = true
	owner := e.Users.Owner(request.First)
	s, ok := e.Sessions.Of(r)
	if owner == nil || request.Resumed && (!ok || s.Identity != request.First || !e.suffices(s, request)) {
		e.Pages.Message(w, http.StatusBadRequest, "This sign-in is over",
			"Go back to the application and sign in again.")
		return
	}
	if !request.Resumed {
		e.SignIn(w, r, request, *owner.Identity(request.First))
		return
	}
	e.Sessions.Confirm(r)
	e.resume(w, r, request, s)
}
