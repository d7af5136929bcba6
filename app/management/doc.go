// Package management calls Auth0's Management API v2 as the person who is signed in.
//
// Primary types: a [Client] reads the person's own [User], links and unlinks its
// [Identity] values, and changes its user_metadata; an [Error] says with a [Kind] why the
// API did not do it. More cannot be had with such a token.
//
// The API's answers are checked before they are believed. Of an identity only what can be
// shown is stored, never an identity provider's token.
//
// Source: Auth0 Management API v2, https://auth0.com/docs/api/management/v2.
package management
