package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"

	"twinlock/app"
	"twinlock/app/config"
	"twinlock/server/site"
	"twinlock/server/tenant"
)

// devConnections are those of the embedded tenant.
var devConnections = []config.Connection{
	{Name: tenant.Database, Label: "Email and password", Strategy: "auth0"},
	{Name: tenant.Google, Label: "Google", Strategy: "google-oauth2"},
	{Name: tenant.Facebook, Label: "Facebook", Strategy: "facebook"},
}

// emulatorFlags are those of the embedded tenant.
type emulatorFlags struct {
	TenantAddr  string `default:"127.0.0.1:8001" placeholder:"HOST:PORT" help:"Address for the embedded tenant. Default: ${default}."`
	Data        string `placeholder:"DIR" help:"Folder to keep the tenant's users in. Default: in memory."`
	AllowRemote bool   `help:"Let the tenant listen where other machines reach it. Its passwords are public."`
}

func (f emulatorFlags) check() error {
	if err := checkAddr("tenant_addr", f.TenantAddr); err != nil || f.AllowRemote {
		return err
	}
	return checkLoopback("tenant_addr", f.TenantAddr)
}

func (f emulatorFlags) open(issuer string, o tenant.Options, log *slog.Logger) (*tenant.Tenant, error) {
	o.Issuer, o.DataDir, o.Logger = issuer, f.Data, log
	opened, err := tenant.New(o)
	if errors.Is(err, tenant.ErrInUse) {
		return nil, &config.FieldError{Field: "data", Problem: f.Data + " " + tenant.ErrInUse.Error()}
	}
	return opened, err
}

// tenantFor are the options of a tenant for apps at URLs with a trailing slash.
func tenantFor(apps ...string) tenant.Options {
	return tenant.Options{Clients: []tenant.Client{clientFor(apps...)}}
}

type devCommand struct {
	listenFlags
	siteFlags
	emulatorFlags
}

// Run serves the app and a tenant for it until ctx ends.
func (cmd devCommand) Run(ctx context.Context, c console) error {
	s, err := cmd.settings()
	if err != nil {
		return err
	}
	appListener, err := listen(ctx, s.Addr)
	if err != nil {
		return err
	}
	defer appListener.Close()
	tenantListener, err := listen(ctx, cmd.TenantAddr)
	if err != nil {
		return err
	}
	defer tenantListener.Close()
	issuer, home := origin(tenantListener)+"/", origin(appListener)+s.BasePath+"/"

	s.Config = devConfig(s.Config, issuer)
	rendered, err := site.New(site.Options{Config: s.Config, BasePath: s.BasePath, Version: version()})
	if err != nil {
		return err
	}
	log := newLog(c.Err, logText)
	emulator, err := cmd.open(issuer, tenantFor(home), log)
	if err != nil {
		return err
	}
	defer emulator.Close()

	tenantServer := start(tenantListener, emulator, log, serverOptions{})
	appServer := start(appListener, rendered, log, serverOptions{Header: rendered.Header()})
	fmt.Fprintf(c.Out, "tenant: %s\nready: %s\n", issuer, home)
	if err := printAccounts(c.Out); err != nil {
		return err
	}
	return wait(ctx, log, appServer, tenantServer)
}

func (cmd devCommand) settings() (settings, error) {
	s, err := readFile(cmd.File)
	s.Serving = defaultSettings().Serving // a file for serve may be used, however it serves
	override(&s.Addr, cmd.Addr)
	cmd.siteFlags.apply(&s)
	own := s.Config.Issuer + s.Config.Domain + s.Config.ClientID + s.Config.Audience
	// Only for the check: the ports are not known yet.
	checked := s
	checked.Config = devConfig(s.Config, "http://127.0.0.1/")
	err = errors.Join(err, cmd.check(), checked.finish())
	if own != "" {
		err = errors.Join(err, &config.FieldError{Field: "config", Problem: "names a tenant, but dev has one of its own: use serve"})
	}
	s.BasePath = checked.BasePath
	return s, err
}

// devConfig makes the configuration one for the embedded tenant.
func devConfig(c config.Config, issuer string) config.Config {
	c.Issuer = issuer
	c.ClientID = tenant.DefaultClientID
	if len(c.Connections) == 0 {
		c.Connections = devConnections
	}
	return c.WithDefaults()
}

// clientFor is the tenant's client for an app at a URL with a trailing slash. A
// loopback origin goes by two names.
func clientFor(homes ...string) tenant.Client {
	client := tenant.Client{ID: tenant.DefaultClientID}
	for _, home := range withLocalhost(homes) {
		client.Callbacks = append(client.Callbacks, strings.TrimSuffix(home, "/")+app.CallbackPath)
		client.LogoutURLs = append(client.LogoutURLs, home)
		if u, err := url.Parse(home); err == nil {
			client.WebOrigins = append(client.WebOrigins, u.Scheme+"://"+u.Host)
		}
	}
	return client
}

func withLocalhost(homes []string) []string {
	for _, home := range slices.Clone(homes) {
		u, err := url.Parse(home)
		if err != nil {
			continue
		}
		if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
			u.Host = net.JoinHostPort("localhost", u.Port())
			homes = append(homes, u.String())
		}
	}
	return homes
}

func printAccounts(w io.Writer) error {
	fmt.Fprintf(w, "\nAccounts to sign in with (password %s):\n", tenant.Password)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range tenant.Accounts() {
		fmt.Fprintf(table, "  %s\t%s\n", a.Email, label(a.Connection))
	}
	return table.Flush()
}

func label(connection string) string {
	for _, c := range devConnections {
		if c.Name == connection {
			return c.Label
		}
	}
	return connection
}
