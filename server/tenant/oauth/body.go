package oauth

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/decode"
	"twinlock/server/tenant/leftout"
)

// formFromJSON lets clients send JSON where the standard has a form, as Auth0 does.
func formFromJSON(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if r.Method != http.MethodPost || kind != "application/json" {
			next.ServeHTTP(w, r)
			return
		}
		form, err := readForm(r.Body)
		if err != nil {
			op.WriteError(w, r, oidc.ErrInvalidRequest().WithDescription("the body is no JSON object of strings"), nil)
			return
		}
		body := form.Encode()
		r = r.Clone(r.Context())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body, r.ContentLength = io.NopCloser(bytes.NewBufferString(body)), int64(len(body))
		next.ServeHTTP(w, r)
	})
}

// namesLeftOut refuses token requests with parameters that the emulator does not have: the
// provider has some of them, for clients that could not be set up.
func namesLeftOut(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth/token" || r.ParseForm() != nil { // the provider answers a form that cannot be read
			next.ServeHTTP(w, r)
			return
		}
		if name := leftout.TokenParameter(r.Form); name != "" {
			op.WriteError(w, r, oidc.ErrInvalidRequest().WithDescription("Unsupported parameter: %s. %s", name, leftout.Text), nil)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func readForm(body io.Reader) (url.Values, error) {
	var fields map[string]string
	if err := decode.One(json.NewDecoder(body), &fields); err != nil {
		return nil, err
	}
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	return form, nil
}

// challenged gives a refused userinfo request Auth0's answer: a challenge (RFC 6750,
// section 3) and one word.
func challenged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/userinfo" {
			w = &challenger{ResponseWriter: w}
		}
		next.ServeHTTP(w, r)
	})
}

type challenger struct {
	http.ResponseWriter
	refused bool
}

// WriteHeader implements http.ResponseWriter.
func (c *challenger) WriteHeader(status int) {
	c.refused = status == http.StatusUnauthorized
	if c.refused {
		c.Header().Set("Content-Type", "text/plain; charset=utf-8")
		c.Header().Set("WWW-Authenticate", `Bearer realm="Users", error="invalid_token"`)
	}
	c.ResponseWriter.WriteHeader(status)
	if c.refused {
		io.WriteString(c.ResponseWriter, "Unauthorized") // fails only if the client is gone
	}
}

// Write implements http.ResponseWriter.
func (c *challenger) Write(b []byte) (int, error) {
	if c.refused {
		return len(b), nil
	}
	return c.ResponseWriter.Write(b)
}
