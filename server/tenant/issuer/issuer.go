// Package issuer has the names of a tenant: [Issuer] is its origin, with a custom
// domain as a second name, and the addresses made of it.
package issuer

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// An Issuer is the origin of a tenant. A request may ask for it by its custom domain
// instead; a token is good only by the name that issued it.
type Issuer struct {
	url    string // with a trailing slash
	host   string // of url
	custom string // the same by the custom domain, "" without one
}

// New returns the issuer of an origin with a trailing slash, such as
// "http://127.0.0.1:8001/". It returns an error for anything else.
func New(address string) (Issuer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return Issuer{}, fmt.Errorf("issuer %q is no origin with a trailing slash", address)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return Issuer{}, fmt.Errorf("issuer %q is neither http nor https", address)
	}
	return Issuer{url: address, host: u.Host}, nil
}

// CheckDomain returns what is wrong with a custom domain, "" if nothing is.
func CheckDomain(domain string) string {
	u, err := url.Parse("http://" + domain + "/")
	if domain != "" && (err != nil || u.Host != strings.ToLower(domain) || u.Hostname() == "" || u.Path != "/") {
		return "is no name such as id.example, or id.example:8443, in lower case"
	}
	return ""
}

// WithDomain adds a custom domain that CheckDomain accepts; "" adds none. Without a
// port the domain has the issuer's. It returns an error if it is the issuer's host.
func (i Issuer) WithDomain(domain string) (Issuer, error) {
	if domain == "" {
		return i, nil
	}
	scheme, usual := "https", ":443"
	if i.Insecure() {
		scheme, usual = "http", ":80"
	}
	if port := (&url.URL{Host: i.host}).Port(); port != "" && (&url.URL{Host: domain}).Port() == "" {
		domain += ":" + port
	}
	domain = strings.TrimSuffix(domain, usual) // browsers leave it out
	if strings.EqualFold(domain, i.host) {
		return i, fmt.Errorf("custom_domain: %q is the tenant's own", domain)
	}
	i.custom = scheme + "://" + domain + "/"
	return i, nil
}

// URL returns the issuer by its first name, with a trailing slash.
func (i Issuer) URL() string { return i.url }

// Host returns the host of URL, with its port.
func (i Issuer) Host() string { return i.host }

// Insecure reports whether the issuer is on plain http.
func (i Issuer) Insecure() bool { return strings.HasPrefix(i.url, "http:") }

// Tenant returns the first part of the host, which is the tenant's name in Auth0's
// domains.
func (i Issuer) Tenant() string {
	name, _, _ := strings.Cut((&url.URL{Host: i.host}).Hostname(), ".")
	return name
}

// ManagementAPI returns the audience of the Management API. It has the first name even
// where there is a custom domain.
func (i Issuer) ManagementAPI() string { return i.url + "api/v2/" }

// Userinfo returns the address of the userinfo endpoint by the first name.
func (i Issuer) Userinfo() string { return i.url + "userinfo" }

// Of returns the issuer by the name that the request asks for.
func (i Issuer) Of(r *http.Request) string {
	if _, host, _ := strings.Cut(i.custom, "://"); strings.EqualFold(r.Host+"/", host) {
		return i.custom
	}
	return i.url
}

// Origin returns the origin of a URL in lower case, "" if it has none.
func Origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}
