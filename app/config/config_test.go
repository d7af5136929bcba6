package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"twinlock/app/provider"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
)

const minimal = `{"domain":"tenant.eu.auth0.com","client_id":"client-1","connections":[{"name":"google-oauth2"},{"name":"Username-Password-Authentication"}]}`

func TestParseDefaults(t *testing.T) {
	got, err := Parse([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Issuer:   "https://tenant.eu.auth0.com/",
		Domain:   "tenant.eu.auth0.com",
		ClientID: "client-1",
		Audience: "https://tenant.eu.auth0.com/api/v2/",
		Scopes:   []string{"openid", "profile", "email", "read:current_user", "update:current_user_identities", "update:current_user_metadata"},
		Connections: []Connection{
			{Name: "google-oauth2", Label: "Google", Strategy: "google-oauth2"},
			{Name: "Username-Password-Authentication", Label: "Email and password", Strategy: "auth0"},
		},
		Interaction: provider.Redirect,
		MaxAuthAge:  300, UnverifiedEmail: "refuse", NoEmail: "allow",
		History: KeepHistory, LastUsed: MarkLastUsed, SameConnection: AllowSame, ProfileLimit: 10, TokenVault: "off",
		PictureHosts: []string{
			"*.googleusercontent.com", "platform-lookaside.fbsbx.com", "*.fbcdn.net",
			"avatars.githubusercontent.com", "media.licdn.com", "pbs.twimg.com",
		},
		Brand:     Brand{Name: "Twinlock"},
		Languages: []string{"en"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Parse =\n%+v, want\n%+v", got, want)
	}
	if got.ManagementURL() != "https://tenant.eu.auth0.com/api/v2/" {
		t.Errorf("ManagementURL = %s", got.ManagementURL())
	}
}

func TestParseEverything(t *testing.T) {
	const full = `{
		"issuer": "https://login.example.com/", "client_id": "client-1",
		"audience": "https://tenant.eu.auth0.com/api/v2/", "scopes": ["openid", "read:current_user"],
		"connections": [{"name": "corp-saml", "label": "Example Inc.", "strategy": "samlp"}, {"name": "corp-oidc", "strategy": "oidc"}],
		"interaction": "popup", "history": "wipe", "languages": ["de", "en"],
		"brand": {"name": "Ünïcode ✓", "logo": "/logo.svg", "accent": "#0A5CA8", "accent_dark": "#8ec5ff"}
	}`
	got, err := Parse([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	// With a custom domain the API is there too; its audience keeps the tenant's own name.
	if got.ManagementURL() != "https://login.example.com/api/v2/" || got.Audience != "https://tenant.eu.auth0.com/api/v2/" {
		t.Errorf("%s, %+v", got.ManagementURL(), got)
	}
	if got.Connections[0].Label != "Example Inc." || got.Connections[1].Label != "corp-oidc" || got.Brand.Accent != "#0A5CA8" || got.History != WipeHistory {
		t.Errorf("%+v", got)
	}
}

// Filling in defaults is done once: doing it again changes nothing, and never
// the original.
func TestWithDefaults(t *testing.T) {
	for _, tt := range []struct{ issuer, want string }{
		{"https://tenant.example", "https://tenant.example/"},
		{"https://tenant.example/", "https://tenant.example/"},
		{"http://127.0.0.1:8001", "http://127.0.0.1:8001/"},
		{"https://tenant.example/a", "https://tenant.example/a"}, // Validate refuses it
		{"", ""},
	} {
		c := Config{Issuer: tt.issuer, Connections: []Connection{{Name: "facebook"}}}
		once := c.WithDefaults()
		if once.Issuer != tt.want || !reflect.DeepEqual(once.WithDefaults(), once) {
			t.Errorf("%q: %+v", tt.issuer, once)
		}
		if c.Connections[0].Label != "" {
			t.Error("the original was written to")
		}
		once.Scopes[0] = "changed"
		if DefaultScopes[0] != "openid" {
			t.Fatal("the default scopes were written to")
		}
	}
}

// TestAudience: only an issuer by the tenant's own name tells the audience.
func TestAudience(t *testing.T) {
	for issuer, want := range map[string]string{
		"https://tenant.auth0.com/":         "https://tenant.auth0.com/api/v2/",
		"https://tenant.eu.auth0.com":       "https://tenant.eu.auth0.com/api/v2/",
		"https://tenant.eu.auth0.com:8443/": "https://tenant.eu.auth0.com:8443/api/v2/",
		"http://localhost:8001/":            "http://localhost:8001/api/v2/",
		"http://tenant.localhost:8001/":     "http://tenant.localhost:8001/api/v2/",
		"http://127.0.0.1:8001/":            "http://127.0.0.1:8001/api/v2/",
		"http://[::1]:8001/":                "http://[::1]:8001/api/v2/",
		"https://id.example.com/":           "",
		"https://auth0.com/":                "",
		"https://evilauth0.com/":            "",
		"https://auth0.com.evil.example/":   "",
		"https://a.auth0.com.evil.example/": "",
		"https://localhost.evil/":           "",
		"https://127.0.0.1.evil.example/":   "",
		"https://evil-localhost.example/":   "",
	} {
		c := valid()
		c.Domain, c.Issuer, c.Audience = "", issuer, ""
		c = c.WithDefaults()
		if c.Audience != want {
			t.Errorf("%s: audience %q, want %q", issuer, c.Audience, want)
		}
		switch err := c.Validate(); {
		case want != "" && err != nil:
			t.Errorf("%s: %v", issuer, err)
		case want == "" && (err == nil || !strings.Contains(err.Error(), "audience: ") ||
			!strings.Contains(err.Error(), "set audience to https://TENANT.REGION.auth0.com/api/v2/")):
			t.Errorf("%s: accepted without an audience, or not told: %v", issuer, err)
		}
		c.Audience = "https://tenant.eu.auth0.com/api/v2/"
		if err := c.Validate(); err != nil || c.WithDefaults().Audience != c.Audience {
			t.Errorf("%s with an audience: %q, %v", issuer, c.WithDefaults().Audience, err)
		}
	}
}

// TestCheckTenant: a page works with the tenant and the client that it was made for, and
// with no other.
func TestCheckTenant(t *testing.T) {
	c := valid()
	for _, tt := range []struct {
		issuer, client string
		want           error
	}{
		{c.Issuer, c.ClientID, nil},
		{"https://other.eu.auth0.com/", c.ClientID, ErrOtherTenant},
		{strings.TrimSuffix(c.Issuer, "/"), c.ClientID, ErrOtherTenant},
		{c.Issuer, "another", ErrOtherTenant},
		{"", "", ErrOtherTenant}, // a page that does not say
	} {
		if err := c.CheckTenant(tt.issuer, tt.client); !errors.Is(err, tt.want) {
			t.Errorf("made for %q and %q: %v, want %v", tt.issuer, tt.client, err, tt.want)
		}
	}
}

// valid returns a document without problems, to be spoilt.
func valid() Config {
	var c Config
	if err := json.Unmarshal([]byte(minimal), &c); err != nil {
		panic(err)
	}
	return c.WithDefaults()
}

// TestLargest: what is valid is not too long to be read.
func TestLargest(t *testing.T) {
	c := valid()
	c.Domain = ""
	c.Connections, c.Scopes, c.PictureHosts = nil, []string{"openid"}, nil
	for i := range MaxConnections {
		name := fmt.Sprintf("%0128d", i)
		c.Connections = append(c.Connections, Connection{Name: name, Label: strings.Repeat("<", maxText), Strategy: name})
		c.Connections[i].Icon, c.Connections[i].Labels = "web/"+name, map[string]string{}
		for _, language := range text.Languages() {
			c.Connections[i].Labels[language] = strings.Repeat("<", maxText)
		}
	}
	for i := len(c.Scopes); i < maxScopes; i++ {
		c.Scopes = append(c.Scopes, fmt.Sprintf("%0128d", i))
	}
	for i := range maxPictureHosts {
		c.PictureHosts = append(c.PictureHosts, fmt.Sprintf("%s%d.example", strings.Repeat("a.", 110), i))
	}
	c.Brand.Name, c.Brand.Logo = strings.Repeat("<", maxText), "/"+strings.Repeat("<", maxURL-1)
	document, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(document); err != nil {
		t.Errorf("of %d bytes: %v", len(document), err)
	}
}

func TestValidate(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Config)
		want   []string // fields with problems
	}{
		{"good", func(*Config) {}, nil},
		{"loopback", func(c *Config) {
			c.Domain, c.Issuer, c.Audience = "", "http://localhost:8001/", "http://localhost:8001/api/v2/"
		}, nil},
		{"loopback address", func(c *Config) { c.Domain, c.Issuer = "", "http://127.0.0.1:8001/" }, nil},
		{"loopback address, IPv6", func(c *Config) { c.Domain, c.Issuer = "", "http://[::1]:8001/" }, nil},
		{"https on a port", func(c *Config) { c.Domain, c.Issuer = "", "https://tenant.example:8443/" }, nil},

		{"neither issuer nor domain", func(c *Config) { c.Domain, c.Issuer = "", "" }, []string{"issuer"}},
		{"bad domain, good issuer", func(c *Config) { c.Domain = "a b" }, []string{"domain"}},
		{"bad domain, bad issuer", func(c *Config) { c.Domain, c.Issuer = "a b", "c d" }, []string{"domain", "issuer"}},
		{"plain http", func(c *Config) { c.Domain, c.Issuer = "", "http://tenant.example/" }, []string{"issuer"}},
		{"looks like loopback", func(c *Config) { c.Domain, c.Issuer = "", "http://localhost.evil.example/" }, []string{"issuer"}},
		{"begins like loopback", func(c *Config) { c.Domain, c.Issuer = "", "http://localhost.evil/" }, []string{"issuer"}},
		{"begins like an address", func(c *Config) { c.Domain, c.Issuer = "", "http://127.0.0.1.evil.example/" }, []string{"issuer"}},
		{"ends like loopback", func(c *Config) { c.Domain, c.Issuer = "", "http://evillocalhost/" }, []string{"issuer"}},
		{"no scheme", func(c *Config) { c.Domain, c.Issuer = "", "tenant.example/" }, []string{"issuer"}},
		{"script", func(c *Config) { c.Domain, c.Issuer = "", "javascript:alert(1)" }, []string{"issuer"}},
		{"other scheme", func(c *Config) { c.Domain, c.Issuer = "", "ftp://tenant.example/" }, []string{"issuer"}},
		{"no slash", func(c *Config) { c.Domain, c.Issuer = "", "https://tenant.example" }, []string{"issuer"}},
		{"path", func(c *Config) { c.Domain, c.Issuer = "", "https://tenant.example/realm/" }, []string{"issuer"}},
		{"query", func(c *Config) { c.Domain, c.Issuer = "", "https://tenant.example/?a" }, []string{"issuer"}},
		{"fragment", func(c *Config) { c.Domain, c.Issuer = "", "https://tenant.example/#" }, []string{"issuer"}},
		{"user", func(c *Config) { c.Domain, c.Issuer = "", "https://a@tenant.example/" }, []string{"issuer"}},
		{"upper case", func(c *Config) { c.Domain, c.Issuer = "", "https://Tenant.example/" }, []string{"issuer"}},
		{"header in the issuer", func(c *Config) { c.Domain, c.Issuer = "", "https://tenant.example\r\nx: y/" }, []string{"issuer"}},
		{"CSP in the issuer", func(c *Config) { c.Domain, c.Issuer = "", "https://tenant.example; script-src */" }, []string{"issuer"}},
		{"no port", func(c *Config) { c.Domain, c.Issuer = "", "https://tenant.example:/" }, []string{"issuer"}},
		{"wildcard", func(c *Config) { c.Domain, c.Issuer = "", "https://*.example.com/" }, []string{"issuer"}},

		{"domain with a scheme", func(c *Config) { c.Domain = "https://tenant.eu.auth0.com" }, []string{"domain"}},
		{"domain with a path", func(c *Config) { c.Domain = "tenant.eu.auth0.com/x" }, []string{"domain"}},
		{"domain with a port", func(c *Config) { c.Domain = "tenant.eu.auth0.com:80" }, []string{"domain"}},
		{"domain not the issuer's", func(c *Config) { c.Domain = "other.eu.auth0.com" }, []string{"domain"}},
		{"domain of one label", func(c *Config) { c.Domain = "tenant" }, []string{"domain"}},
		{"domain label too long", func(c *Config) { c.Domain = strings.Repeat("a", 64) + ".example" }, []string{"domain"}},
		{"domain label with hyphen", func(c *Config) { c.Domain = "-a.example" }, []string{"domain"}},

		{"no client", func(c *Config) { c.ClientID = "" }, []string{"client_id"}},
		{"client with a space", func(c *Config) { c.ClientID = "client 1" }, []string{"client_id"}},
		{"client placeholder", func(c *Config) { c.ClientID = "<YOUR CLIENT ID>" }, []string{"client_id"}},

		{"no audience", func(c *Config) { c.Audience = "" }, []string{"audience"}},
		{"no audience, custom domain", func(c *Config) { c.Domain, c.Issuer, c.Audience = "", "https://id.example.com/", "" }, []string{"audience"}},
		{"no audience, bad issuer", func(c *Config) { c.Domain, c.Issuer, c.Audience = "", "http://id.example.com/", "" }, []string{"issuer"}},
		{"another API", func(c *Config) { c.Audience = "https://tenant.eu.auth0.com/me/" }, []string{"audience"}},
		{"audience without slash", func(c *Config) { c.Audience = "https://tenant.eu.auth0.com/api/v2" }, []string{"audience"}},
		{"audience over http", func(c *Config) { c.Audience = "http://tenant.eu.auth0.com/api/v2/" }, []string{"audience"}},

		{"no openid", func(c *Config) { c.Scopes = []string{"profile"} }, []string{"scopes"}},
		{"scope twice", func(c *Config) { c.Scopes = []string{"openid", "email", "email"} }, []string{"scopes[2]"}},
		{"scope with a space", func(c *Config) { c.Scopes = []string{"openid", "a b"} }, []string{"scopes[1]"}},
		{"empty scope", func(c *Config) { c.Scopes = []string{"openid", ""} }, []string{"scopes[1]"}},
		{"providers' tokens", func(c *Config) { c.Scopes = append(c.Scopes, "read:user_idp_tokens") }, []string{"scopes[6]"}},
		{"many scopes", func(c *Config) { c.Scopes = slices.Repeat([]string{"openid"}, 65) }, []string{"scopes"}},

		{"no connections", func(c *Config) { c.Connections = nil }, []string{"connections"}},
		{"many connections", func(c *Config) { c.Connections = make([]Connection, MaxConnections+1) }, []string{"connections"}},
		{"connection without anything", func(c *Config) { c.Connections[1] = Connection{} },
			[]string{"connections[1].name", "connections[1].strategy", "connections[1].label"}},
		{"connection with markup", func(c *Config) { c.Connections[0].Name = `"><script>` }, []string{"connections[0].name"}},
		{"connection twice", func(c *Config) { c.Connections[1].Name = "google-oauth2" }, []string{"connections[1].name"}},
		{"strategy with a space", func(c *Config) { c.Connections[0].Strategy = "a b" }, []string{"connections[0].strategy"}},
		{"label of two lines", func(c *Config) { c.Connections[0].Label = "a\nb" }, []string{"connections[0].label"}},
		{"blank label", func(c *Config) { c.Connections[0].Label = "  " }, []string{"connections[0].label"}},
		{"labels by language", func(c *Config) { c.Connections[0].Labels = map[string]string{"de": "Firma"} }, nil},
		{"label in no language", func(c *Config) { c.Connections[0].Labels = map[string]string{"tlh": "x"} }, []string{"connections[0].label"}},
		{"blank label in a language", func(c *Config) { c.Connections[0].Labels = map[string]string{"de": " "} }, []string{"connections[0].label.de"}},
		{"icon", func(c *Config) { c.Connections[0].Icon = "web/picture.0123456789abcdef.svg" }, nil},
		{"icon elsewhere", func(c *Config) { c.Connections[0].Icon = "https://cdn.example/icon.svg" }, []string{"connections[0].icon"}},
		{"icon at a path", func(c *Config) { c.Connections[0].Icon = "/icon.svg" }, []string{"connections[0].icon"}},
		{"icon above", func(c *Config) { c.Connections[0].Icon = "web/../icon.svg" }, []string{"connections[0].icon"}},
		{"icon with a query", func(c *Config) { c.Connections[0].Icon = "web/icon.svg?x" }, []string{"connections[0].icon"}},
		{"icon that is a folder", func(c *Config) { c.Connections[0].Icon = "web/.." }, []string{"connections[0].icon"}},
		{"logo of the site", func(c *Config) { c.Brand.Logo = "web/picture.0123456789abcdef.svg" }, nil},
		{"logo beside the page", func(c *Config) { c.Brand.Logo = "logo.svg" }, []string{"brand.logo"}},
		{"long label", func(c *Config) { c.Connections[0].Label = strings.Repeat("é", 61) }, []string{"connections[0].label"}},

		{"interaction", func(c *Config) { c.Interaction = "iframe" }, []string{"interaction"}},
		{"maximal age too short", func(c *Config) { c.MaxAuthAge = 59 }, []string{"max_auth_age"}},
		{"maximal age too long", func(c *Config) { c.MaxAuthAge = 86401 }, []string{"max_auth_age"}},
		{"unverified address", func(c *Config) { c.UnverifiedEmail = "link" }, []string{"unverified_email"}},
		{"no address", func(c *Config) { c.NoEmail = "warn" }, []string{"no_email"}},
		{"trusted", func(c *Config) { c.TrustedEmail = []string{"google-oauth2"} }, nil},
		{"trusted of an unknown strategy", func(c *Config) {
			c.TrustedEmail, c.Connections[0] = []string{"corp"}, Connection{Name: "corp", Label: "Corp", Strategy: "corp"}
		}, nil},
		{"trusted, and not configured", func(c *Config) { c.TrustedEmail = []string{"google-oauth2", "corp"} }, []string{"trusted_email[1]"}},
		{"trusted in another case", func(c *Config) { c.TrustedEmail = []string{"Google-OAuth2"} }, []string{"trusted_email[0]"}},
		{"trusted without a name", func(c *Config) { c.TrustedEmail = []string{""} }, []string{"trusted_email[0]"}},
		{"trusted database", func(c *Config) { c.TrustedEmail = []string{"Username-Password-Authentication"} }, []string{"trusted_email[0]"}},
		{"verified elsewhere", func(c *Config) { c.VerifyEmailURL = "https://id.example/verify?from=accounts" }, nil},
		{"verified here", func(c *Config) { c.VerifyEmailURL = "/verify" }, nil},
		{"verified by http", func(c *Config) { c.VerifyEmailURL = "http://id.example/verify" }, []string{"verify_email_url"}},
		{"verified by script", func(c *Config) { c.VerifyEmailURL = "javascript:alert(1)" }, []string{"verify_email_url"}},
		{"home", func(c *Config) { c.HomeURL = "/" }, nil},
		{"home by http", func(c *Config) { c.HomeURL = "http://acme.example/" }, []string{"home_url"}},
		{"home by mail", func(c *Config) { c.HomeURL = "mailto:help@acme.example" }, []string{"home_url"}},
		{"home of another host", func(c *Config) { c.HomeURL = "//evil.example/" }, []string{"home_url"}},
		{"home with a password", func(c *Config) { c.HomeURL = "https://a:b@acme.example/" }, []string{"home_url"}},
		{"privacy by script", func(c *Config) { c.PrivacyURL = "javascript:alert(1)" }, []string{"privacy_url"}},
		{"terms as data", func(c *Config) { c.TermsURL = "data:text/html,x" }, []string{"terms_url"}},
		{"support", func(c *Config) { c.SupportURL = "https://acme.example/help?from=accounts" }, nil},
		{"support by mail", func(c *Config) { c.SupportURL = "mailto:Help@Acme.example?subject=Accounts" }, nil},
		{"support by script", func(c *Config) { c.SupportURL = "javascript:alert(1)//@acme.example" }, []string{"support_url"}},
		{"support of two", func(c *Config) { c.SupportURL = "mailto:a@acme.example,b@acme.example" }, []string{"support_url"}},
		{"support of nobody", func(c *Config) { c.SupportURL = "mailto:@acme.example" }, []string{"support_url"}},
		{"support of two lines", func(c *Config) { c.SupportURL = "mailto:a@acme.example?subject=a\nb" }, []string{"support_url"}},
		{"links", func(c *Config) {
			c.Links = []Link{{Label: "Password", URL: "/password", Language: "en"}, {Label: "Sessions", URL: "https://acme.example/s"}}
		}, nil},
		{"addresses to return to", func(c *Config) {
			c.ReturnURLs = []Link{{Label: "Shop", URL: "https://shop.example/a?b=c"}, {Label: "Files", URL: "/files"}}
		}, nil},
		{"wrong addresses to return to", func(c *Config) {
			c.ReturnURLs = []Link{{Label: "a", URL: "http://shop.example/"}, {Label: "b", URL: "/x#y"}, {Label: "c", URL: "/x?twinlock=linked"},
				{URL: "/x"}}
		}, []string{"return_urls[0].url", "return_urls[3].label", "return_urls[1].url", "return_urls[2].url"}},
		{"links of nothing", func(c *Config) { c.Links = []Link{{}} }, []string{"links[0].label", "links[0].url"}},
		{"links by script", func(c *Config) { c.Links = []Link{{Label: "x", URL: "JavaScript:x"}} }, []string{"links[0].url"}},
		{"links by mail", func(c *Config) { c.Links = []Link{{Label: "x", URL: "mailto:a@acme.example"}} }, []string{"links[0].url"}},
		{"links never shown", func(c *Config) { c.Links = []Link{{Label: "x", URL: "/x", Language: "tlh"}} }, []string{"links[0].language"}},
		{"links on two lines", func(c *Config) { c.Links = []Link{{Label: "a\nb", URL: "/x"}} }, []string{"links[0].label"}},
		{"labels of keys of nothing", func(c *Config) { c.MetadataLabels = []MetadataLabel{{}} }, []string{
			"metadata_labels[0].key", "metadata_labels[0].label",
		}},
		{"labels of keys given twice", func(c *Config) {
			c.MetadataLabels = []MetadataLabel{{Key: "a", Label: "A"}, {Key: "a", Label: "B"}, {Key: "b", Label: "A"}}
		}, []string{"metadata_labels[1].key", "metadata_labels[2].label"}},
		{"labels of keys never shown", func(c *Config) {
			c.MetadataLabels = []MetadataLabel{{Key: "a", Label: "A", Language: "tlh"}}
		}, []string{"metadata_labels[0].language"}},
		{"many labels of keys", func(c *Config) {
			c.MetadataLabels = make([]MetadataLabel, MaxMetadataLabels+1)
		}, []string{"metadata_labels"}},
		{"sentence of nothing", func(c *Config) { c.StoredElsewhere = []Sentence{{}} }, []string{"stored_elsewhere[0].text"}},
		{"long sentence", func(c *Config) {
			c.StoredElsewhere = []Sentence{{Words: strings.Repeat("a", 301)}}
		}, []string{"stored_elsewhere[0].text"}},
		{"sentence given twice", func(c *Config) {
			c.StoredElsewhere = []Sentence{{Words: "a"}, {Words: "b"}}
		}, []string{"stored_elsewhere[1].language"}},
		{"sentence never said", func(c *Config) {
			c.StoredElsewhere = []Sentence{{Words: "a", Language: "tlh"}}
		}, []string{"stored_elsewhere[0].language"}},
		{"many links", func(c *Config) { c.Links = make([]Link, MaxLinks+1) }, []string{"links"}},
		{"verified by mail", func(c *Config) { c.VerifyEmailURL = "mailto:help@id.example" }, []string{"verify_email_url"}},
		{"history", func(c *Config) { c.History = "forever" }, []string{"history"}},
		{"rules", func(c *Config) {
			c.Connections[0].Link, c.Connections[0].Max, c.Connections[1].Unlink = "primary_only", 1, "no"
			c.Connections[1].Reason = []Sentence{{Words: "Your company decides. Ask it@acme.example."}}
		}, nil},
		{"wrong rules", func(c *Config) {
			c.Connections[0].Link, c.Connections[0].Max, c.Connections[1].Unlink = "never", 2, "false"
			c.Connections[1].Reason = []Sentence{{Words: "a\nb"}, {Words: "c"}}
		}, []string{"connections[0].link", "connections[0].max", "connections[1].unlink", "connections[1].reason[0].text", "connections[1].reason[1].language"}},
		{"profile limit", func(c *Config) { c.ProfileLimit = -1 }, []string{"profile_limit"}},
		{"same connection", func(c *Config) { c.SameConnection = "yes" }, []string{"same_connection"}},
		{"token vault", func(c *Config) { c.TokenVault = "yes" }, []string{"token_vault"}},
		{"last used", func(c *Config) { c.LastUsed = "yes" }, []string{"last_used"}},
		{"no picture hosts", func(c *Config) { c.PictureHosts = []string{} }, nil},
		{"picture hosts", func(c *Config) { c.PictureHosts = []string{"pictures.example", "*.cdn.example"} }, nil},
		{"picture host twice", func(c *Config) { c.PictureHosts = []string{"a.example", "a.example"} }, []string{"picture_hosts[1]"}},
		{"any picture host", func(c *Config) { c.PictureHosts = []string{"*"} }, []string{"picture_hosts[0]"}},
		{"any picture host of a country", func(c *Config) { c.PictureHosts = []string{"*.com"} }, []string{"picture_hosts[0]"}},
		{"picture host with a wildcard within", func(c *Config) { c.PictureHosts = []string{"a.*.example"} }, []string{"picture_hosts[0]"}},
		{"picture host with a scheme", func(c *Config) { c.PictureHosts = []string{"https://a.example"} }, []string{"picture_hosts[0]"}},
		{"picture host with a path", func(c *Config) { c.PictureHosts = []string{"a.example/b"} }, []string{"picture_hosts[0]"}},
		{"picture host with a port", func(c *Config) { c.PictureHosts = []string{"a.example:8443"} }, []string{"picture_hosts[0]"}},
		{"picture host in capitals", func(c *Config) { c.PictureHosts = []string{"A.example"} }, []string{"picture_hosts[0]"}},
		{"CSP in a picture host", func(c *Config) { c.PictureHosts = []string{"a.example; script-src *"} }, []string{"picture_hosts[0]"}},
		{"header in a picture host", func(c *Config) { c.PictureHosts = []string{"a.example\r\nx: y"} }, []string{"picture_hosts[0]"}},
		{"many picture hosts", func(c *Config) { c.PictureHosts = slices.Repeat([]string{"a.example"}, 33) }, []string{"picture_hosts"}},
		{"no name", func(c *Config) { c.Brand.Name = "" }, []string{"brand.name"}},
		{"logo by https", func(c *Config) { c.Brand.Logo = "https://cdn.example/logo.svg" }, nil},
		{"logo by http", func(c *Config) { c.Brand.Logo = "http://cdn.example/logo.svg" }, []string{"brand.logo"}},
		{"logo as data", func(c *Config) { c.Brand.Logo = "data:image/svg+xml,<svg/>" }, []string{"brand.logo"}},
		{"logo as script", func(c *Config) { c.Brand.Logo = "javascript:alert(1)" }, []string{"brand.logo"}},
		{"logo elsewhere", func(c *Config) { c.Brand.Logo = "//cdn.example/logo.svg" }, []string{"brand.logo"}},
		{"logo elsewhere by backslash", func(c *Config) { c.Brand.Logo = `/\cdn.example/logo.svg` }, []string{"brand.logo"}},
		{"logo on a port", func(c *Config) { c.Brand.Logo = "https://cdn.example:8443/logo.svg" }, nil},
		{"logo in capitals", func(c *Config) { c.Brand.Logo = "HTTPS://CDN.Example/logo.svg" }, nil},
		{"logo on this machine", func(c *Config) { c.Brand.Logo = "https://localhost:8443/logo.svg" }, nil},
		{"logo everywhere", func(c *Config) { c.Brand.Logo = "https://*/logo.svg" }, []string{"brand.logo"}},
		{"logo at any subdomain", func(c *Config) { c.Brand.Logo = "https://*.example/logo.svg" }, []string{"brand.logo"}},
		{"CSP in the logo's host", func(c *Config) { c.Brand.Logo = "https://cdn.example;connect-src/logo.svg" }, []string{"brand.logo"}},
		{"CSP in the logo's host, escaped", func(c *Config) { c.Brand.Logo = "https://cdn.example%3Bconnect-src/logo.svg" }, []string{"brand.logo"}},
		{"two hosts of a logo", func(c *Config) { c.Brand.Logo = "https://cdn.example,evil.example/logo.svg" }, []string{"brand.logo"}},
		{"keyword as a logo's host", func(c *Config) { c.Brand.Logo = "https://'self'/logo.svg" }, []string{"brand.logo"}},
		{"no port of a logo", func(c *Config) { c.Brand.Logo = "https://cdn.example:/logo.svg" }, []string{"brand.logo"}},
		{"user of a logo's host", func(c *Config) { c.Brand.Logo = "https://cdn.example@evil.example/logo.svg" }, []string{"brand.logo"}},
		{"logo relative", func(c *Config) { c.Brand.Logo = "logo.svg" }, []string{"brand.logo"}},

		{"colour by name", func(c *Config) { c.Brand.Accent = "red" }, []string{"brand.accent"}},
		{"short colour", func(c *Config) { c.Brand.Accent = "#000" }, []string{"brand.accent"}},
		{"signed colour", func(c *Config) { c.Brand.Accent = "#+12345" }, []string{"brand.accent"}},
		{"colour with more", func(c *Config) { c.Brand.Accent = "#000000;" }, []string{"brand.accent"}},
		{"too light for a light page", func(c *Config) { c.Brand.Accent = "#ffcc00" }, []string{"brand.accent"}},
		{"too dark for a dark page", func(c *Config) { c.Brand.AccentDark = "#202020" }, []string{"brand.accent_dark"}},

		{"no languages", func(c *Config) { c.Languages = nil }, []string{"languages"}},
		{"unknown language", func(c *Config) { c.Languages = []string{"en", "tlh"} }, []string{"languages[1]"}},
		{"language twice", func(c *Config) { c.Languages = []string{"de", "de"} }, []string{"languages[1]"}},

		{"everything at once", func(c *Config) { *c = Config{} },
			[]string{"issuer", "client_id", "scopes", "connections", "interaction", "max_auth_age", "profile_limit", "unverified_email", "no_email", "same_connection", "history", "token_vault", "last_used", "brand.name", "languages"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := valid()
			tt.change(&c)
			if got := fields(c.Validate()); !slices.Equal(got, tt.want) {
				t.Errorf("problems with %q, want %q", got, tt.want)
			}
		})
	}
}

// fields lists the fields that an error of Validate names.
func fields(err error) []string {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var names []string
	for _, err := range joined.Unwrap() {
		var f *FieldError
		if !errors.As(err, &f) || f.Problem == "" {
			return []string{err.Error()}
		}
		names = append(names, f.Field)
	}
	return names
}

// Attack case 45: what is not understood is no configuration.
func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"empty", ``, "syntax"},
		{"null", `null`, "not an object"},
		{"list", `[]`, "configuration"},
		{"two documents", minimal + minimal, "syntax"},
		{"unknown field", strings.Replace(minimal, `{`, `{"client_secret":"s",`, 1), "client_secret"},
		{"unknown field inside", strings.Replace(minimal, `{"name":`, `{"icon":"x","name":`, 1), "icon"},
		{"field twice", strings.Replace(minimal, `{`, `{"client_id":"other",`, 1), "given twice"},
		{"field in another case", strings.Replace(minimal, `"client_id"`, `"Client_ID"`, 1), "unknown field"},
		{"field that folds", strings.Replace(minimal, `{`, `{"iſſuer":"https://evil.example/",`, 1), "unknown field"},
		{"wrong type", strings.Replace(minimal, `"client-1"`, `1`, 1), "client_id"},
		{"not UTF-8", strings.Replace(minimal, `client-1`, "\xff", 1), "UTF-8"},
		{"too long", strings.Replace(minimal, `{`, `{`+strings.Repeat(" ", MaxSize), 1), "longer"},
		{"incomplete", `{"domain":"tenant.eu.auth0.com"}`, "client_id: is missing"},
		{"brand null is a brand", strings.Replace(minimal, `{`, `{"brand":null,`, 1), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse([]byte(tt.data))
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !reflect.DeepEqual(got, Config{}) {
				t.Errorf("Parse = %+v, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestYAMLNames(t *testing.T) {
	for _, v := range []any{Config{}, Connection{}, Brand{}} {
		for i := range reflect.TypeOf(v).NumField() {
			if tag := reflect.TypeOf(v).Field(i).Tag; tag.Get("json") != tag.Get("yaml") || tag.Get("json") == "" {
				t.Errorf("%T: %s", v, tag)
			}
		}
	}
}

func TestContrast(t *testing.T) {
	tests := []struct {
		a, b string
		want string
	}{
		{"#000000", "#ffffff", "21.00"},
		{"#ffffff", "#ffffff", "1.00"},
		{"#777777", "#ffffff", "4.48"}, // the known near miss of 4.5
		{"#767676", "#ffffff", "4.54"},
		{"#ff0000", "#ffffff", "4.00"},
		{"#0000FF", "#ffffff", "8.59"},
	}
	for _, tt := range tests {
		got, err := Contrast(tt.a, tt.b)
		back, _ := Contrast(tt.b, tt.a)
		if err != nil || fmt.Sprintf("%.2f", got) != tt.want || got != back {
			t.Errorf("Contrast(%s, %s) = %.2f, %v, want %s", tt.a, tt.b, got, err, tt.want)
		}
	}
}

func TestTextOn(t *testing.T) {
	for background, want := range map[string]string{"#ffffff": "#000000", "#000000": "#ffffff", "#ffcc00": "#000000", "#0a5ca8": "#ffffff"} {
		if got, err := TextOn(background); err != nil || got != want {
			t.Errorf("TextOn(%s) = %s, %v", background, got, err)
		}
	}
	for grey := range 256 {
		background := fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
		text, err := TextOn(background)
		if err != nil {
			t.Fatal(err)
		}
		if ratio, _ := Contrast(text, background); ratio < 4.5 {
			t.Errorf("%s on %s has %.2f:1", text, background, ratio)
		}
	}
	if got, err := TextOn("#12345g"); err == nil {
		t.Errorf("TextOn = %s", got)
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte(`{"issuer":"http://localhost:8001/","client_id":"c","connections":[{"name":"facebook","label":"F"}],"brand":{"accent":"#0a5ca8","logo":"/l.png"},"languages":["de"],"interaction":"auto"}`))
	f.Add([]byte(`{"Issuer":"https://a.b/","issuer":"https://c.d/"}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{"issuer":"https://a.b/ ;","client_id":"c","connections":[{"name":"facebook"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			if !reflect.DeepEqual(c, Config{}) {
				t.Fatalf("%s: %+v came with %v", data, c, err)
			}
			return
		}
		if err := c.Validate(); err != nil {
			t.Fatalf("%s: accepted, but %v", data, err)
		}
		for _, address := range []string{c.Issuer, c.ManagementURL()} {
			if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") || !strings.HasSuffix(address, "/") ||
				strings.ContainsAny(address, " ;,'\"<>\r\n") {
				t.Fatalf("%s: address %q", data, address)
			}
		}
		// What is served is read as the same document.
		served, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(served)
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Fatalf("%s: served as %s, read as %+v, %v", data, served, again, err)
		}
	})
}

func ExampleParse() {
	c, err := Parse([]byte(`{
		"domain": "tenant.eu.auth0.com",
		"client_id": "client-1",
		"connections": [{"name": "google-oauth2"}]
	}`))
	fmt.Println(c.Issuer, c.Connections[0].Label, err)
	_, err = Parse([]byte(`{"domain": "https://tenant.eu.auth0.com", "connections": [{"name": "google-oauth2"}]}`))
	fmt.Println(err)
	// Output:
	// https://tenant.eu.auth0.com/ Google <nil>
	// domain: must be a bare host name such as tenant.eu.auth0.com
	// client_id: is missing
}

func ExampleTextOn() {
	text, err := TextOn("#ffcc00")
	fmt.Println(text, err)
	// Output: #000000 <nil>
}

func TestLabelIn(t *testing.T) {
	c := valid()
	c.Languages = []string{"de", "en"}
	c.Connections = []Connection{
		{Name: "both", Labels: map[string]string{"en": "Work", "de": "Arbeit"}},
		{Name: "text", Label: "Acme", Labels: map[string]string{"en": "Acme (work)"}},
		{Name: "github", Labels: map[string]string{"en": "Code"}},
	}
	for i, want := range [][2]string{{"Work", "Arbeit"}, {"Acme (work)", "Acme"}, {"Code", "GitHub"}} {
		got := c.WithDefaults().Connections[i]
		if en, de := got.LabelIn(texttest.In("en")), got.LabelIn(texttest.In("de")); en != want[0] || de != want[1] {
			t.Errorf("%s is %q and %q, want %q", got.Name, en, de, want)
		}
	}
	// What the site's first language says is for people who read none of its languages.
	if got := c.WithDefaults().Connections[0].Label; got != "Arbeit" {
		t.Errorf("the label is %q", got)
	}
}
