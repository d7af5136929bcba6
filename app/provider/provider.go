// Package provider is what is known of the ways to sign in that Auth0 offers.
//
// [Provider] describes one, [Lookup] finds it by its strategy: the name that Auth0
// has for the kind of connection, as "google-oauth2". [PictureHosts] and [Style]
// are made from the same table. [Interaction] is how a person gets to the pages of
// any of them.
//
// Names and strategies: Auth0's Lock 15 (src/connection) and the values of
// identities[].provider in the reference of the Management API.
package provider

import (
	"iter"
	"slices"
)

// Kind says what stands behind a way to sign in.
//
//sentence:none people see the provider's name
type Kind uint8

// The kinds.
const (
	// Social is an account at another service that anybody may have.
	Social Kind = iota
	// Database is an account at the tenant itself, with a password.
	Database
	// Enterprise is an account of an organisation. It can be linked to, but not
	// become a part of another profile.
	Enterprise
	// Passwordless is a code that is sent to an address or a number.
	Passwordless
)

// Email says whether a provider gives the tenant an e-mail address. Which address is
// verified the profile says; this is what to expect.
//
//sentence:none people see the address itself
type Email uint8

// What to expect of an e-mail address.
const (
	// Sometimes: the person, the provider's settings or the organisation decides.
	Sometimes Email = iota
	// Verified: there is one, and it is mostly verified.
	Verified
	// Unverified: there is one, and it is often not marked as verified.
	Unverified
	// Never: there is none. Where the configuration refuses accounts without one, such
	// accounts cannot be linked.
	Never
)

// Provider is one way to sign in.
type Provider struct {
	// Strategy is what Auth0 calls it, as "google-oauth2".
	Strategy string
	// Name is what people call it, as "Google". It is "" for a protocol, which says
	// nothing to people: a connection's own name says more.
	Name string
	// Kind is what stands behind it.
	Kind Kind
	// Email is whether it gives an e-mail address.
	Email Email
	// Colour is the colour of its mark, 0xRRGGBB, dark enough for a white letter;
	// 0 leaves the mark grey.
	Colour uint32
	// Applications is the provider's own page on which people remove an application that may sign
	// them in; "" if it is not known, or if each service of its kind has another one.
	Applications string
	// Pictures are the hosts that serve its accounts' pictures and nothing else that
	// could follow a person; "*.example.com" stands for all below example.com. Others
	// are left out on purpose: who serves a picture hears of each visit.
	Pictures []string
}

// Lookup finds a provider by its strategy. An unknown one is a [Social] one without
// a name; found is false then.
func Lookup(strategy string) (p Provider, found bool) {
	i := slices.IndexFunc(table, func(p Provider) bool { return p.Strategy == strategy })
	if i < 0 {
		return Provider{Strategy: strategy}, false
	}
	return table[i], true
}

// All lists the providers.
func All() iter.Seq[Provider] { return slices.Values(table) }

// PictureHosts returns the hosts of all providers' pictures.
func PictureHosts() []string {
	var hosts []string
	for _, p := range table {
		hosts = append(hosts, p.Pictures...)
	}
	return hosts
}

// Interaction is how a person gets to the pages of a provider and back.
//
//sentence:none the operator chooses it
type Interaction string

// The interactions.
const (
	// Redirect leaves the page and comes back. It works everywhere and is the
	// default.
	Redirect Interaction = "redirect"
	// Popup opens a window, and redirects where the browser blocks it.
	Popup Interaction = "popup"
	// Auto is Popup on a wide screen and Redirect on a phone and in an installed
	// app.
	Auto Interaction = "auto"
)
