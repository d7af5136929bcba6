package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"

	"twinlock/app/config"
	"twinlock/server/site"
	"twinlock/server/tenant"
	"twinlock/web/asset"
)

// contender is a page that is measured. usable, ready and profile are JavaScript
// expressions, which are true from some moment of a visit on.
type contender struct {
	name       string
	url        string
	issuer     string // of its tenant
	usable     string // signing in works
	ready      string // all of the page is there
	profile    string // the profile is shown; "" if the page has none
	calledBack bool   // the tenant calls back to the page itself
	reader     string // the language of who visits; "" for the browser's own
	// signIn signs in, so that the next visit has a session; nil if the page has none.
	signIn func(*device, contender) error
}

// errLeftOut is returned when a contender cannot be measured.
var errLeftOut = errors.New("left out")

// fronts are the servers of one measurement, behind one line.
type fronts struct {
	line  *line
	stops []func() // stop the servers
}

func (f *fronts) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return f.line.wrap(l), nil
}

func (f *fronts) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go server.Serve(l)
	f.stops = append(f.stops, func() { server.Close() })
}

func (f *fronts) close() {
	for _, stop := range f.stops {
		stop()
	}
}

// database is the connection of the accounts that the measurements sign in with.
const database = "Username-Password-Authentication"

// account returns the user that signs in, with so many identities.
func account(identities int) tenant.User {
	u := tenant.User{Identity: tenant.Identity{
		Connection:    database,
		Email:         "ada@example.com",
		EmailVerified: true,
		Password:      tenant.Password,
		Name:          "Ada King",
	}}
	for i := range identities - 1 {
		u.Linked = append(u.Linked, tenant.Identity{
			Connection:    "google-oauth2",
			ID:            fmt.Sprint(1000 + i),
			Email:         fmt.Sprintf("ada%d@gmail.example", i),
			EmailVerified: true,
		})
	}
	return u
}

// twinlock starts the site and a tenant for it.
func (f *fronts) twinlock(identities int) (contender, error) {
	return f.twinlockIn(identities, nil)
}

// inLanguages returns a starter of a site that speaks some languages, for somebody who reads one.
func inLanguages(name string, spoken []string, reader string) starter {
	return func(f *fronts) (contender, error) {
		c, err := f.twinlockIn(1, spoken)
		c.name, c.reader, c.signIn, c.profile = name, reader, nil, ""
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
	c := config.Config{
		Issuer: issuer, ClientID: tenant.DefaultClientID,
		Connections: []config.Connection{{Name: database}, {Name: "google-oauth2"}, {Name: "facebook"}},
		Languages:   spoken,
	}.WithDefaults()
	made, err := site.New(site.Options{Config: c, Version: "bench"})
	if err != nil {
		return contender{}, err
	}
	f.serve(front, made)
	return contender{
		name:   "Twinlock",
		url:    home + "/",
		issuer: issuer,
		usable: `typeof window.twinlockReady === "function"`,
		ready:  `document.documentElement.dataset.ready === "true"`,
		profile: fmt.Sprintf(
			`document.querySelectorAll("#linked-accounts-list li").length === %d &&
				document.querySelector("#btn-link-account")`,
			identities-1,
		),
		signIn: signInTwinlock,

		calledBack: true,
	}, nil
}

// tenant starts a tenant for a page and returns its issuer.
func (f *fronts) tenant(origin, callback string, identities int) (string, error) {
	l, err := f.listen()
	if err != nil {
		return "", err
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	issuer := "http://tenant.localhost:" + port + "/"
	t, err := tenant.New(tenant.Options{
		Issuer: issuer,
		Clients: []tenant.Client{{
			ID:         tenant.DefaultClientID,
			Callbacks:  []string{callback},
			WebOrigins: []string{origin},
			LogoutURLs: []string{origin + "/"},
			Grants:     []string{tenant.GrantCode, tenant.GrantRefreshToken, tenant.GrantImplicit},
		}},
		Users:  []tenant.User{account(identities)},
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return "", err
	}
	f.stops = append(f.stops, func() { t.Close() })
	f.serve(l, t)
	return issuer, nil
}

// peers is the folder with Auth0's own clients.
const peers = "server/tenant/peers"

// bundleLock bundles auth0-lock as its users do. It returns errLeftOut if auth0-lock is not
// installed.
func bundleLock(ctx context.Context, dir string) (*file, error) {
	esbuild := filepath.Join(peers, "node_modules", ".bin", "esbuild")
	if _, err := os.Stat(esbuild); err != nil {
		return nil, fmt.Errorf("%w: auth0-lock is not installed; make test-peers fetches it with npm", errLeftOut)
	}
	path := filepath.Join(dir, "lock.js")
	cmd := exec.CommandContext(ctx, esbuild, "server/bench/lock.js",
		"--bundle", "--minify", "--format=iife", "--main-fields=browser,module,main",
		`--define:process.env.NODE_ENV="production"`, "--define:global=window", "--outfile="+path)
	cmd.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(peers, "node_modules"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("bundle auth0-lock: %w: %s", err, out)
	}
	script, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	small, err := asset.Brotli.Compress(script)
	if err != nil {
		return nil, err
	}
	f := newFile(".js", forever, small)
	return &f, nil
}

// lock starts the page of Auth0's old tutorial, and a tenant for it. The page has auth0-lock,
// and reads the profile with the token that an earlier visit has left in localStorage.
func (f *fronts) lock(script file, identities int) (contender, error) {
	front, err := f.listen()
	if err != nil {
		return contender{}, err
	}
	home := "http://" + front.Addr().String()
	issuer, err := f.tenant(home, home+"/", identities)
	if err != nil {
		return contender{}, err
	}
	settings, err := json.Marshal(map[string]string{"issuer": issuer, "client": tenant.DefaultClientID})
	if err != nil {
		return contender{}, err
	}
	s := pages{"/lock.js": script}
	if err := s.add("/", revalidate, fmt.Appendf(nil, `<!doctype html><html lang=en><meta charset=utf-8>
		<meta name=viewport content="width=device-width">
		<title>Lock</title><h1>Linked accounts</h1><button id=btn-login>Sign in</button><ul id=list></ul>
		<script src=/lock.js defer id=lock data-settings='%s'></script>`, settings)); err != nil {
		return contender{}, err
	}
	f.serve(front, s)
	return contender{
		name: "auth0-lock", url: home + "/", issuer: issuer,
		usable: `window.lockReady`, ready: `window.lockReady`,
		profile: fmt.Sprintf(`document.querySelectorAll("#list li").length === %d`, identities),
		signIn:  signInLock,
	}, nil
}
