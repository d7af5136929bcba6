package main

import (
	"context"
	"errors"
	"fmt"

	"twinlock/server/site"
)

type serveCommand struct {
	listenFlags
	siteFlags
	tenantFlags
}

// Run serves the app until ctx ends.
func (cmd serveCommand) Run(ctx context.Context, c console) error {
	s, err := cmd.settings()
	if err != nil {
		return err
	}
	rendered, err := site.New(site.Options{Config: s.Config, BasePath: s.BasePath, Version: version()})
	if err != nil {
		return err
	}
	l, err := listen(ctx, s.Addr)
	if err != nil {
		return err
	}
	running := start(l, rendered, c.Log)
	fmt.Fprintf(c.Out, "ready: %s%s/\n", origin(l), s.BasePath)
	return wait(ctx, c.Log, running)
}

func (cmd serveCommand) settings() (settings, error) {
	s, err := readFile(cmd.File)
	if s.Addr == "" {
		s.Addr = defaultAddr
	}
	override(&s.Addr, cmd.Addr)
	cmd.siteFlags.apply(&s)
	cmd.tenantFlags.apply(&s)
	return s, errors.Join(err, s.finish())
}
