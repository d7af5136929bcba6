package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/chromedp/chromedp"

	"twinlock/server/tenant"
	"twinlock/web/asset"
)

// peers is the folder with Auth0's own clients.
const peers = "server/tenant/peers"

// errLeftOut is returned when a contender cannot be measured.
var errLeftOut = errors.New("left out")

// bundlePeer bundles a page of one of Auth0's clients as its users do. It returns
// errLeftOut if the clients are not installed.
func bundlePeer(ctx context.Context, dir, page string) (*file, error) {
	esbuild := filepath.Join(peers, "node_modules", ".bin", "esbuild")
	if _, err := os.Stat(esbuild); err != nil {
		return nil, fmt.Errorf("%w: %s: Auth0's clients are not installed; make test-peers fetches them with npm", errLeftOut, page)
	}
	path := filepath.Join(dir, page)
	cmd := exec.CommandContext(ctx, esbuild, filepath.Join("server", "bench", page),
		"--bundle", "--minify", "--format=iife", "--main-fields=browser,module,main",
		`--define:process.env.NODE_ENV="production"`, "--define:global=window", "--outfile="+path)
	cmd.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(peers, "node_modules"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("bundle %s: %w: %s", page, err, out)
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

// peer starts a page with a script of [bundlePeer], and a tenant for it, which calls back to
// a path of the page.
func (f *fronts) peer(name, callback string, script file, identities int) (contender, error) {
	front, err := f.listen()
	if err != nil {
		return contender{}, err
	}
	home := "http://" + front.Addr().String()
	issuer, err := f.tenant(home, home+callback, identities)
	if err != nil {
		return contender{}, err
	}
	settings, err := json.Marshal(map[string]string{"issuer": issuer, "client": tenant.DefaultClientID})
	if err != nil {
		return contender{}, err
	}
	s := pages{"/page.js": script}
	if err := s.add("/", revalidate, fmt.Appendf(nil, `<!doctype html><html lang=en><meta charset=utf-8>
		<meta name=viewport content="width=device-width">
		<title>%s</title><h1>Linked accounts</h1><button id=btn-login>Sign in</button><button id=btn-link>Link</button>
		<p id=profile></p><ul id=list></ul>
		<script src=/page.js defer id=page data-settings='%s'></script>`, name, settings)); err != nil {
		return contender{}, err
	}
	s[callback] = s["/"]
	f.serve(front, s)
	return contender{
		name: name, url: home + "/", issuer: issuer, usable: `window.pageReady`, ready: `window.pageReady`,
	}, nil
}

// locks starts the page of Auth0's old tutorial. It has two Locks of auth0-lock, and reads
// the profile with the token that an earlier visit has left in localStorage.
func (f *fronts) locks(script file, identities int) (contender, error) {
	c, err := f.peer(twoLocks, "/", script, identities)
	c.profile = fmt.Sprintf(`list("#list") === %d && seen("#list li:last-child") && says(%q)`, identities, email)
	c.fresh = c.profile // it shows nothing but the answer
	c.signIn = signInLock
	return c, err
}

// spa starts a page of auth0-spa-js, which shows what the ID token says of the profile.
func (f *fronts) spa(script file) (contender, error) {
	c, err := f.peer(spaJS, "/callback", script, 1)
	c.profile = fmt.Sprintf(`seen("#profile") && says(%q)`, email)
	c.fresh = c.profile
	c.calledBack, c.forgets = true, true
	c.signIn = func(d *device, c contender) error {
		return errors.Join(d.do(c.ready, `document.querySelector("#btn-login").click()`), d.answer(), d.wait(c.profile))
	}
	return c, err
}

// signInLock signs in at the tenant's own page and stores the token as the tutorial does.
func signInLock(d *device, c contender) error {
	query := url.Values{
		"client_id": {tenant.DefaultClientID}, "connection": {database}, "response_type": {"token id_token"},
		"redirect_uri": {c.url}, "scope": {"openid profile email read:current_user"}, "audience": {c.issuer + "api/v2/"},
		"state": {"bench"}, "nonce": {"bench"},
	}
	ctx, cancel := context.WithTimeout(d.ctx, timeout)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(c.issuer+"authorize?"+query.Encode())); err != nil {
		return err
	}
	return errors.Join(
		d.answer(),
		d.do(`location.hash.includes("access_token")`, `
			const answer = new URLSearchParams(location.hash.slice(1));
			const {sub} = JSON.parse(atob(answer.get("id_token").split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
			localStorage.setItem("session", JSON.stringify({sub, token: answer.get("access_token")}))`),
	)
}
