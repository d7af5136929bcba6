package main

import (
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
	"twinlock/server/settings"
	"twinlock/server/tenant"
)

// emulatorFlags are those of the embedded tenant.
type emulatorFlags struct {
	TenantAddr  string `default:"127.0.0.1:8001" placeholder:"HOST:PORT" help:"Address for the embedded tenant. Default: ${default}."`
	Data        string `placeholder:"DIR" help:"Folder to keep the tenant's users in. Default: in memory."`
	AllowRemote bool   `help:"Let the tenant listen where other machines reach it. Its passwords are public."`
}

func (f emulatorFlags) check() error {
	if err := settings.CheckAddr("tenant_addr", f.TenantAddr); err != nil || f.AllowRemote {
		return err
	}
	return checkLoopback("tenant_addr", f.TenantAddr)
}

// checkLoopback refuses an address that other machines can reach.
func checkLoopback(setting, addr string) error {
	host, _, _ := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return &config.FieldError{Field: setting, Problem: addr + " can be reached from other machines, " +
		"and everybody can sign in to the embedded tenant: give a loopback address, or --allow-remote"}
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

// clientFor is the tenant's client for an app at a URL with a trailing slash. A
// loopback origin goes by two names.
func clientFor(homes ...string) tenant.Client {
	client := tenant.Client{ID: tenant.DefaultClientID, OrganizationUsage: "allow"}
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

// devConnections are those of the embedded tenant.
var devConnections = []config.Connection{
	{Name: tenant.Database, Label: "Email and password", Strategy: "auth0"},
	{Name: tenant.Google, Label: "Google", Strategy: "google-oauth2"},
	{Name: tenant.Facebook, Label: "Facebook", Strategy: "facebook"},
}

// printAccounts says, for a person, what there is to try at the tenant of that URL.
func printAccounts(w io.Writer, issuer string) error {
	fmt.Fprintf(w, "\nDashboard with users, messages and states of the app: %s_emulator/\n", issuer)
	fmt.Fprintf(w, "\nAccounts to sign in with (password %s):\n", tenant.Password)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range tenant.Accounts() {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", a.Email, label(a.Connection), a.For)
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
