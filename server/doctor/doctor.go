// Package doctor examines a tenant and a deployed site from outside, as anybody can, and says
// what is wrong with them: [Examine] sends a few requests without credentials and returns a
// [Report].
//
// What tenants answer is taken from Auth0's documentation and from reports of others,
// not from the emulator of package tenant, which stands on the same sources. An answer that
// none of them describes is no finding: it is told as unseen.
package doctor

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/time/rate"

	"twinlock/app/config"
)

// Options of an examination.
type Options struct {
	// Config is the page's document, with its defaults.
	Config config.Config
	// Page is the page's address with a trailing slash; nil if it is not known.
	Page *url.URL
	// Serve is what Twinlock would send for these settings, to look at the deployed site beside
	// it. Nil: the site is not looked at.
	Serve http.Handler
	// Token is one for the Management API, to see what is not seen from outside: with the scopes
	// read:clients, read:connections, read:client_grants, read:resource_servers,
	// read:custom_domains and read:tenant_settings. It is sent to the API alone. "": none.
	Token string
	// Transport sends the requests. Nil: http.DefaultTransport.
	Transport http.RoundTripper
	// Now is the clock of this machine. Nil: time.Now.
	Now func() time.Time
	// Pace waits before each request to the Management API. Nil: two a second, which is what a
	// free plan allows.
	Pace func(context.Context) error
	// Progress is told what is looked at. Nil: nobody is.
	Progress func(what string)
}

func (o *Options) withDefaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pace == nil {
		o.Pace = rate.NewLimiter(apiRate, apiBurst).Wait
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
}

// Examine looks at the tenant of a site. It changes nothing there: each login that it asks for
// ends at the tenant's first answer. It returns what it has found when ctx ends.
func Examine(ctx context.Context, o Options) Report {
	o.withDefaults()
	report := Report{Findings: []Finding{}, Hidden: []Hidden{}, Unseen: []string{}}
	c := &tenantCheck{
		Report: &report, asker: newAsker(o), config: o.Config, page: o.Page, now: o.Now,
		places: places{o.Config},
	}
	c.examine(ctx, o.Progress)
	if o.Token == "" {
		report.unseen("The algorithm of ID tokens (it must be RS256), the access policy, offline access, allowed origins, the state of a custom domain, languages of the tenant's pages: they cannot be seen from outside, only with --token-env")
	}
	if o.Page != nil && o.Serve != nil {
		o.Progress("the site " + o.Page.String())
		site := &siteCheck{Report: &report, asker: c.asker, page: o.Page, serve: o.Serve}
		site.examine(ctx)
	}
	if o.Token != "" && !report.has(Client) {
		o.Progress("the settings of the tenant")
		c.asker.left += insideRequests
		inside := &insideCheck{Report: &report, asker: c.asker, config: o.Config, page: o.Page, places: places{o.Config}, token: o.Token}
		inside.examine(ctx)
	}
	if ctx.Err() != nil {
		report.unseen("The rest: %v", context.Cause(ctx))
	}
	report.settle(o.Page != nil && loopback(o.Page))
	report.Requests = c.asker.sent
	return report
}

// examine makes the checks in the order in which a tenant looks at a login.
func (c *tenantCheck) examine(ctx context.Context, progress func(string)) {
	progress("the tenant " + c.config.Issuer)
	if !c.discovery(ctx) {
		return
	}
	c.keys(ctx)
	progress("the application " + c.config.ClientID)
	doubtful, script := c.application(ctx)
	if c.page == nil {
		c.unseen("Callback, logout URL, web origin, audience, grants and the authentication method: give the page's address with --page")
	} else {
		c.login(ctx, doubtful, script)
	}
	progress("the connections")
	if !c.has(Client) {
		c.connections(ctx)
	}
	if c.page != nil && !c.has(Client) {
		progress("logout and tokens")
		c.logout(ctx)
		c.token(ctx)
		c.refresh(ctx)
	}
	progress("the Management API")
	c.management(ctx)
}
