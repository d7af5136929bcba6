package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"twinlock/app/provider"
	"twinlock/app/text"
)

// FieldError is one thing wrong with one field.
//
//sentence:none told as a page that is not set up right; it is one of its details
type FieldError struct {
	Field   string // as in the document: "connections[1].name"
	Problem string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

const (
	maxText     = 60  // characters of a label or a name
	maxSentence = 300 // characters
	maxKey      = 200 // characters
	maxURL      = 2048
	maxScopes   = 64
)

// Validate returns every problem of the document at once, joined, each a
// [FieldError]; nil if there is none. Defaults are not filled in.
func (c Config) Validate() error {
	var p problems
	c.checkTenant(&p)
	c.checkScopes(&p)
	c.checkConnections(&p)
	if !slices.Contains([]provider.Interaction{provider.Redirect, provider.Popup, provider.Auto}, c.Interaction) {
		p.add("interaction", "must be redirect, popup or auto")
	}
	if c.MaxAuthAge < 60 || c.MaxAuthAge > 86400 {
		p.add("max_auth_age", "must be 60 to 86400 seconds")
	}
	if c.ProfileLimit < 1 || c.ProfileLimit > 1000 {
		p.add("profile_limit", "must be 1 to 1000 KB")
	}
	c.checkEmail(&p)
	c.checkLinks(&p)
	c.checkMetadataLabels(&p)
	c.checkSentences(&p, "stored_elsewhere", c.StoredElsewhere)
	if !slices.Contains([]string{KeepHistory, WipeHistory}, c.History) {
		p.add("history", "must be keep or wipe")
	}
	if !slices.Contains([]string{TokenVaultOff, TokenVaultOn}, c.TokenVault) {
		p.add("token_vault", "must be off or on")
	}
	if !slices.Contains([]string{MarkLastUsed, LastUsedOff}, c.LastUsed) {
		p.add("last_used", "must be mark or off")
	}
	c.checkPictureHosts(&p)
	c.Brand.check(&p)
	c.checkLanguages(&p)
	return errors.Join(p...)
}

type problems []error

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, &FieldError{field, fmt.Sprintf(format, args...)})
}

func (c Config) checkTenant(p *problems) {
	c.checkIssuer(p)
	if c.ClientID == "" {
		p.add("client_id", "is missing")
	} else if len(c.ClientID) > 128 || strings.ContainsFunc(c.ClientID, notVisible) {
		p.add("client_id", "has characters that no client id has, or too many")
	}
	c.checkAudience(p)
}

func (c Config) checkAudience(p *problems) {
	_, badIssuer := serverURL(c.Issuer, "/")
	switch _, problem := serverURL(c.Audience, "/api/v2/"); {
	case c.Audience == "" && badIssuer != "": // is told already
	case c.Audience == "":
		p.add("audience", "is missing: with a custom domain, set audience to https://TENANT.REGION.auth0.com/api/v2/,"+
			" which has the tenant's own name")
	case problem != "":
		p.add("audience", "%s", problem)
	}
}

func (c Config) checkIssuer(p *problems) {
	// Where one mistake makes a second, the first is told.
	badDomain := c.Domain != "" && !hostName(c.Domain)
	if badDomain {
		p.add("domain", "must be a bare host name such as tenant.eu.auth0.com")
	}
	switch issuer, problem := serverURL(c.Issuer, "/"); {
	case c.Issuer == "" && badDomain:
	case c.Issuer == "":
		p.add("issuer", "is missing: give domain or issuer")
	case problem != "":
		p.add("issuer", "%s", problem)
	case c.Domain != "" && !badDomain && issuer.Host != c.Domain:
		p.add("domain", "is not the issuer's host: give one of the two")
	}
}

// serverURL parses an absolute URL with exactly this path. It must be https;
// plain http is for a tenant on this very machine.
func serverURL(raw, path string) (*url.URL, string) {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > maxURL || !hasHost(u, u.Hostname()) {
		return nil, "must be an absolute URL such as https://tenant.eu.auth0.com" + path
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return nil, "must be https (http only on a loopback host)"
	}
	// It is compared letter by letter later on: no second spelling, and no
	// user, query or fragment.
	if want := u.Scheme + "://" + u.Host + path; raw != want {
		return nil, "must be exactly " + want
	}
	return u, ""
}

// hasHost reports whether the name in a URL is a host name or this very machine. A policy
// takes "*" and ";" for more than a name, and a colon without a port for nothing.
func hasHost(u *url.URL, name string) bool {
	return (hostName(name) || loopback(name)) && !strings.HasSuffix(u.Host, ":")
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
}

// hostName reports whether s is a host name of at least two labels (RFC 1123
// section 2.1), in lower case.
func hostName(s string) bool {
	parts := strings.Split(s, ".")
	if len(s) > 253 || len(parts) < 2 {
		return false
	}
	for _, label := range parts {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}

func (c Config) checkScopes(p *problems) {
	if !slices.Contains(c.Scopes, "openid") {
		p.add("scopes", "must contain openid")
	}
	if len(c.Scopes) > maxScopes {
		p.add("scopes", "more than %d", maxScopes)
		return
	}
	for i, scope := range c.Scopes {
		field := fmt.Sprintf("scopes[%d]", i)
		if scope == "" || len(scope) > 128 || strings.ContainsFunc(scope, notVisible) || strings.ContainsAny(scope, `"\`) {
			p.add(field, "is not a scope")
		}
		if slices.Contains(c.Scopes[:i], scope) {
			p.add(field, "given twice")
		}
		if scope == "read:user_idp_tokens" {
			p.add(field, "would give identity providers' tokens to the browser")
		}
	}
}

func (c Config) checkConnections(p *problems) {
	if len(c.Connections) == 0 || len(c.Connections) > MaxConnections {
		p.add("connections", "must be 1 to %d", MaxConnections)
		return
	}
	seen := make(map[string]bool)
	for i, connection := range c.Connections {
		field := fmt.Sprintf("connections[%d]", i)
		if !word(connection.Name) {
			p.add(field+".name", "must be letters, digits and -._ (at most 128)")
		}
		if seen[connection.Name] {
			p.add(field+".name", "given twice")
		}
		seen[connection.Name] = true
		if !word(connection.Strategy) {
			p.add(field+".strategy", "must be a strategy such as auth0 or google-oauth2")
		}
		checkText(p, field+".label", connection.Label)
		for language, label := range connection.Labels {
			if !slices.Contains(text.Languages(), language) {
				p.add(field+".label", "must be by language: %s", strings.Join(text.Languages(), ", "))
			}
			checkText(p, field+".label."+language, label)
		}
		c.checkRules(p, field, &connection)
		if connection.Icon != "" && !siteFile(connection.Icon) {
			p.add(field+".icon", "must be a file beside the settings file")
		}
	}
}

func (c *Config) checkEmail(p *problems) {
	if c.UnverifiedEmail != RefuseUnverified && c.UnverifiedEmail != WarnUnverified {
		p.add("unverified_email", "must be refuse or warn")
	}
	if c.NoEmail != AllowNoEmail && c.NoEmail != RefuseNoEmail {
		p.add("no_email", "must be allow or refuse")
	}
	if !slices.Contains([]string{AllowSame, WarnSame, RefuseSame}, c.SameConnection) {
		p.add("same_connection", "must be allow, warn or refuse")
	}
	for i, name := range c.TrustedEmail {
		if problem := distrust(c.Connections, name); problem != "" {
			p.add(fmt.Sprintf("trusted_email[%d]", i), "%s", problem)
		}
	}
	if c.VerifyEmailURL != "" && !siteOrHTTPS(c.VerifyEmailURL) {
		p.add("verify_email_url", "must be an https URL or a path of the origin")
	}
}

func (c *Config) checkLinks(p *problems) {
	for _, link := range [][2]string{
		{"home_url", c.HomeURL}, {"privacy_url", c.PrivacyURL}, {"terms_url", c.TermsURL},
	} {
		if link[1] != "" && !siteOrHTTPS(link[1]) {
			p.add(link[0], "must be an https URL or a path of the origin")
		}
	}
	if c.SupportURL != "" && !siteOrHTTPS(c.SupportURL) && !mailAddress(c.SupportURL) {
		p.add("support_url", "must be an https URL, a path of the origin, or mailto: with an address")
	}
	c.checkList(p, "links", c.Links)
	c.checkList(p, "return_urls", c.ReturnURLs)
	for i := range c.ReturnURLs {
		switch u, err := url.Parse(c.ReturnURLs[i].URL); {
		case err != nil: // is told already
		case strings.Contains(c.ReturnURLs[i].URL, "#"), u.Query().Has("twinlock"):
			p.add(fmt.Sprintf("return_urls[%d].url", i), "must have no fragment and no parameter twinlock")
		}
	}
}

// checkList checks a list of links.
func (c *Config) checkList(p *problems, name string, links []Link) {
	if len(links) > MaxLinks {
		p.add(name, "must be at most %d", MaxLinks)
		return
	}
	for i := range links {
		link, field := &links[i], fmt.Sprintf("%s[%d]", name, i)
		checkText(p, field+".label", link.Label)
		if !siteOrHTTPS(link.URL) {
			p.add(field+".url", "must be an https URL or a path of the origin")
		}
		c.checkLanguage(p, field, link.Language)
	}
}

// checkLanguage checks the language of a part of the document; "" is all of them.
func (c *Config) checkLanguage(p *problems, field, language string) {
	if language != "" && !slices.Contains(c.Languages, language) {
		p.add(field+".language", "must be one of the languages that are set")
	}
}

func (c *Config) checkMetadataLabels(p *problems) {
	if len(c.MetadataLabels) > MaxMetadataLabels {
		p.add("metadata_labels", "must be at most %d", MaxMetadataLabels)
		return
	}
	for i := range c.MetadataLabels {
		l, field := &c.MetadataLabels[i], fmt.Sprintf("metadata_labels[%d]", i)
		checkLine(p, field+".key", l.Key, maxKey)
		checkText(p, field+".label", l.Label)
		c.checkLanguage(p, field, l.Language)
		for j := range i {
			other := &c.MetadataLabels[j]
			switch {
			case other.Language != l.Language:
			case other.Key == l.Key:
				p.add(field+".key", "given twice")
			case other.Label == l.Label: // nobody could tell the two keys apart
				p.add(field+".label", "given twice")
			}
		}
	}
}

// checkRules checks what is said of links of one connection.
func (c *Config) checkRules(p *problems, field string, connection *Connection) {
	if !slices.Contains([]string{"", LinkYes, LinkPrimaryOnly, LinkNo}, connection.Link) {
		p.add(field+".link", "must be yes, primary_only or no")
	}
	if !slices.Contains([]string{"", UnlinkYes, UnlinkNo}, connection.Unlink) {
		p.add(field+".unlink", "must be yes or no")
	}
	if connection.Max != 0 && connection.Max != 1 {
		p.add(field+".max", "must be 1")
	}
	c.checkSentences(p, field+".reason", connection.Reason)
}

// checkSentences checks a list of the operator's sentences.
func (c *Config) checkSentences(p *problems, name string, list []Sentence) {
	for i := range list {
		sentence, field := &list[i], fmt.Sprintf("%s[%d]", name, i)
		checkLine(p, field+".text", sentence.Words, maxSentence)
		c.checkLanguage(p, field, sentence.Language)
		same := func(other Sentence) bool { return other.Language == sentence.Language }
		if slices.ContainsFunc(list[:i], same) {
			p.add(field+".language", "given twice")
		}
	}
}

// distrust returns why the addresses of a connection cannot be trusted, "" if they can.
func distrust(connections []Connection, name string) string {
	for i := range connections {
		if connections[i].Name != name {
			continue
		}
		if p, _ := provider.Lookup(connections[i].Strategy); p.Kind == provider.Database {
			// Anybody can sign up there with any address.
			return "is a database, which no address can be trusted of; if it is none, give its strategy"
		}
		return ""
	}
	return "is not one of the connections"
}

// word reports whether s can name a connection or a strategy.
func word(s string) bool {
	return s != "" && len(s) <= 128 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
	})
}

func (b Brand) check(p *problems) {
	checkText(p, "brand.name", b.Name)
	if b.Logo != "" && !siteOrHTTPS(b.Logo) && !siteFile(b.Logo) {
		p.add("brand.logo", "must be a file beside the settings file, an https URL or a path of the origin")
	}
	checkAccent(p, "brand.accent", b.Accent, lightPage)
	checkAccent(p, "brand.accent_dark", b.AccentDark, darkPage)
}

// siteFile reports whether a path is that of one of the site's own files. It is below the
// document's own folder, whatever the base path.
func siteFile(path string) bool {
	name, is := strings.CutPrefix(path, "web/")
	return is && word(name) && name[0] != '.'
}

// siteOrHTTPS reports whether a URL is an https one or a path of the origin.
func siteOrHTTPS(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > maxURL || u.User != nil ||
		strings.ContainsFunc(raw, notVisible) || strings.Contains(raw, `\`) {
		return false
	}
	local := u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(u.Path, "//")
	return local || u.Scheme == "https" && hasHost(u, strings.ToLower(u.Hostname()))
}

// mailAddress reports whether a URL is a mailto: one (RFC 6068) for a single address. What it
// puts into the message may follow.
func mailAddress(raw string) bool {
	address, is := strings.CutPrefix(raw, "mailto:")
	address, _, _ = strings.Cut(address, "?")
	name, host, _ := strings.Cut(address, "@")
	return is && len(raw) <= maxURL && !strings.ContainsFunc(raw, notVisible) &&
		name != "" && !strings.ContainsAny(name, `,;:/\"<>`) && hostName(strings.ToLower(host))
}

func checkText(p *problems, field, s string) { checkLine(p, field, s, maxText) }

func checkLine(p *problems, field, s string, max int) {
	switch {
	case strings.TrimSpace(s) == "":
		p.add(field, "is missing")
	case !utf8.ValidString(s) || strings.ContainsFunc(s, notInLine) || utf8.RuneCountInString(s) > max:
		p.add(field, "must be one line of at most %d characters", max)
	}
}

func (c Config) checkLanguages(p *problems) {
	if len(c.Languages) == 0 {
		p.add("languages", "is empty")
	}
	for i, language := range c.Languages {
		field := fmt.Sprintf("languages[%d]", i)
		if !slices.Contains(text.Languages(), language) {
			p.add(field, "%.40q is none of %s", language, strings.Join(text.Languages(), ", "))
		} else if slices.Contains(c.Languages[:i], language) {
			p.add(field, "given twice")
		}
	}
}

// notInLine finds control characters, and those for private use: the server marks with some of
// them what the page says.
func notInLine(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Co, r) }

func notVisible(r rune) bool { return r <= ' ' || r > '~' }
