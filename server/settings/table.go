package settings

import (
	"fmt"
	"strings"
	"time"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/app/text"
	"twinlock/server/picture"
	"twinlock/server/serve"
)

// Table describes every setting, in the order of --help and SETTINGS.md.
var Table = []Setting{
	{
		Name: "addr", Use: Listen, Value: "HOST:PORT", Default: "127.0.0.1:8000", Common: true,
		Help:  "Address to listen on.",
		field: func(s *Settings) any { return &s.Addr }, check: addrProblem,
	},
	{
		Name: "base_path", Use: Place, Value: "/PATH", DefaultIs: "the root", Common: true,
		Help:  "Folder that the site is served under.",
		field: func(s *Settings) any { return &s.BasePath }, check: basePathProblem,
	},

	{
		Name: "domain", Use: Tenant, Value: "HOST", Common: true,
		Help:  "The tenant's host name, such as tenant.eu.auth0.com.",
		field: func(s *Settings) any { return &s.Config.Domain },
	},
	{
		Name: "issuer", Use: Tenant, Value: "URL", DefaultIs: "from the domain",
		Help:  "The tenant's URL, instead of the domain.",
		field: func(s *Settings) any { return &s.Config.Issuer },
	},
	{
		Name: "client_id", Use: Tenant, Value: "ID", Common: true,
		Help:  "Client ID of the tenant's single-page application.",
		field: func(s *Settings) any { return &s.Config.ClientID },
	},
	{
		Name: "audience", Use: Tenant, Value: "URL", DefaultIs: "api/v2/ of an issuer below auth0.com",
		Help:  "Audience of tokens for the Management API.",
		More:  "With a custom domain it must be set: https://TENANT.REGION.auth0.com/api/v2/, by the tenant's own name.",
		field: func(s *Settings) any { return &s.Config.Audience },
	},
	{
		Name: "scopes", Use: Tenant, Value: "SCOPE", Default: config.DefaultScopes, DefaultIs: "what the page needs",
		Help: "Scopes to ask for.",
		More: "`offline_access` asks for a refresh token. It is not recommended: the Management API may not allow offline " +
			"access, and a tenant then gives none, in silence.",
		field: func(s *Settings) any { return &s.Config.Scopes },
	},
	{
		Name: "connections", Use: Tenant, Value: "NAME[:STRATEGY][=LABEL]", Common: true,
		Help: "Ways of signing in to offer.",
		More: fmt.Sprintf("In the file a list of maps with `name`, `label`, `strategy` and `icon`; at most %d. "+
			"A `label` is a text, or a map by language (`{en: Work, de: Arbeit}`). An `icon` is a picture beside the settings "+
			"file, as `brand.logo`; it takes the place of the label's first letter. "+
			"Rules for links: `link` (`yes`, `primary_only`: such an account is the one that stays, or `no`), `unlink` (`no`), `max` (`1`: "+
			"one in a profile), and `reason`, your sentence on them and whom to ask (a list of maps with `text` and `language`). "+
			"They bind whoever uses the page; what else may be done, the tenant decides.", config.MaxConnections),
		field: func(s *Settings) any { return &s.Config.Connections },
	},

	{
		Name: "interaction", Use: Page, Value: "redirect|popup|auto", Default: provider.Redirect, Common: true,
		Help:  "How to sign in: on the tenant's page, in a window, or in a window where there is room for one.",
		field: func(s *Settings) any { return &s.Config.Interaction },
	},
	{
		Name: "max_auth_age", Use: Page, Value: "SECONDS", Default: config.DefaultMaxAuthAge,
		Help:  "How long ago a person may have signed in to link or unlink without signing in again.",
		field: func(s *Settings) any { return &s.Config.MaxAuthAge },
	},
	{
		Name: "unverified_email", Use: Page, Value: "refuse|warn", Default: config.RefuseUnverified, Common: true,
		Help:  "What to do about a link when an account's e-mail address is not verified.",
		field: func(s *Settings) any { return &s.Config.UnverifiedEmail },
	},
	{
		Name: "no_email", Use: Page, Value: "allow|refuse", Default: config.AllowNoEmail,
		Help:  "What to do about a link when an account has no e-mail address.",
		More:  "Many accounts of X, of Facebook by phone and of text messages have none; a profile of theirs has none either.",
		field: func(s *Settings) any { return &s.Config.NoEmail },
	},
	{
		Name: "same_connection", Use: Page, Value: "allow|warn|refuse", Default: config.AllowSame,
		Help:  "What to do about a link that gives a profile a second account of one connection.",
		More:  "Detection rules of the tenant's log may take such a link for an attack.",
		field: func(s *Settings) any { return &s.Config.SameConnection },
	},
	{
		Name: "trusted_email", Use: Page, Value: "NAME", DefaultIs: "none",
		Help: "Connections whose e-mail addresses count as verified.",
		More: "For those, such as `corp-saml`, that do not tell the tenant whether an address is verified. " +
			"**You vouch that nobody can choose an address there.** Not for databases.",
		field: func(s *Settings) any { return &s.Config.TrustedEmail },
	},
	{
		Name: "verify_email_url", Use: Page, Value: "URL", DefaultIs: "none",
		Help:  "Page where people can have their e-mail address verified: an https URL or a path of the origin.",
		More:  "It is offered to whoever cannot link for an address. Without it they are told to ask you.",
		field: func(s *Settings) any { return &s.Config.VerifyEmailURL },
	},
	{
		Name: "home_url", Use: Page, Value: "URL", DefaultIs: "none",
		Help:  "Site that people come from: an https URL or a path of the origin.",
		More:  "The logo leads there, and a link back.",
		field: func(s *Settings) any { return &s.Config.HomeURL },
	},
	{
		Name: "support_url", Use: Page, Value: "URL", DefaultIs: "none",
		Help:  "Where people get help: an https URL, a path of the origin, or `mailto:` with an address.",
		More:  "It is offered below the page, and beside a failure that only you can mend.",
		field: func(s *Settings) any { return &s.Config.SupportURL },
	},
	{
		Name: "privacy_url", Use: Page, Value: "URL", DefaultIs: "none",
		Help:  "Your privacy policy: an https URL or a path of the origin.",
		field: func(s *Settings) any { return &s.Config.PrivacyURL },
	},
	{
		Name: "terms_url", Use: Page, Value: "URL", DefaultIs: "none",
		Help:  "Your terms of use: an https URL or a path of the origin.",
		field: func(s *Settings) any { return &s.Config.TermsURL },
	},
	{
		Name: "links", Use: Page, Value: "[LANGUAGE:]LABEL=URL", DefaultIs: "none",
		Help: "Links to what people look for here and find elsewhere, such as a change of password.",
		More: fmt.Sprintf("In the file a list of maps with `label`, `url` and `language`; at most %d. "+
			"A link without a language is shown in all.", config.MaxLinks),
		field: func(s *Settings) any { return &s.Config.Links },
	},
	{
		Name: "profile_limit", Use: Page, Value: "KB", Default: config.DefaultProfileLimit,
		Help:  "How large a profile may become by a link.",
		More:  "Auth0's own limit is 10 KB, with an allowance of about ten times as much. A person can leave settings behind.",
		field: func(s *Settings) any { return &s.Config.ProfileLimit },
	},
	{
		Name: "return_urls", Use: Page, Value: "[LANGUAGE:]LABEL=URL", DefaultIs: "none",
		Help: "Applications that send people here to link or to unlink an account: what people know each by, and its address.",
		More: fmt.Sprintf("See [APPLICATIONS.md](site/APPLICATIONS.md). The page leads back to these addresses alone, letter by letter. "+
			"In the file a list of maps with `label`, `url` and `language`; at most %d.", config.MaxLinks),
		field: func(s *Settings) any { return &s.Config.ReturnURLs },
	},
	{
		Name: "metadata_labels", Use: Page, Value: "[LANGUAGE:]KEY=LABEL", DefaultIs: "the keys themselves",
		Help:  "What people read for keys of their settings (`user_metadata`), where two accounts have different ones.",
		More:  fmt.Sprintf("In the file a list of maps with `key`, `label` and `language`; at most %d.", config.MaxMetadataLabels),
		field: func(s *Settings) any { return &s.Config.MetadataLabels },
	},
	{
		Name: "stored_elsewhere", Use: Page, Value: "[LANGUAGE:]TEXT", DefaultIs: "that it is out of reach",
		Help:  "Your sentence about what your applications have stored under an account that is added to another one.",
		More:  "Orders, files: say what becomes of them. In the file a list of maps with `text` and `language`; a flag gives one.",
		field: func(s *Settings) any { return &s.Config.StoredElsewhere },
	},
	{
		Name: "history", Use: Page, Value: "keep|wipe", Default: config.KeepHistory,
		Help:  "What to do at sign-out with the history of links and unlinks on a device.",
		field: func(s *Settings) any { return &s.Config.History },
	},
	{
		Name: "token_vault", Use: Page, Value: "off|on", Default: config.TokenVaultOff,
		Help:  "Whether your applications act for people at their providers, by Auth0's Token Vault: an unlink then says that such access goes on.",
		field: func(s *Settings) any { return &s.Config.TokenVault },
	},
	{
		Name: "last_used", Use: Page, Value: "mark|off", Default: config.MarkLastUsed,
		Help:  "Whether the way to sign in that was used last on a device is marked there.",
		More:  "Only the connection's name is stored, also after signing out.",
		field: func(s *Settings) any { return &s.Config.LastUsed },
	},
	{
		Name: "picture_hosts", Use: Page, Value: "HOST", Default: provider.PictureHosts(),
		DefaultIs: "the large identity providers' own",
		Help:      "Hosts to load profile pictures from, besides the tenant's.",
		More: "`images.example.com`, or `*.example.com` for all below it. Initials stand for any other picture. " +
			"`[]` in the file: none. Gravatar is not among the defaults.",
		field: func(s *Settings) any { return &s.Config.PictureHosts },
	},
	{
		Name: "brand.name", Use: Page, Value: "NAME", Default: "Twinlock", Common: true,
		Help:  "Name on the page.",
		field: func(s *Settings) any { return &s.Config.Brand.Name },
	},
	{
		Name: "brand.logo", Use: Page, Value: "FILE", DefaultIs: "two rings",
		Help: "Logo: a file beside the settings file, an https URL or a path of the origin.",
		More: fmt.Sprintf("A file is a PNG, JPEG or WebP of at most %d × %[1]d pixels, or a plain SVG (no styles, scripts or "+
			"references), of at most %d kB. It is served with the site and there without a network.",
			picture.MaxSide, picture.MaxBytes>>10),
		field: func(s *Settings) any { return &s.Config.Brand.Logo },
	},
	{
		Name: "brand.accent", Use: Page, Value: "#RRGGBB", DefaultIs: "#3b4cc0", Common: true,
		Help:  "Colour of buttons and links.",
		More:  "It must be seen well on a white page.",
		field: func(s *Settings) any { return &s.Config.Brand.Accent },
	},
	{
		Name: "brand.accent_dark", Use: Page, Value: "#RRGGBB", DefaultIs: "#9aa7ff",
		Help:  "The same for dark mode.",
		field: func(s *Settings) any { return &s.Config.Brand.AccentDark },
	},
	{
		Name: "languages", Use: Page, Value: "CODE", Default: []string{"en"}, Common: true,
		Help:  "Languages to speak, or `all`; the first is for people who read none of them.",
		More:  "There are `" + strings.Join(text.Languages(), " ") + "`; `[de, all]` is all of them, German first.",
		field: func(s *Settings) any { return &s.Config.Languages },
	},
	{
		Name: "texts", Use: Words, Value: "LANGUAGE:KEY=TEXT", DefaultIs: "the page's own",
		Help: "Your own words in place of the page's.",
		More: "In the file a map by language and key (`{de: {welcome: Willkommen}}`); [TEXTS.md](TEXTS.md) has the keys. A text keeps the " +
			"places of the original, such as `{account}`. For a plural it may be a map of its forms.",
		field: func(s *Settings) any { return &s.Texts },
	},

	{
		Name: "tls_cert", Use: Traffic, Value: "FILE", DefaultIs: "plain HTTP",
		Help:  "Certificate chain (PEM), to serve by TLS.",
		More:  "It is read again when it changes, and at SIGHUP. Clients need TLS 1.3, or 1.2 with an AEAD suite.",
		field: func(s *Settings) any { return &s.TLSCert },
	},
	{
		Name: "tls_key", Use: Traffic, Value: "FILE",
		Help:  "The certificate's key (PEM).",
		field: func(s *Settings) any { return &s.TLSKey },
	},
	{
		Name: "access_log", Use: Traffic, Default: true,
		Help:  "Log each request.",
		More:  "Queries, cookies and other secrets are left out.",
		field: func(s *Settings) any { return &s.AccessLog },
	},
	{
		Name: "log_format", Use: Traffic, Value: "text|json", Default: LogText,
		Help:  "Form of the log.",
		field: func(s *Settings) any { return &s.LogFormat }, check: logFormatProblem,
	},
	{
		Name: "header_timeout", Use: Traffic, Value: "TIME", Default: serve.DefaultLimits.HeaderTimeout,
		Help:  "Longest wait for a request's header.",
		field: func(s *Settings) any { return &s.Limits.HeaderTimeout }, check: timeFrom(time.Millisecond),
	},
	{
		Name: "write_timeout", Use: Traffic, Value: "TIME", Default: serve.DefaultLimits.WriteTimeout,
		Help:  "Longest wait for a client to take 128 kB of an answer.",
		More:  "A slow client gets the whole answer, however long it takes; a stalled one is cut off.",
		field: func(s *Settings) any { return &s.Limits.WriteTimeout }, check: timeFrom(time.Millisecond),
	},
	{
		Name: "idle_timeout", Use: Traffic, Value: "TIME", Default: serve.DefaultLimits.IdleTimeout,
		Help:  "Longest wait for another request on a connection.",
		field: func(s *Settings) any { return &s.Limits.IdleTimeout }, check: timeFrom(time.Millisecond),
	},
	{
		Name: "drain_time", Use: Traffic, Value: "TIME", Default: 500 * time.Millisecond,
		Help:  "How long to go on answering after SIGTERM, with /readyz at 503.",
		More:  "A load balancer needs some seconds.",
		field: func(s *Settings) any { return &s.Limits.DrainTime }, check: timeFrom(0),
	},
	{
		Name: "stop_timeout", Use: Traffic, Value: "TIME", Default: serve.DefaultLimits.StopTimeout,
		Help:  "Longest wait for the requests that are then under way.",
		field: func(s *Settings) any { return &s.Limits.StopTimeout }, check: timeFrom(time.Millisecond),
	},
	{
		Name: "max_header_bytes", Use: Traffic, Value: "BYTES", Default: serve.DefaultLimits.MaxHeaderBytes,
		Help:  "Largest header of a request.",
		field: func(s *Settings) any { return &s.Limits.MaxHeaderBytes }, check: headerBytesProblem,
	},
}
