package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"

	"twinlock/app/config"
	"twinlock/server/site"
	"twinlock/server/tenant"
)

// connections are those of the sites that are measured.
var connections = []string{database, "google-oauth2", "facebook"}

// twinlock starts the site and a tenant for it.
func (f *fronts) twinlock(identities int) (contender, error) {
	return f.twinlockIn(identities, nil)
}

// inLanguages returns a starter of a site that speaks some languages, for somebody who reads one.
func inLanguages(name string, spoken []string, reader string) starter {
	return func(f *fronts) (contender, error) {
		c, err := f.twinlockIn(1, spoken)
		c.name, c.reader, c.signIn, c.profile, c.fresh = name, reader, nil, "", ""
		c.usable += ` && !document.documentElement.hidden && document.documentElement.lang === "` + reader + `"`
		return c, err
	}
}

// twinlockIn is twinlock with a site that speaks some languages, nil for English alone.
func (f *fronts) twinlockIn(identities int, spoken []string) (contender, error) {
	front, err := f.listen()
	if err != nil {
		return contender{}, err
	}
	home := "http://" + front.Addr().String()
	issuer, err := f.tenant(home, home+"/callback", identities)
	if err != nil {
		return contender{}, err
	}
	c := config.Config{Issuer: issuer, ClientID: tenant.DefaultClientID, Languages: spoken}
	for _, name := range connections {
		c.Connections = append(c.Connections, config.Connection{Name: name})
	}
	made, err := site.New(site.Options{Config: c.WithDefaults(), Version: "bench"})
	if err != nil {
		return contender{}, err
	}
	f.serve(front, made)
	return ofTwinlock("Twinlock", home+"/", issuer, identities), nil
}

// built starts the site that a checkout of Twinlock has built, and a tenant for it.
func (f *fronts) built(ctx context.Context, name, checkout string, identities int) (contender, error) {
	front, err := f.listen()
	if err != nil {
		return contender{}, err
	}
	home := "http://" + front.Addr().String()
	issuer, err := f.tenant(home, home+"/callback", identities)
	if err != nil {
		return contender{}, err
	}
	server, err := serveCommand(ctx, filepath.Join(checkout, "bin", "twinlock"), []string{
		"--issuer=" + issuer, "--client-id=" + tenant.DefaultClientID, "--connections=" + strings.Join(connections, ","),
	})
	if err != nil {
		return contender{}, fmt.Errorf("%s: %w", checkout, err)
	}
	f.stops = append(f.stops, func() { front.Close(); _ = server.stop() })
	go relay(front, server.addr)
	return ofTwinlock(name, home+"/", issuer, identities), nil
}

// relay carries each connection to a server on.
func relay(front net.Listener, addr string) {
	for {
		near, err := front.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		far, err := net.Dial("tcp", addr)
		if err != nil {
			near.Close()
			continue
		}
		for _, ends := range [][2]net.Conn{{near, far}, {far, near}} {
			go func() {
				_, _ = io.Copy(ends[0], ends[1])
				near.Close()
				far.Close()
			}()
		}
	}
}

// ofTwinlock describes a site of Twinlock.
func ofTwinlock(name, url, issuer string, identities int) contender {
	profile := fmt.Sprintf(`list("#linked-accounts-list") === %d && seen("#linked-accounts-list") && says(%q)`, identities-1, email)
	return contender{
		name:    name,
		url:     url,
		issuer:  issuer,
		usable:  `typeof window.twinlockReady === "function"`,
		ready:   `document.documentElement.dataset.ready === "true"`,
		profile: profile,
		// It is, too, once the program has read it: the marks of what is older have gone then.
		fresh: `(document.documentElement.dataset.fresh === "true" || document.documentElement.dataset.ready === "true" &&
			answered("/api/v2/users/") && !document.querySelector(".as-of, .refreshing")) && ` + profile,
		signIn:     signInTwinlock,
		calledBack: true,
	}
}

func signInTwinlock(d *device, c contender) error {
	return errors.Join(
		d.do(c.ready, `document.querySelector("#btn-login").click()`),
		d.do(
			// A dialog ignores presses for a moment after it has opened.
			`document.querySelector("dialog[open] [data-connection]:enabled")`,
			`document.querySelector("dialog[open] [data-connection]").click()`,
		),
		d.answer(),
		d.wait(c.fresh),
		// What the worker stores must be there, or the next visit is not a return.
		d.wait(`navigator.serviceWorker.getRegistration().then(
			(r) => window.stored = r?.active?.state === "activated"), window.stored`),
	)
}
