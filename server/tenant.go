package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"twinlock/app/config"
)

type tenantCommand struct {
	emulatorFlags
	App    []string `default:"http://127.0.0.1:8000/" placeholder:"URL" help:"Where the app is served, with its base path. Default: ${default}."`
	Issuer string   `placeholder:"URL" help:"The tenant's own URL, where a proxy stands before it. Default: from the address."`
}

// Run serves the embedded tenant until ctx ends.
func (cmd tenantCommand) Run(ctx context.Context, c console) error {
	if err := errors.Join(cmd.check(), cmd.checkURLs()); err != nil {
		return err
	}
	l, err := listen(ctx, cmd.TenantAddr)
	if err != nil {
		return err
	}
	defer l.Close()
	issuer := cmd.Issuer
	if issuer == "" {
		issuer = origin(l) + "/"
	}
	emulator, err := cmd.open(issuer, clientFor(cmd.App...), c.Log)
	if err != nil {
		return err
	}
	defer emulator.Close()
	running := start(l, emulator, c.Log)
	fmt.Fprintf(c.Out, "ready: %s\n", issuer)
	if err := printAccounts(c.Out); err != nil {
		return err
	}
	return wait(ctx, c.Log, running)
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
