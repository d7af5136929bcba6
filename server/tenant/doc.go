// Package tenant is the embedded tenant: an emulator of what linking accounts needs of
// Auth0, for development and for tests. A [Tenant], made by [New] of [Options], is an
// http.Handler for an origin of its own; [ReadOptions] reads options from a file,
// [Accounts] are those of a tenant that is told nothing, and a [Fault] makes it
// misbehave. Package tenanttest starts one for a test. README.md says what it does and
// what it leaves out.
//
// This package checks options and connects the rooms below it:
//
//   - Who there is: seed (users to start with), connection, organization, directory (users
//     and their identities), password, keyring, datadir (what stays on disk).
//   - What is issued: oauth (clients, requests, tokens, on zitadel/oidc's certified
//     provider), authorize (the authorization endpoint), session (browsers).
//   - What people see: hosted (sign-in, sign-up, sign-out), page (how HTML is rendered),
//     avatar, dashboard.
//   - What programs call: authapi (Authentication API), managementapi (Management API
//     v2), account (what both the pages and the Authentication API do), leftout (what
//     Auth0 has and the emulator does not).
//   - What Auth0 does not have: control, fault, requestlog.
//   - What all build on: issuer (the tenant's names), expiring, seconds, decode, reply.
//
// Auth0's traps are emulated on purpose: unlinking with a prefixed id answers 200 and
// removes nothing, linking discards the second account's metadata.
package tenant
