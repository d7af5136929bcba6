// Package oidc is an OpenID Connect relying party for one public client: authorization
// code with PKCE (S256), one-time transactions, ID tokens verified against the issuer's
// published keys.
//
// Primary types: [Client], made from [Settings] and [Deps]; a [Request] begins a login
// and becomes a [Transaction]; a [Callback] ends it and becomes a [Result] with [Tokens]
// and [Claims]; a [Secret] is a token that does not show itself.
//
// [Client.Begin] stores a transaction and returns the URL to send the person to. The
// callback page gives what came back to [ParseCallback], and that to [Client.Finish],
// which accepts it once, for the transaction that it belongs to, or not at all.
//
// Signatures are checked by the [platform.Verifier] of Deps; golang-jwt reads the tokens.
// Importing this package changes nothing in golang-jwt for the rest of a program.
//
// Sources: OpenID Connect Core 1.0 and Discovery 1.0, RFC 6749 (OAuth), RFC 7009
// (revocation), RFC 7636 (PKCE), RFC 9207 (issuer in the answer), RFC 9700 (best
// practice).
package oidc
