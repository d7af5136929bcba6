package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"twinlock/server/serve"
	"twinlock/server/settings"
	"twinlock/server/site"
)

type serveCommand struct{ settings.Flags }

func newServe() serveCommand {
	return serveCommand{settings.NewFlags(
		settings.Listen, settings.Place, settings.Tenant, settings.Page, settings.Traffic,
	)}
}

// Run serves the app until ctx ends.
func (cmd serveCommand) Run(ctx context.Context, c console) error {
	s, err := cmd.Read()
	if err := errors.Join(err, s.Finish(), s.CheckCertificate()); err != nil {
		return err
	}
	log := newLog(c.Err, s.LogFormat)
	rendered, err := site.New(site.Options{Config: s.Config, BasePath: s.BasePath, Pictures: s.Pictures, Version: version()})
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // compressing the site took more than the site
	options := serve.Options{Limits: s.Limits, AccessLog: s.AccessLog, Header: rendered.Header(), Log: log}
	scheme := "http"
	if s.TLSCert != "" {
		certificate, err := serve.OpenCertificate(s.TLSCert, s.TLSKey, log)
		if err != nil {
			return err
		}
		reloadOnHangup(ctx, certificate)
		options.TLS, scheme = certificate.TLSConfig(), "https"
	}
	l, err := serve.Listen(ctx, s.Addr)
	if err != nil {
		return err
	}
	running := serve.Start(l, rendered, options)
	fmt.Fprintf(c.Out, "ready: %s%s/\n", serve.Origin(scheme, l), s.BasePath)
	return serve.Wait(ctx, log, running)
}

// reloadOnHangup reads a certificate again with every SIGHUP, until ctx ends.
func reloadOnHangup(ctx context.Context, c *serve.Certificate) {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go func() {
		defer signal.Stop(hangup)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangup:
				c.Reload()
			}
		}
	}()
}
