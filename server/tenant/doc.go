// Package tenant is the embedded tenant: an emulator of what Twinlock needs of
// Auth0, for development and for tests, to be served on an origin of its own.
//
// The OAuth half (authorization code with PKCE, refresh tokens, userinfo, keys)
// stands on zitadel/oidc's certified provider; this package adds what the
// vendor does differently: its claims, its error bodies, its hosted pages, and
// the part of the Management API v2 that a browser may call. The vendor's
// traps are kept on purpose: unlinking with a prefixed id answers 200 and
// removes nothing, linking discards the second account's metadata.
//
// What a request travels through, outermost first (tenant.go): request log,
// body limit, CORS, faults, routes. Endpoints under /_emulator/ (control.go)
// steer and inspect the emulator, and answer to this machine only.
package tenant
