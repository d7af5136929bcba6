package tenant

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// responseModeWebMessage answers with a page, in a popup or a hidden frame, that
// posts a message to the window of the client.
// https://datatracker.ietf.org/doc/html/draft-sakimura-oauth-wmrm-00
const responseModeWebMessage oidc.ResponseMode = "web_message"

// postMessage answers with the page. Only the origin of redirectURI may frame it
// and gets the message.
func (t *Tenant) postMessage(w http.ResponseWriter, redirectURI string, response any) error {
	to, err := url.Parse(redirectURI)
	if err != nil {
		return fmt.Errorf("web_message: %w", err)
	}
	fields := url.Values{}
	if err := t.provider.Encoder().Encode(response, fields); err != nil {
		return fmt.Errorf("web_message: %w", err)
	}
	message := map[string]string{}
	for name := range fields {
		message[name] = fields.Get(name)
	}
	page := struct {
		Nonce, Origin string
		Response      map[string]string
	}{rand.Text(), to.Scheme + "://" + to.Host, message}
	var body bytes.Buffer
	if err := pages.ExecuteTemplate(&body, "webmessage.html", page); err != nil {
		return fmt.Errorf("web_message: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+page.Nonce+"'; frame-ancestors "+page.Origin+"; base-uri 'none'")
	noStore(w)
	body.WriteTo(w) // fails only if the client is gone
	return nil
}
