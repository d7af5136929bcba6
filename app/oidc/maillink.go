package oidc

import (
	"net/url"
	"strings"
)

// MailLink tells whether the address that the person came with is where a link in one of
// Auth0's e-mails has led, such as the one that verifies an address, and whether that link
// says that it has worked. It has success=true or false and no state; its "code" is no
// authorization code (Auth0 docs, "Customize Email Templates", Redirect To). Anybody can
// write such an address: it proves nothing. callback is its query and fragment.
func MailLink(callback string) (worked, ok bool) {
	query, _, _ := strings.Cut(strings.TrimPrefix(callback, "?"), "#")
	values, _ := url.ParseQuery(query) // what cannot be read is nothing that is asked for
	success := values.Get("success")
	return success == "true", !values.Has("state") && !values.Has("error") && (success == "true" || success == "false")
}
