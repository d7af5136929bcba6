package tenant

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// checkDomain tells what is wrong with a custom domain.
func checkDomain(domain string) string {
	u, err := url.Parse("http://" + domain + "/")
	if domain != "" && (err != nil || u.Host != strings.ToLower(domain) || u.Hostname() == "" || u.Path != "/") {
		return "is no name such as id.example, or id.example:8443, in lower case"
	}
	return ""
}

// setCustomDomain comes after setIssuer.
func (t *Tenant) setCustomDomain(domain string) error {
	if domain == "" || checkDomain(domain) != "" {
		return nil
	}
	scheme, usual := "https", ":443"
	if t.insecure {
		scheme, usual = "http", ":80"
	}
	if port := (&url.URL{Host: t.host}).Port(); port != "" && (&url.URL{Host: domain}).Port() == "" {
		domain += ":" + port
	}
	domain = strings.TrimSuffix(domain, usual) // browsers leave it out
	if strings.EqualFold(domain, t.host) {
		return fmt.Errorf("custom_domain: %q is the tenant's own", domain)
	}
	t.custom = scheme + "://" + domain + "/"
	return nil
}

// issuerOf is the issuer by the name that the request asks for. A token is good only
// where it was issued.
func (t *Tenant) issuerOf(r *http.Request) string {
	if _, host, _ := strings.Cut(t.custom, "://"); strings.EqualFold(r.Host+"/", host) {
		return t.custom
	}
	return t.issuer
}
