package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"twinlock/app/config"
	"twinlock/server/serve"
	"twinlock/server/settings"
	"twinlock/server/tenant"
)

type tenantCommand struct {
	emulatorFlags
	File   string   `name:"config" placeholder:"FILE" help:"YAML file with the tenant's clients, connections, users and limits. Default: one client, for the app, and eight users."`
	App    []string `default:"http://127.0.0.1:8000/" placeholder:"URL" help:"Where the app is served, with its base path. Default: ${default}."`
	Issuer string   `placeholder:"URL" help:"The tenant's own URL, where a proxy stands before it. Default: from the address."`
}

// Run serves the embedded tenant until ctx ends.
func (cmd tenantCommand) Run(ctx context.Context, c console) error {
	options, err := cmd.options()
	if err := errors.Join(cmd.check(), cmd.checkURLs(), err); err != nil {
		return err
	}
	l, err := serve.Listen(ctx, cmd.TenantAddr)
	if err != nil {
		return err
	}
	defer l.Close()
	issuer := cmd.Issuer
	if issuer == "" {
		issuer = serve.Origin("http", l) + "/"
	}
	log := newLog(c.Err, settings.LogText)
	emulator, err := cmd.open(issuer, options, log)
	if err != nil {
		return err
	}
	defer emulator.Close()
	running := serve.Start(l, emulator, serve.Options{Log: log})
	fmt.Fprintf(c.Out, "ready: %s\n", issuer)
	if options.Users == nil && options.Connections == nil { // the tenant's own
		if err := printAccounts(c.Out, issuer); err != nil {
			return err
		}
	}
	return serve.Wait(ctx, log, running)
}

// options are those of the file, with a client for the app if it has none.
func (cmd tenantCommand) options() (tenant.Options, error) {
	o := tenantFor(cmd.App...)
	if cmd.File == "" {
		return o, nil
	}
	data, err := os.ReadFile(cmd.File)
	if err != nil {
		return o, &config.FieldError{Field: "config", Problem: err.Error()}
	}
	o, err = tenant.ReadOptions(data, o)
	if err == nil {
		return o, nil
	}
	var problems []error
	for _, problem := range settings.Problems(err) {
		problems = append(problems, &config.FieldError{Field: "config", Problem: problem.Error()})
	}
	return o, errors.Join(problems...)
}

func (cmd tenantCommand) checkURLs() error {
	var problems []error
	for _, app := range cmd.App {
		if !isFolder(app) {
			problems = append(problems, &config.FieldError{Field: "app", Problem: "must be a URL with a slash at its end"})
		}
	}
	if u, err := url.Parse(cmd.Issuer); cmd.Issuer != "" && (!isFolder(cmd.Issuer) || err != nil || u.Path != "/") {
		problems = append(problems, &config.FieldError{Field: "issuer", Problem: "must be an origin with a slash at its end"})
	}
	return errors.Join(problems...)
}

// isFolder reports whether raw is an http or https URL that ends with a slash.
func isFolder(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil &&
		u.RawQuery == "" && u.Fragment == "" && strings.HasSuffix(u.Path, "/")
}
