package main

import (
	"context"
	"errors"
	"fmt"

	"twinlock/app/config"
	"twinlock/server/settings"
	"twinlock/server/site"
)

type exportCommand struct {
	settings.Flags
	Out string `required:"" placeholder:"DIR" help:"Folder to write to. It must be empty or not exist, and be no link."`
}

func newExport() exportCommand {
	return exportCommand{Flags: settings.NewFlags(settings.Place, settings.Tenant, settings.Page, settings.Words)}
}

// Run writes the same bytes that serve would send.
func (cmd exportCommand) Run(ctx context.Context, c console) error {
	s, err := cmd.Read()
	if err := errors.Join(err, s.Finish(), checkOut(cmd.Out)); err != nil {
		return err
	}
	rendered, err := site.New(site.Options{Config: s.Config, BasePath: s.BasePath, Texts: s.Texts, Pictures: s.Pictures, Version: version()})
	if err != nil {
		return err
	}
	if err := rendered.Export(ctx, cmd.Out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Out, "wrote %s, to be served at %s/\n"+
		"to register at the tenant, for the host of yours:\n"+
		"  Allowed Callback URLs  https://HOST%[2]s/callback\n"+
		"  Allowed Logout URLs    https://HOST%[2]s/\n"+
		"  Allowed Web Origins    https://HOST\n", cmd.Out, s.BasePath)
	return err
}

// checkOut says what is wrong with the folder before the site is rendered.
func checkOut(dir string) error {
	if err := site.CheckFolder(dir); err != nil {
		return &config.FieldError{Field: "out", Problem: err.Error()}
	}
	return nil
}
