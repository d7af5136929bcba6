package tenant

import (
	"net/http"
	"slices"
	"strings"

	"github.com/rs/cors"
)

// rateLimitHeaders are on every answer of the Management API.
var rateLimitHeaders = []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}

// A corsPolicy says what pages of other origins may read. Hosted pages are for the
// tenant's own origin only.
type corsPolicy struct {
	// clients is for the web origins of clients: tokens, the Management API, sign-up.
	clients *cors.Cors
	// credentialed is for them too, where the answer depends on the browser's cookie.
	credentialed *cors.Cors
	// everyone is for the public documents and userinfo.
	everyone *cors.Cors
}

func newCORS(clients []Client) corsPolicy {
	allowed := func(origin string) bool {
		return slices.ContainsFunc(clients, func(c Client) bool { return slices.Contains(c.WebOrigins, origin) })
	}
	ofClients := cors.Options{
		AllowOriginFunc: allowed,
		AllowedMethods:  []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete},
		AllowedHeaders:  []string{"Authorization", "Content-Type", "Auth0-Client", "X-Request-Language"},
		ExposedHeaders:  rateLimitHeaders,
		MaxAge:          600,
	}
	credentialed := ofClients
	credentialed.AllowCredentials = true
	return corsPolicy{
		clients:      cors.New(ofClients),
		credentialed: cors.New(credentialed),
		everyone: cors.New(cors.Options{
			AllowedOrigins: []string{"*"},
			AllowedMethods: []string{http.MethodGet, http.MethodPost},
			AllowedHeaders: []string{"Authorization", "Content-Type", "Auth0-Client"},
			MaxAge:         600,
		}),
	}
}

func (p corsPolicy) middleware(next http.Handler) http.Handler {
	clients, credentialed, everyone := p.clients.Handler(next), p.credentialed.Handler(next), p.everyone.Handler(next)
	policies := []struct {
		prefix  string
		handler http.Handler
	}{
		{"/api/v2/", clients}, {"/oauth/", clients}, {"/dbconnections/", clients}, {"/usernamepassword/challenge", clients},
		{"/passwordless/", clients}, {"/mfa/", clients}, {"/me/", clients}, // says that they are left out
		{"/co/", credentialed}, {"/user/", credentialed},
		{"/.well-known/", everyone}, {"/userinfo", everyone},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, p := range policies {
			if strings.HasPrefix(r.URL.Path, p.prefix) {
				p.handler.ServeHTTP(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
