package main

import (
	"context"
	"errors"
	"fmt"

	"twinlock/app/config"
	"twinlock/server/serve"
	"twinlock/server/settings"
	"twinlock/server/site"
	"twinlock/server/tenant"
)

type devCommand struct {
	settings.Flags
	emulatorFlags
}

func newDev() devCommand {
	return devCommand{Flags: settings.NewFlags(settings.Listen, settings.Place, settings.Page, settings.Words)}
}

// Run serves the app and a tenant for it until ctx ends.
func (cmd devCommand) Run(ctx context.Context, c console) error {
	s, err := cmd.read()
	if err != nil {
		return err
	}
	appListener, err := serve.Listen(ctx, s.Addr)
	if err != nil {
		return err
	}
	defer appListener.Close()
	tenantListener, err := serve.Listen(ctx, cmd.TenantAddr)
	if err != nil {
		return err
	}
	defer tenantListener.Close()
	issuer, home := serve.Origin("http", tenantListener)+"/", serve.Origin("http", appListener)+s.BasePath+"/"

	s.Config = devConfig(s.Config, issuer)
	rendered, err := site.New(site.Options{Config: s.Config, BasePath: s.BasePath, Texts: s.Texts, Pictures: s.Pictures, Version: version()})
	if err != nil {
		return err
	}
	log := newLog(c.Err, settings.LogText)
	emulator, err := cmd.open(issuer, tenantFor(home), log)
	if err != nil {
		return err
	}
	defer emulator.Close()

	tenantServer := serve.Start(tenantListener, emulator, serve.Options{Log: log})
	appServer := serve.Start(appListener, rendered, serve.Options{Header: rendered.Header(), Log: log})
	fmt.Fprintf(c.Out, "tenant: %s\nready: %s\n", issuer, home)
	if err := printAccounts(c.Out, issuer); err != nil {
		return err
	}
	return serve.Wait(ctx, log, appServer, tenantServer)
}

// read returns the settings, which lack the tenant: its port is not known yet.
func (cmd devCommand) read() (settings.Settings, error) {
	s, err := cmd.Read()
	complete := s
	complete.Config = devConfig(s.Config, "http://127.0.0.1/")
	err = errors.Join(err, cmd.check(), complete.Finish())
	if s.Config.Issuer+s.Config.Domain+s.Config.ClientID+s.Config.Audience != "" {
		const problem = "names a tenant, but dev has one of its own: use serve"
		err = errors.Join(err, &config.FieldError{Field: "config", Problem: problem})
	}
	s.BasePath = complete.BasePath
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
