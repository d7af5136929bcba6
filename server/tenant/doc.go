// Package tenant is the embedded tenant: an emulator of what linking accounts
// needs of Auth0, for development and for tests, to be served on an origin of
// its own. README.md says what it does, what it leaves out and how to use it.
//
// The OAuth half (codes, refresh tokens, userinfo, keys) stands on zitadel/oidc's
// certified provider; this package adds what the vendor does differently: its
// claims, its error bodies, its hosted pages, its ways of answering
// (respond.go), what its scripts call (crossorigin.go, dbconnections.go,
// clientjs.go, usernamepassword.go), and the part of the Management API v2 that
// links (management.go, identities.go, patch.go). The vendor's traps are kept
// on purpose: unlinking with a prefixed id answers 200 and removes nothing,
// linking discards the second account's metadata. What is left out says so
// (leftout.go).
//
// What a request travels through, outermost first (tenant.go): request log,
// body limit, CORS, faults, routes. Endpoints under /_emulator/ (control.go)
// steer and inspect the emulator, and answer to this machine only.
package tenant
