// Package config is the document that a browser fetches from /config.json.
//
// [Config] says which tenant to talk to, which ways of signing in to offer and how the
// page looks. [Parse] reads it strictly, [Config.WithDefaults] fills in what is left
// out, [Config.Validate] finds all that is wrong with it. The server's YAML file holds
// the same fields.
package config

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"twinlock/app/provider"
	"twinlock/app/strictjson"
	"twinlock/app/text"
)

const (
	// MaxSize is the largest size of a document, in bytes. Any valid one is smaller.
	MaxSize = 4 << 20
	// MaxConnections is how many connections a document can have. Each is a button in every
	// page of the site.
	MaxConnections = 200
	// MaxLinks is how many links a document can have, in all languages together.
	MaxLinks = 400
	// MaxMetadataLabels is how many labels of keys it can have, in all languages together.
	MaxMetadataLabels = 2000
)

// The values of [Config.UnverifiedEmail].
const (
	// RefuseUnverified refuses to link an account whose e-mail address is not verified.
	RefuseUnverified = "refuse"
	// WarnUnverified links it after a warning.
	WarnUnverified = "warn"
)

// The values of [Config.NoEmail].
const (
	// AllowNoEmail links an account that has no e-mail address, and says so.
	AllowNoEmail = "allow"
	// RefuseNoEmail refuses to link it.
	RefuseNoEmail = "refuse"
)

// The values of [Config.SameConnection].
const (
	// AllowSame links it.
	AllowSame = "allow"
	// WarnSame links it after a warning.
	WarnSame = "warn"
	// RefuseSame refuses to link it.
	RefuseSame = "refuse"
)

// The values of [Config.LastUsed].
const (
	// MarkLastUsed marks the way to sign in that was used last on the device.
	MarkLastUsed = "mark"
	// LastUsedOff neither marks nor stores it.
	LastUsedOff = "off"
)

// The values of [Config.TokenVault].
const (
	TokenVaultOff = "off"
	// TokenVaultOn: an unlink says that such access goes on.
	TokenVaultOn = "on"
)

// DefaultMaxAuthAge is five minutes, in seconds.
const DefaultMaxAuthAge = 300

// DefaultProfileLimit is Auth0's own, in KB: profiles above it are told in the tenant's log, and
// at about ten times as much they are no longer written.
//
// Source: https://auth0.com/docs/troubleshoot/product-lifecycle/deprecations-and-migrations/migrate-oversized-user-profiles.
const DefaultProfileLimit = 10

// The values of [Config.History].
const (
	// KeepHistory keeps the history when the person signs out.
	KeepHistory = "keep"
	// WipeHistory deletes it then.
	WipeHistory = "wipe"
)

// Config is the document. Fields that are left out have defaults; see
// [Config.WithDefaults].
type Config struct {
	// Issuer is the tenant's absolute URL with a trailing slash.
	Issuer string `json:"issuer" yaml:"issuer"`
	// Domain is the tenant's host name, short for Issuer.
	Domain string `json:"domain,omitempty" yaml:"domain,omitempty"`
	// ClientID is that of the tenant's single-page application.
	ClientID string `json:"client_id" yaml:"client_id"`
	// Audience is what access tokens for the Management API name. It has the tenant's
	// own name even where the issuer is a custom domain:
	// "https://TENANT.REGION.auth0.com/api/v2/". Default: [Config.ManagementURL], where the
	// issuer has the tenant's own name; a custom domain does not tell it.
	Audience string `json:"audience" yaml:"audience"`
	// Scopes are what access tokens are for. Default: [DefaultScopes].
	Scopes []string `json:"scopes" yaml:"scopes"`
	// Connections are the ways to sign in that are offered, in this order.
	Connections []Connection `json:"connections" yaml:"connections"`
	// Interaction is how the person gets to the tenant and back. Default:
	// [provider.Redirect].
	Interaction provider.Interaction `json:"interaction" yaml:"interaction"`
	// MaxAuthAge is how long ago the person may have proven who they are, in seconds:
	// a link or an unlink asks for no new proof then. Default: [DefaultMaxAuthAge].
	MaxAuthAge int `json:"max_auth_age" yaml:"max_auth_age"`
	// UnverifiedEmail says what becomes of a link when an account's e-mail address
	// is not verified. Default: [RefuseUnverified]. With [WarnUnverified] an address may come
	// into a profile that nobody has proven to be the person's.
	UnverifiedEmail string `json:"unverified_email" yaml:"unverified_email"`
	// NoEmail says what becomes of a link when an account is known to have no e-mail
	// address. Default: [AllowNoEmail]: its login has proven it, and it claims none.
	NoEmail string `json:"no_email" yaml:"no_email"`
	// TrustedEmail are the connections whose addresses count as verified whatever the tenant
	// says: the operator vouches that nobody can choose an address there. Each is one of
	// Connections, and no database.
	TrustedEmail []string `json:"trusted_email,omitempty" yaml:"trusted_email,omitempty"`
	// VerifyEmailURL is where a person can have an address verified: an https URL or a path
	// on this site; "" where there is no such page.
	VerifyEmailURL string `json:"verify_email_url,omitempty" yaml:"verify_email_url,omitempty"`
	// HomeURL is the site that people come from and go back to: an https URL or a path of
	// the origin, as in the next ones; "" where there is none.
	HomeURL string `json:"home_url,omitempty" yaml:"home_url,omitempty"`
	// SupportURL is where people get help; it may also be mailto: with an address.
	SupportURL string `json:"support_url,omitempty" yaml:"support_url,omitempty"`
	// PrivacyURL is what becomes of people's data.
	PrivacyURL string `json:"privacy_url,omitempty" yaml:"privacy_url,omitempty"`
	// TermsURL is the terms of use.
	TermsURL string `json:"terms_url,omitempty" yaml:"terms_url,omitempty"`
	// Links lead to what people look for here and find elsewhere, as a change of password.
	Links []Link `json:"links,omitempty" yaml:"links,omitempty"`
	// ReturnURLs are the addresses of applications that send people here to link or to unlink
	// an account (see package referral), with what people know each by. Only to these, letter
	// by letter, the page leads back.
	ReturnURLs []Link `json:"return_urls,omitempty" yaml:"return_urls,omitempty"`
	// SameConnection says what becomes of a link that gives a profile a second identity of one
	// connection. Default: [AllowSame].
	SameConnection string `json:"same_connection" yaml:"same_connection"`
	// ProfileLimit is how large a profile may become by a link, in KB. Default:
	// [DefaultProfileLimit].
	ProfileLimit int `json:"profile_limit" yaml:"profile_limit"`
	// MetadataLabels are what people read for keys of the settings (user_metadata).
	MetadataLabels []MetadataLabel `json:"metadata_labels,omitempty" yaml:"metadata_labels,omitempty"`
	// StoredElsewhere is the operator's own sentence about what other applications have
	// stored under an account that is added to another one, once for each language.
	StoredElsewhere []Sentence `json:"stored_elsewhere,omitempty" yaml:"stored_elsewhere,omitempty"`
	// TokenVault says whether applications of the tenant may act for people at their providers.
	// Default: [TokenVaultOff].
	TokenVault string `json:"token_vault" yaml:"token_vault"`
	// History says whether the history on a device outlasts signing out. Default:
	// [KeepHistory].
	History string `json:"history" yaml:"history"`
	// LastUsed says whether the way to sign in that was used last is marked. Default:
	// [MarkLastUsed].
	LastUsed string `json:"last_used" yaml:"last_used"`
	// PictureHosts are the hosts that pictures of profiles are loaded from, over
	// https, besides the tenant's own and the page's: host names, where
	// "*.example.com" stands for all below example.com. An empty list means no
	// others, an absent one [provider.PictureHosts].
	PictureHosts []string `json:"picture_hosts" yaml:"picture_hosts"`
	// Brand is how the page looks.
	Brand Brand `json:"brand" yaml:"brand"`
	// Languages are those to speak, each of [text.Languages]; people who prefer another
	// one read the first. Default: English.
	Languages []string `json:"languages" yaml:"languages"`
}

// Connection is one way of signing in, as the tenant names it.
type Connection struct {
	// Name is the connection's name at the tenant.
	Name string `json:"name" yaml:"name"`
	// Label is what people read. Default: that of the site's first language, the provider's
	// name, or else Name.
	Label string `json:"label" yaml:"label"`
	// Labels are what people read instead, by language; each is one of [text.Languages]. In
	// the server's YAML file they stand under label.
	Labels map[string]string `json:"labels,omitempty" yaml:"labels,omitempty"`
	// Icon is the picture of its mark, the address of one of the site's own files below the
	// document's folder: "web/picture.0123456789abcdef.svg". "" shows the first letter of the
	// label.
	Icon string `json:"icon,omitempty" yaml:"icon,omitempty"`
	// Strategy is the kind of provider; see [provider.Provider]. Default: Name where
	// that is a strategy, or else "auth0", a database.
	Strategy string `json:"strategy" yaml:"strategy"`
	// Link is [LinkNo] or [LinkPrimaryOnly]; "" or [LinkYes] where accounts of the connection
	// are linked as any others.
	Link string `json:"link,omitempty" yaml:"link,omitempty"`
	// Unlink is [UnlinkNo] where an account of the connection that is linked stays so.
	Unlink string `json:"unlink,omitempty" yaml:"unlink,omitempty"`
	// Max is 1 where a profile may have one account of the connection; 0 for any number.
	Max int `json:"max,omitempty" yaml:"max,omitempty"`
	// Reason is the operator's own sentence on such a rule, and whom to ask, once for each
	// language.
	Reason []Sentence `json:"reason,omitempty" yaml:"reason,omitempty"`
}

// The values of [Connection].Link and [Connection].Unlink. They bind the page, and whoever uses
// it; what the tenant allows is for the tenant to decide.
const (
	LinkYes         = "yes"
	LinkPrimaryOnly = "primary_only" // it is the account that stays
	LinkNo          = "no"
	UnlinkYes       = "yes"
	UnlinkNo        = "no"
)

// Link is a link of the operator's.
type Link struct {
	// Label is what people read.
	Label string `json:"label" yaml:"label"`
	// URL is an https URL or a path of the origin.
	URL string `json:"url" yaml:"url"`
	// Language is the one of [Config.Languages] in which the link is shown; "" for all.
	Language string `json:"language,omitempty" yaml:"language,omitempty"`
}

// MetadataLabel is what people read for a key of the settings.
type MetadataLabel struct {
	// Key is the key of user_metadata.
	Key string `json:"key" yaml:"key"`
	// Label is what people read.
	Label string `json:"label" yaml:"label"`
	// Language is the one of [Config.Languages] in which they read it; "" for all.
	Language string `json:"language,omitempty" yaml:"language,omitempty"`
}

// Sentence is a sentence of the operator's.
type Sentence struct {
	// Words are the sentence.
	Words string `json:"text" yaml:"text"`
	// Language is the one of [Config.Languages] in which it is said; "" for all.
	Language string `json:"language,omitempty" yaml:"language,omitempty"`
}

// Brand is how the operator wants the page to look.
type Brand struct {
	// Name is the page's name. Default: Twinlock.
	Name string `json:"name" yaml:"name"`
	// Logo is an https URL, a path of the origin, or the address of a file as
	// [Connection].Icon; "" shows the page's own.
	Logo string `json:"logo,omitempty" yaml:"logo,omitempty"`
	// Accent is the colour of buttons and links, "#rrggbb"; "" leaves the page's own.
	Accent string `json:"accent,omitempty" yaml:"accent,omitempty"`
	// AccentDark is the same on a dark page.
	AccentDark string `json:"accent_dark,omitempty" yaml:"accent_dark,omitempty"`
}

// Parse reads a document strictly, fills in defaults and validates. Unknown
// fields, names given twice and anything after the document are errors.
func Parse(data []byte) (Config, error) {
	if len(data) > MaxSize {
		return Config{}, fmt.Errorf("configuration longer than %d bytes", MaxSize)
	}
	// encoding/json would take "Issuer" for "issuer".
	if err := strictjson.Check(data, lowerCase); err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var c *Config // stays nil for null
	if err := dec.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	if c == nil {
		return Config{}, fmt.Errorf("configuration: not an object")
	}
	full := c.WithDefaults()
	if err := full.Validate(); err != nil {
		return Config{}, err
	}
	return full, nil
}

// ErrOtherTenant is returned when a document is of another tenant than the page that has
// fetched it, or of another application of that tenant.
var ErrOtherTenant = errors.New("not of the tenant and the application that the page was made for")

// CheckTenant compares a document with the issuer and the client ID that the page was made
// for.
//
// Errors: [ErrOtherTenant].
func (c Config) CheckTenant(issuer, clientID string) error {
	if c.Issuer != issuer || c.ClientID != clientID {
		return fmt.Errorf("configuration: %w: write the site again, for %s", ErrOtherTenant, c.Issuer+" "+c.ClientID)
	}
	return nil
}

// lowerCase is how fields are written; languages are in maps.
func lowerCase(name string) error {
	if !slices.Contains(text.Languages(), name) && strings.ContainsFunc(name, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
		return fmt.Errorf("unknown field %.40q", name)
	}
	return nil
}

// DefaultScopes are what reading, linking, unlinking and choosing metadata need.
var DefaultScopes = []string{
	"openid", "profile", "email",
	"read:current_user", "update:current_user_identities", "update:current_user_metadata",
}

// WithDefaults returns the document with what was left out filled in. The
// receiver's lists are not written to.
func (c Config) WithDefaults() Config {
	if c.Issuer == "" && hostName(c.Domain) {
		c.Issuer = "https://" + c.Domain + "/"
	}
	if u, err := url.Parse(c.Issuer); err == nil && u.Host != "" && u.Path == "" && u.RawQuery == "" && u.Fragment == "" {
		c.Issuer = strings.TrimRight(c.Issuer, "?#") + "/"
	}
	if c.Audience == "" && ownName(c.Issuer) {
		c.Audience = c.ManagementURL()
	}
	if len(c.Scopes) == 0 {
		c.Scopes = slices.Clone(DefaultScopes)
	}
	if c.Interaction == "" {
		c.Interaction = provider.Redirect
	}
	if c.MaxAuthAge == 0 {
		c.MaxAuthAge = DefaultMaxAuthAge
	}
	if c.ProfileLimit == 0 {
		c.ProfileLimit = DefaultProfileLimit
	}
	if c.UnverifiedEmail == "" {
		c.UnverifiedEmail = RefuseUnverified
	}
	if c.SameConnection == "" {
		c.SameConnection = AllowSame
	}
	if c.NoEmail == "" {
		c.NoEmail = AllowNoEmail
	}
	if c.TokenVault == "" {
		c.TokenVault = TokenVaultOff
	}
	if c.LastUsed == "" {
		c.LastUsed = MarkLastUsed
	}
	if c.History == "" {
		c.History = KeepHistory
	}
	if c.PictureHosts == nil {
		c.PictureHosts = provider.PictureHosts()
	}
	if c.Brand.Name == "" {
		c.Brand.Name = "Twinlock"
	}
	if len(c.Languages) == 0 {
		c.Languages = text.Languages()[:1]
	}
	c.Connections = slices.Clone(c.Connections)
	for i := range c.Connections {
		c.Connections[i] = c.Connections[i].withDefaults(c.Languages[0])
	}
	return c
}

// withDefaults fills in what was left out, on a site whose first language is this one.
func (c Connection) withDefaults(language string) Connection {
	if c.Strategy == "" {
		// Social connections are named for their strategy; the rest is mostly
		// a database.
		c.Strategy = "auth0"
		if p, _ := provider.Lookup(c.Name); p.Name != "" {
			c.Strategy = c.Name
		}
	}
	if c.Label == "" {
		p, _ := provider.Lookup(c.Strategy)
		c.Label = cmp.Or(c.Labels[language], p.Name, c.Name)
	}
	return c
}

// kinds has what the ways to sign in are called that have no company's name, by strategy.
var kinds = map[string]text.Key{"auth0": text.EmailAndPassword, "email": text.EmailCode, "sms": text.TextMessage}

// LabelIn returns what people read, in the catalogue's language.
func (c Connection) LabelIn(say *text.Catalogue) string {
	label := cmp.Or(c.Labels[say.Language], c.Label)
	key, isKind := kinds[c.Strategy]
	if p, _ := provider.Lookup(c.Strategy); isKind && label == p.Name { // the operator has given no other
		return say.Of(key)
	}
	return label
}

// ownName tells whether an issuer is below Auth0's own domain, or a tenant on this very
// machine. Anything else may be a custom domain.
func ownName(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && (strings.HasSuffix(u.Hostname(), ".auth0.com") || loopback(u.Hostname()))
}

// ManagementURL returns the base of the Management API with a trailing slash, for a
// document with its defaults. It is at the issuer: a token that a custom domain has issued
// is good only there, although its audience has the tenant's own name.
//
// Source: https://auth0.com/docs/customize/custom-domains/configure-features-to-use-custom-domains
func (c Config) ManagementURL() string { return c.Issuer + "api/v2/" }
