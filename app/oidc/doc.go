// Package oidc is an OpenID Connect relying party for one public client:
// authorization code with PKCE (S256), one-time transactions, ID tokens
// verified against the issuer's published keys.
//
// [Client.Begin] makes the URL that the person is sent to and keeps a
// transaction; the callback page hands what came back through
// [ParseCallback] to [Client.Finish], which accepts it once, for the
// transaction it belongs to, or not at all.
//
// Sources: OpenID Connect Core 1.0 and Discovery 1.0, RFC 6749 (OAuth), RFC
// 7636 (PKCE), RFC 9207 (issuer in the answer), RFC 9700 (best practice).
package oidc
