package main

import (
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/server/site"
)

// settings are what the app is served with.
type settings struct {
	Addr     string
	BasePath string
	Serving  serving
	Config   config.Config
}

// serving is how the site is served to the world; export has no use for it.
type serving struct {
	TLSCert, TLSKey string // file names; both are empty for plain HTTP
	AccessLog       bool
	LogFormat       string
	Limits          limits
}

const defaultAddr = "127.0.0.1:8000"

// defaultSettings is where the file starts from. What the site is made of gets
// its defaults later: some depend on others.
func defaultSettings() settings {
	s := settings{Addr: defaultAddr, Serving: serving{AccessLog: true, LogFormat: logText, Limits: defaultLimits}}
	s.Serving.Limits.DrainTime = 500 * time.Millisecond
	return s
}

// siteFlags are the settings that every site has. A nil or empty one leaves the
// file's, or the default.
type siteFlags struct {
	File            string                `name:"config" placeholder:"FILE" help:"YAML file with settings."`
	BasePath        *string               `placeholder:"/PATH" help:"Folder to serve the app under. Default: the root."`
	Interaction     *provider.Interaction `placeholder:"redirect|popup|auto" help:"How to sign in. Default: redirect."`
	MaxAuthAge      *int                  `placeholder:"SECONDS" help:"How long ago a person may have signed in to link or unlink without signing in again. Default: 300."`
	UnverifiedEmail *string               `placeholder:"refuse|warn" help:"What becomes of a link when an e-mail address is not verified. Default: refuse."`
	History         *string               `placeholder:"keep|wipe" help:"What becomes of the history on a device at sign-out. Default: keep."`
	PictureHosts    []string              `placeholder:"HOST,…" help:"Hosts to load profile pictures from, besides the tenant's. Default: the large identity providers' own."`
	BrandName       *string               `placeholder:"NAME" help:"Name on the page. Default: Twinlock."`
	BrandLogo       *string               `placeholder:"URL" help:"Logo: an https URL or a path on this site."`
	BrandAccent     *string               `placeholder:"#RRGGBB" help:"Colour of buttons and links."`
	BrandAccentDark *string               `placeholder:"#RRGGBB" help:"The same for dark mode."`
	Languages       []string              `placeholder:"en,de" help:"Languages to speak; the first is for everybody else. Default: en."`
}

// tenantFlags are the settings that say whose accounts the app is for.
type tenantFlags struct {
	Domain      *string  `placeholder:"HOST" help:"The tenant's host, as tenant.eu.auth0.com."`
	Issuer      *string  `placeholder:"URL" help:"The tenant's URL, instead of the domain."`
	ClientID    *string  `placeholder:"ID" help:"Client ID of the tenant's single-page application."`
	Audience    *string  `placeholder:"URL" help:"The Management API. Default: api/v2/ of the issuer."`
	Scopes      []string `placeholder:"SCOPE,…" help:"Scopes to ask for. Default: what the app needs."`
	Connections []string `placeholder:"NAME[:STRATEGY][=LABEL],…" help:"Ways of signing in to offer."`
}

// listenFlags say where to listen.
type listenFlags struct {
	Addr *string `placeholder:"HOST:PORT" help:"Address to listen on. Default: 127.0.0.1:8000."`
}

// servingFlags are the settings of a server that faces the network.
type servingFlags struct {
	TLSCert        *string        `name:"tls-cert" placeholder:"FILE" help:"Certificate chain (PEM), to serve by TLS. It is read again when it changes."`
	TLSKey         *string        `name:"tls-key" placeholder:"FILE" help:"The certificate's key (PEM)."`
	AccessLog      *bool          `negatable:"" help:"Log each request. Default: yes."`
	LogFormat      *string        `placeholder:"text|json" help:"Form of the log. Default: text."`
	HeaderTimeout  *time.Duration `placeholder:"TIME" help:"Longest wait for a request's header. Default: 10s."`
	WriteTimeout   *time.Duration `placeholder:"TIME" help:"Longest wait for a client to take 128 kB of an answer. Default: 30s."`
	IdleTimeout    *time.Duration `placeholder:"TIME" help:"Longest wait for another request on a connection. Default: 2m."`
	DrainTime      *time.Duration `placeholder:"TIME" help:"How long to go on answering, with /readyz saying no, before the end. Default: 500ms."`
	StopTimeout    *time.Duration `placeholder:"TIME" help:"Longest wait for requests under way at the end. Default: 30s."`
	MaxHeaderBytes *int           `placeholder:"BYTES" help:"Largest header of a request. Default: 32768."`
}

func (f servingFlags) apply(s *serving) {
	override(&s.TLSCert, f.TLSCert)
	override(&s.TLSKey, f.TLSKey)
	override(&s.AccessLog, f.AccessLog)
	override(&s.LogFormat, f.LogFormat)
	override(&s.Limits.HeaderTimeout, f.HeaderTimeout)
	override(&s.Limits.WriteTimeout, f.WriteTimeout)
	override(&s.Limits.IdleTimeout, f.IdleTimeout)
	override(&s.Limits.DrainTime, f.DrainTime)
	override(&s.Limits.StopTimeout, f.StopTimeout)
	override(&s.Limits.MaxHeaderBytes, f.MaxHeaderBytes)
}

// apply overrides the settings of the file.
func (f siteFlags) apply(s *settings) {
	override(&s.BasePath, f.BasePath)
	override(&s.Config.Interaction, f.Interaction)
	override(&s.Config.MaxAuthAge, f.MaxAuthAge)
	override(&s.Config.UnverifiedEmail, f.UnverifiedEmail)
	override(&s.Config.History, f.History)
	overrideList(&s.Config.PictureHosts, f.PictureHosts)
	override(&s.Config.Brand.Name, f.BrandName)
	override(&s.Config.Brand.Logo, f.BrandLogo)
	override(&s.Config.Brand.Accent, f.BrandAccent)
	override(&s.Config.Brand.AccentDark, f.BrandAccentDark)
	overrideList(&s.Config.Languages, f.Languages)
}

func (f tenantFlags) apply(s *settings) {
	// Domain and issuer are two ways to say one thing: the later of them must not
	// clash with the file's other.
	if f.Domain != nil && f.Issuer == nil {
		s.Config.Issuer = ""
	}
	if f.Issuer != nil && f.Domain == nil {
		s.Config.Domain = ""
	}
	override(&s.Config.Domain, f.Domain)
	override(&s.Config.Issuer, f.Issuer)
	override(&s.Config.ClientID, f.ClientID)
	override(&s.Config.Audience, f.Audience)
	overrideList(&s.Config.Scopes, f.Scopes)
	overrideList(&s.Config.Connections, parseConnections(f.Connections))
}

func override[T any](setting, flag *T) {
	if flag != nil {
		*setting = *flag
	}
}

func overrideList[T any](setting *[]T, flag []T) {
	if len(flag) > 0 {
		*setting = flag
	}
}

// parseConnections reads connections as flags give them: "google-oauth2" or
// "acme:samlp=Acme's own". What is wrong with them the configuration's
// validation finds.
func parseConnections(flags []string) []config.Connection {
	var list []config.Connection
	for _, flag := range flags {
		name, label, _ := strings.Cut(flag, "=")
		name, strategy, _ := strings.Cut(name, ":")
		list = append(list, config.Connection{Name: name, Strategy: strategy, Label: label})
	}
	return list
}

// finish fills in defaults and returns all that is wrong, joined.
func (s *settings) finish() error {
	s.Config = s.Config.WithDefaults()
	base, err := site.CleanBasePath(s.BasePath)
	if err != nil {
		err = &config.FieldError{Field: "base_path", Problem: "must look like /accounts: letters, digits and -_.~ between slashes"}
	}
	s.BasePath = base
	return errors.Join(checkAddr("addr", s.Addr), err, checkLogFormat(s.Serving.LogFormat), s.Serving.Limits.check(), s.Config.Validate())
}

// checkAddr says what is wrong with an address to listen on.
func checkAddr(field, addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return &config.FieldError{Field: field, Problem: "must be host:port such as 127.0.0.1:8000"}
	}
	return nil
}
