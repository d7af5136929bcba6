package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"twinlock/server/site"
)

type serveCommand struct {
	listenFlags
	servingFlags
	siteFlags
	tenantFlags
}

// Run serves the app until ctx ends.
func (cmd serveCommand) Run(ctx context.Context, c console) error {
	s, err := cmd.settings()
	if err != nil {
		return err
	}
	log := newLog(c.Err, s.Serving.LogFormat)
	rendered, err := site.New(site.Options{Config: s.Config, BasePath: s.BasePath, Version: version()})
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // compressing the site took more than the site
	options, scheme := serverOptions{
		Limits: s.Serving.Limits, AccessLog: s.Serving.AccessLog, Header: rendered.Header(),
	}, "http"
	if s.Serving.TLSCert != "" {
		certificate, err := openCertificate(s.Serving.TLSCert, s.Serving.TLSKey, log)
		if err != nil {
			return err
		}
		certificate.reloadOnHangup(ctx)
		options.TLS, scheme = certificate.tlsConfig(), "https"
	}
	l, err := listen(ctx, s.Addr)
	if err != nil {
		return err
	}
	running := start(l, rendered, log, options)
	fmt.Fprintf(c.Out, "ready: %s%s/\n", originBy(scheme, l), s.BasePath)
	return wait(ctx, log, running)
}

func (cmd serveCommand) settings() (settings, error) {
	s, err := cmd.merge()
	return s, errors.Join(err, checkCertificate(s.Serving.TLSCert, s.Serving.TLSKey))
}

func (cmd serveCommand) merge() (settings, error) {
	s, err := readFile(cmd.File)
	override(&s.Addr, cmd.Addr)
	cmd.servingFlags.apply(&s.Serving)
	cmd.siteFlags.apply(&s)
	cmd.tenantFlags.apply(&s)
	return s, errors.Join(err, s.finish())
}
