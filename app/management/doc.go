// Package management calls the vendor's Management API v2 as the person who is
// signed in: read the own profile, link and unlink identities, change the own
// metadata. Nothing else can be had with such a token, nor is here.
//
// The API's answers are checked before they are believed; of an identity only
// what can be shown is kept, never an identity provider's token.
package management
