package authorize

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/oauth"
	"twinlock/server/tenant/page"
	"twinlock/server/tenant/reply"
)

//go:embed *.html
var files embed.FS

var (
	templates      = page.Parse(files)
	formPostPage   = templates.Page("form_post")
	relayPage      = templates.Page("relay")
	webMessagePage = templates.Page("web_message")
	winChanPage    = templates.Page("winchan")
)

// An answer is a list of parameters. Those without a value are left out.
type answer []parameter

type parameter struct {
	name  string
	value any // a string or a number
}

func (a answer) values() url.Values {
	values := url.Values{}
	for _, p := range a {
		switch v := p.value.(type) {
		case string:
			if v != "" {
				values.Set(p.name, v)
			}
		default:
			number, _ := json.Marshal(v) // a number always can
			values.Set(p.name, string(number))
		}
	}
	return values
}

func (a answer) object() map[string]any {
	object := map[string]any{}
	for _, p := range a {
		if p.value != "" {
			object[p.name] = p.value
		}
	}
	return object
}

// respond sends the browser back to the client with what it asked for.
func (e *Endpoint) respond(w http.ResponseWriter, r *http.Request, request *oauth.Request) {
	if request.Wants("code") {
		code, err := e.Provider.Code(r.Context(), request)
		if err != nil {
			e.Refuse(w, r, request, err)
			return
		}
		e.send(w, r, request, answer{{"code", code}, {"state", request.Asked.State}})
		return
	}
	tokens, err := e.Provider.FrontChannelTokens(r.Context(), request)
	if err != nil {
		e.Refuse(w, r, request, err)
		return
	}
	given := answer{{"id_token", tokens.IDToken}, {"state", request.Asked.State}}
	if tokens.AccessToken != "" {
		given = append(given, answer{{"access_token", tokens.AccessToken}, {"token_type", oidc.BearerToken},
			{"expires_in", tokens.ExpiresIn}, {"scope", strings.Join(request.Scopes, " ")}}...)
	}
	e.send(w, r, request, given)
}

// Refuse ends the request and sends the browser back to the client with an error: an
// *oidc.Error as it is, any other as server_error.
func (e *Endpoint) Refuse(w http.ResponseWriter, r *http.Request, request *oauth.Request, err error) {
	known := new(oidc.Error)
	if !errors.As(err, &known) {
		e.Log.Error("authorization", "error", err)
		known = oidc.ErrServerError().WithDescription("the request could not be processed")
	}
	e.Provider.Discard(request.ID)
	e.send(w, r, request, answer{
		{"error", string(known.ErrorType)}, {"error_description", known.Description}, {"state", request.Asked.State}})
}

// refused answers the request with the error that a fault wants, if any, and returns
// whether it has.
func (e *Endpoint) refused(w http.ResponseWriter, r *http.Request, request *oauth.Request) bool {
	parameters := fault.RefusalOf(r.Context())
	if parameters == nil {
		return false
	}
	a := answer{{"state", request.Asked.State}}
	for name, value := range parameters {
		a = append(a, parameter{name, value})
	}
	e.send(w, r, request, a)
	return true
}

// send sends the parameters to the client's redirect_uri, which must have been checked,
// or to its window.
func (e *Endpoint) send(w http.ResponseWriter, r *http.Request, request *oauth.Request, a answer) {
	reply.NoStore(w)
	to := request.Asked.RedirectURI
	origin := issuer.Origin(to)
	switch request.Mode {
	case oauth.ModeWebMessage:
		e.showScript(w, webMessagePage, "'none'", origin, scriptPage{Origin: origin, Response: a.object()})
	case oauth.ModeWinChan:
		e.showScript(w, winChanPage, "'none'", origin, scriptPage{Origin: origin, Response: a.object()})
	case oauth.ModeFormPost:
		e.showScript(w, formPostPage, origin, "'none'", scriptPage{Action: template.URL(to), Fields: a.values()})
	default:
		http.Redirect(w, r, withParameters(to, a.values(), request.Mode == oauth.ModeFragment), http.StatusFound)
	}
}

// withParameters adds the parameters to the query of a valid URL, or sets them as its
// fragment.
func withParameters(to string, values url.Values, fragment bool) string {
	u, err := url.Parse(to)
	if err != nil {
		return to
	}
	if fragment {
		u.Fragment = ""
		return u.String() + "#" + values.Encode()
	}
	query := u.Query()
	for name := range values {
		query.Set(name, values.Get(name))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// Relay shows the page that WinChan puts in a frame for browsers whose pop-ups cannot
// reach their opener.
func (e *Endpoint) Relay(w http.ResponseWriter, _ *http.Request) {
	e.showScript(w, relayPage, "'none'", "*", scriptPage{})
}

// scriptPage is what the templates of pages with a script see.
type scriptPage struct {
	Nonce    string         // of the script
	Origin   string         // may read the answer
	Response map[string]any // the answer
	Action   template.URL   // where the form leads: a checked callback
	Fields   url.Values     // of the form
}

// showScript shows a page whose script hands an answer on: by a form that leads to
// action, or by posting it to ancestors, which may frame the page.
func (e *Endpoint) showScript(w http.ResponseWriter, script *template.Template, action, ancestors string,
	data scriptPage) {
	data.Nonce = rand.Text()
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+data.Nonce+"'; form-action "+action+
		"; frame-ancestors "+ancestors+"; base-uri 'none'")
	e.Pages.Write(w, script, http.StatusOK, data)
}
