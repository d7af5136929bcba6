package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"twinlock/server/doctor"
	"twinlock/server/serve"
	"twinlock/server/settings"
	"twinlock/server/site"
)

type serveCommand struct {
	settings.Flags
	Page  string `placeholder:"URL" help:"Address of the page, as people open it. Default: where it listens."`
	Check bool   `help:"Examine the tenant once the page is there, and log what is wrong."`
}

func newServe() serveCommand {
	return serveCommand{Flags: settings.NewFlags(
		settings.Listen, settings.Place, settings.Tenant, settings.Page, settings.Words, settings.Traffic,
	)}
}

// Run serves the app until ctx ends.
func (cmd serveCommand) Run(ctx context.Context, c console) error {
	s, err := cmd.Read()
	page, wrong := parsePage(cmd.Page)
	if err := errors.Join(err, s.Finish(), s.CheckCertificate(), wrong); err != nil {
		return err
	}
	log := newLog(c.Err, s.LogFormat)
	rendered, err := site.New(site.Options{Config: s.Config, BasePath: s.BasePath, Texts: s.Texts, Pictures: s.Pictures, Version: version()})
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
	here := serve.Origin(scheme, l) + s.BasePath + "/"
	fmt.Fprintf(c.Out, "ready: %s\n", here)
	if page == nil {
		if page, err = url.Parse(here); err != nil {
			return err
		}
	}
	log.Info("to register at the tenant", register(page)...)
	checking, stop := context.WithCancel(ctx)
	var checks sync.WaitGroup
	if cmd.Check {
		checks.Go(func() { check(checking, log, doctor.Options{Config: s.Config, Page: page}) })
	}
	err = serve.Wait(ctx, log, running)
	stop()
	checks.Wait()
	return err
}

// register returns what the tenant's application has to allow for a page: names and values.
func register(page *url.URL) []any {
	return []any{
		"allowed_callback_urls", page.JoinPath("callback").String(), "allowed_logout_urls", page.String(),
		"allowed_web_origins", page.Scheme + "://" + page.Host,
	}
}

// check logs what is wrong with the tenant. It never stops the server: the tenant may be
// mended, or be out of reach for a while.
func check(ctx context.Context, log *slog.Logger, o doctor.Options) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	report := doctor.Examine(ctx, o)
	for _, f := range report.Findings {
		log.Warn("the tenant is not set up for this page", "kind", f.Kind, "problem", f.Problem, "about", f.Subject, "answer", f.Answer)
	}
	log.Info("the tenant is examined", "to_mend", len(report.Findings), "requests", report.Requests)
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
