package tenant

import (
	"net/http"
	"slices"
	"strings"

	"github.com/rs/cors"
)

// rateLimitHeaders are on every answer of the Management API.
var rateLimitHeaders = []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}

// A corsPolicy lets foreign origins read what they may: the clients' web
// origins tokens and the Management API, everyone the public documents. Hosted
// pages are nobody's but the tenant's own.
type corsPolicy struct{ clients, everyone *cors.Cors }

func newCORS(clients []Client) corsPolicy {
	allowed := func(origin string) bool {
		return slices.ContainsFunc(clients, func(c Client) bool { return slices.Contains(c.WebOrigins, origin) })
	}
	return corsPolicy{
		clients: cors.New(cors.Options{
			AllowOriginFunc: allowed,
			AllowedMethods:  []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete},
			AllowedHeaders:  []string{"Authorization", "Content-Type", "Auth0-Client"},
			ExposedHeaders:  rateLimitHeaders,
			MaxAge:          600,
		}),
		everyone: cors.New(cors.Options{
			AllowedOrigins: []string{"*"},
			AllowedMethods: []string{http.MethodGet, http.MethodPost},
			AllowedHeaders: []string{"Authorization", "Content-Type", "Auth0-Client"},
			MaxAge:         600,
		}),
	}
}

func (p corsPolicy) middleware(next http.Handler) http.Handler {
	clients, everyone := p.clients.Handler(next), p.everyone.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasPrefix(path, "/api/v2/"), strings.HasPrefix(path, "/oauth/"):
			clients.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/.well-known/"), path == "/userinfo":
			everyone.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
