package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"twinlock/app/config"
	"twinlock/server/site"
)

type exportCommand struct {
	siteFlags
	tenantFlags
	Out string `required:"" placeholder:"DIR" help:"Folder to write to. It must be empty or not exist."`
}

// Run writes the same bytes that serve would send.
func (cmd exportCommand) Run(_ context.Context, c console) error {
	s, err := readFile(cmd.File)
	// A file for serve may be used, however it serves.
	s.Addr, s.Serving = defaultAddr, defaultSettings().Serving
	cmd.siteFlags.apply(&s)
	cmd.tenantFlags.apply(&s)
	if err := errors.Join(err, s.finish(), checkEmpty(cmd.Out)); err != nil {
		return err
	}
	rendered, err := site.New(site.Options{Config: s.Config, BasePath: s.BasePath, Version: version()})
	if err != nil {
		return err
	}
	if err := rendered.Export(cmd.Out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.Out, "wrote %s, to be served at %s/\n", cmd.Out, s.BasePath)
	return err
}

// checkEmpty keeps an export from being mixed with another: what is left of an
// earlier program would be served for ever, and a page would ask for files that
// are not written yet.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return &config.FieldError{Field: "out", Problem: err.Error()}
	}
	return &config.FieldError{Field: "out", Problem: dir + " is not empty"}
}
