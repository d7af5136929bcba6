package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

const (
	maxPictureHosts = 32
	anySubdomain    = "*."
)

// PictureSources are where the pictures of profiles may come from besides the
// page's own origin: the tenant and the hosts that the document lists, written
// as sources of a Content-Security-Policy (CSP Level 3, section 2.3.1).
func (c Config) PictureSources() []string {
	sources := []string{strings.TrimSuffix(c.Issuer, "/")}
	for _, host := range c.PictureHosts {
		sources = append(sources, "https://"+host)
	}
	return sources
}

// MayShow tells whether a picture comes from one of the [Config.PictureSources].
func (c Config) MayShow(picture string) bool {
	u, err := url.Parse(picture)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	from := strings.ToLower(u.Scheme + "://" + u.Host)
	return slices.ContainsFunc(c.PictureSources(), func(source string) bool { return covers(source, from) })
}

// covers tells whether a source of a policy stands for an origin.
func covers(source, origin string) bool {
	scheme, domain, wild := strings.Cut(source, anySubdomain)
	if !wild {
		return source == origin
	}
	host, secure := strings.CutPrefix(origin, scheme)
	return secure && strings.HasSuffix(host, "."+domain)
}

func (c Config) checkPictureHosts(p *problems) {
	if len(c.PictureHosts) > maxPictureHosts {
		p.add("picture_hosts", "more than %d", maxPictureHosts)
		return
	}
	for i, host := range c.PictureHosts {
		field := fmt.Sprintf("picture_hosts[%d]", i)
		if !hostName(strings.TrimPrefix(host, anySubdomain)) {
			p.add(field, "must be a bare host name such as images.example.com or *.example.com")
		} else if slices.Contains(c.PictureHosts[:i], host) {
			p.add(field, "given twice")
		}
	}
}
