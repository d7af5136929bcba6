package tenant

import (
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"twinlock/server/tenant/fault"
	"twinlock/server/tenant/issuer"
	"twinlock/server/tenant/reply"
)

// A responseMode is how the answer gets to the client.
type responseMode string

// The vendor's modes beyond the standard's: a page in a frame or popup that
// posts the answer to the client's window, and a page that speaks WinChan, the
// protocol of auth0-js popups.
const (
	modeQuery      responseMode = "query"
	modeFragment   responseMode = "fragment"
	modeFormPost   responseMode = "form_post"
	modeWebMessage responseMode = "web_message"
	modeWinChan    responseMode = "owp"
)

// toOpener tells whether another window gets the answer and not the callback.
func (m responseMode) toOpener() bool { return m == modeWebMessage || m == modeWinChan }

func newResponseMode(form url.Values, asked *oidc.AuthRequest) (responseMode, error) {
	inURL := modeQuery
	if asked.ResponseType != oidc.ResponseTypeCode {
		inURL = modeFragment // tokens must not reach a server's log
	}
	if form.Get("owp") == "true" {
		return modeWinChan, nil
	}
	switch m := responseMode(asked.ResponseMode); m {
	case "":
		return inURL, nil
	case modeFragment, modeFormPost, modeWebMessage:
		return m, nil
	case modeQuery:
		if inURL == modeFragment {
			return inURL, oidc.ErrInvalidRequest().WithDescription("response_mode query is for response_type code only")
		}
		return m, nil
	default:
		return inURL, oidc.ErrInvalidRequest().WithDescription("Unsupported response_mode: %s", m)
	}
}

// An answer is a list of parameters. Those without a value are left out.
type answer []parameter

type parameter struct {
	name  string
	value any
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
			number, _ := json.Marshal(v) // nothing else occurs
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

// answer sends the parameters to the client's redirect_uri, which must have
// been validated, or to its window.
func (t *Tenant) answer(w http.ResponseWriter, r *http.Request, request *authRequest, a answer) {
	reply.NoStore(w)
	to := request.asked.RedirectURI
	switch request.mode {
	case modeWebMessage:
		t.scriptPage(w, "web_message", issuer.Origin(to), scriptPage{Origin: issuer.Origin(to), Response: a.object()})
	case modeWinChan:
		t.scriptPage(w, "winchan", issuer.Origin(to), scriptPage{Origin: issuer.Origin(to), Response: a.object()})
	case modeFormPost:
		t.scriptPage(w, "form_post", to, scriptPage{Action: template.URL(to), Fields: a.values()})
	default:
		http.Redirect(w, r, withParameters(to, a.values(), request.mode == modeFragment), http.StatusFound)
	}
}

// refused answers an authorization request with the error that a fault wants, if any.
func (t *Tenant) refused(w http.ResponseWriter, r *http.Request, request *authRequest) bool {
	parameters := fault.RefusalOf(r.Context())
	if parameters == nil {
		return false
	}
	a := answer{{"state", request.asked.State}}
	for name, value := range parameters {
		a = append(a, parameter{name, value})
	}
	t.answer(w, r, request, a)
	return true
}

// withParameters adds the parameters to the query or as the fragment of a
// valid URL.
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

// relay is the page that WinChan puts in a frame for browsers whose popups
// cannot reach their opener.
func (t *Tenant) relay(w http.ResponseWriter, _ *http.Request) {
	t.scriptPage(w, "relay", "*", scriptPage{})
}

// scriptPage is what the templates of pages with a script see.
type scriptPage struct {
	Nonce    string
	Origin   string         // who may read the answer
	Response map[string]any // the answer
	Action   template.URL   // where the form leads: a validated callback
	Fields   url.Values
}
