package doctor

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// What can be wrong with a deployed site.
const (
	// SitePage: the page is not there.
	SitePage Kind = "site_page"
	// SiteRedirect: the page's address leads to another one.
	SiteRedirect Kind = "site_redirect"
	// SiteTenant: the page is made for another tenant or application.
	SiteTenant Kind = "site_tenant"
	// SiteConfig: the configuration is not that of the settings.
	SiteConfig Kind = "site_config"
	// SiteHeaders: a response header is missing or another one.
	SiteHeaders Kind = "site_headers"
	// SiteCallback: the callback's address does not have the callback's page.
	SiteCallback Kind = "site_callback"
	// SiteType: a file has a wrong type.
	SiteType Kind = "site_type"
	// SiteCompression: the program is sent as large as it is.
	SiteCompression Kind = "site_compression"
	// SiteWorker: the service worker is not there, or may not serve the whole site.
	SiteWorker Kind = "site_worker"
	// SiteMissing: a path that is not of the site has a page.
	SiteMissing Kind = "site_missing"
	// SiteMixed: the page, or something that it needs, is not on https.
	SiteMixed Kind = "site_mixed"
)

var siteKinds = []Kind{SiteRedirect, SiteTenant, SiteConfig, SiteHeaders, SiteCallback, SiteType, SiteCompression, SiteWorker,
	SiteMissing, SiteMixed}

// hosting is where to read what a host has to do.
const hosting = "server/site/HOSTING.md"

// A siteCheck looks at a deployed site, beside what Twinlock itself would send for the same
// settings.
type siteCheck struct {
	*Report
	asker *asker
	page  *url.URL
	serve http.Handler
}

func (c *siteCheck) find(k Kind, subject, problem string, a answer) {
	f := Finding{Kind: k, Subject: subject, Problem: problem, Link: hosting}
	if a.status != 0 {
		f.Answer = fmt.Sprintf("%d %s", a.status, a.header.Get("Content-Type"))
	}
	c.Findings = append(c.Findings, f)
}

// plain asks for a path below the page. A compressed answer, which some hosts send to everybody,
// is read as it was.
func (c *siteCheck) plain(ctx context.Context, below string) (answer, error) {
	address := c.page.String()
	if below != "" {
		address = c.page.JoinPath(below).String()
	}
	return c.asker.ask(ctx, http.MethodGet, address, nil, nil)
}

// wanted is what Twinlock would send for a path below the page.
func (c *siteCheck) wanted(ctx context.Context, below string) answer {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, path.Join(c.page.Path, below), nil)
	if err != nil {
		return answer{}
	}
	if below == "" {
		r.URL.Path = c.page.Path
	}
	w := &recorder{header: http.Header{}}
	c.serve.ServeHTTP(w, r)
	return answer{cmp.Or(w.status, http.StatusOK), w.header, w.body.String()}
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }
func (w *recorder) WriteHeader(status int)      { w.status = cmp.Or(w.status, status) }

// made is what a page says that it was made for and with, by the names of its attributes.
func made(page string) map[string]string {
	z := html.NewTokenizer(strings.NewReader(page))
	for z.Next() != html.ErrorToken {
		token, attributes := z.Token(), map[string]string{}
		for _, a := range token.Attr {
			attributes[a.Key] = a.Val
		}
		if token.Data == "script" && attributes["id"] == "boot" {
			return attributes
		}
	}
	return nil
}

func isHTML(a answer) bool {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return a.status == http.StatusOK && kind == "text/html"
}

// examine makes the checks of a site.
func (c *siteCheck) examine(ctx context.Context) {
	a, err := c.plain(ctx, "")
	switch {
	case err != nil || a.unclear():
		c.find(SitePage, c.page.String(), "The page does not answer: "+cmp.Or(errorText(err), a.words()), answer{})
		return
	case a.status/100 == 3:
		c.find(SiteRedirect, c.page.String(), "The page's address leads to another one, which the tenant would have to know: "+a.header.Get("Location"), a)
		return
	}
	page := made(a.body)
	if !isHTML(a) || page == nil {
		c.find(SitePage, c.page.String(), "What answers at the page's address is not Twinlock's page.", a)
		return
	}
	wanted := c.wanted(ctx, "")
	expected := made(wanted.body)
	c.tenant(page, expected)
	c.mixed(a.body)
	sameVersion := page["data-version"] == expected["data-version"]
	if !sameVersion {
		c.unseen("The values of headers: the site is of another version of Twinlock (%s)", page["data-version"])
	}
	c.headers(a, wanted, sameVersion)
	c.configuration(ctx, sameVersion)
	c.callback(ctx)
	c.program(ctx, page["data-wasm"])
	c.worker(ctx, page["data-worker"], expected["data-worker"])
	c.missing(ctx)
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// tenant compares whom the page was made for.
func (c *siteCheck) tenant(page, expected map[string]string) {
	for _, name := range []string{"data-issuer", "data-client-id"} {
		if page[name] != expected[name] {
			c.find(SiteTenant, page[name], "The page was made with other settings: it has "+page[name]+", and the settings say "+expected[name]+".", answer{})
			return
		}
	}
	if c.page.Scheme == "https" && strings.HasPrefix(page["data-issuer"], "http://") {
		c.find(SiteMixed, page["data-issuer"], "The page is on https and the tenant is not: browsers refuse that.", answer{})
	}
}

// mixed looks for what is not on https, in a page and of it.
func (c *siteCheck) mixed(body string) {
	if c.page.Scheme == "http" && !loopback(c.page) {
		c.find(SiteMixed, c.page.String(), "The page is not on https: browsers give it no cryptography and no service worker, and sign-in does not work.", answer{})
		return
	}
	if c.page.Scheme != "https" || c.has(SiteMixed) {
		return
	}
	for _, address := range needed(body) {
		if strings.HasPrefix(address, "http://") {
			c.find(SiteMixed, address, "The page is on https and asks for something that is not: browsers refuse that. Something on the way has changed the page.", answer{})
			return
		}
	}
}

// needed returns the addresses of what a page loads.
func needed(page string) (addresses []string) {
	z := html.NewTokenizer(strings.NewReader(page))
	for z.Next() != html.ErrorToken {
		token := z.Token()
		for _, a := range token.Attr {
			if a.Key == "src" || a.Key == "href" && token.Data == "link" {
				addresses = append(addresses, a.Val)
			}
		}
	}
	return addresses
}

// headers compares the page's response headers with those that [hosting] asks of every host.
func (c *siteCheck) headers(a, wanted answer, values bool) {
	var wrong []string
	for _, name := range policies {
		want, got := wanted.header.Get(name), a.header.Get(name)
		right := got == want
		if name == contentPolicy {
			right = slices.ContainsFunc(a.header.Values(name), func(sent string) bool { return keepsFrames(sent, want) })
		}
		switch {
		case got == "":
			wrong = append(wrong, name+" is missing")
		case values && !right:
			wrong = append(wrong, name+" is "+got)
		}
	}
	if len(wrong) > 0 {
		c.find(SiteHeaders, c.page.String(), "Response headers are not as Twinlock sends them: "+strings.Join(wrong, "; ")+".", answer{})
	}
}

const contentPolicy = "Content-Security-Policy"

// policies are the headers that keep people safe. Permissions-Policy may be left out.
var policies = []string{contentPolicy, "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy",
	"X-Content-Type-Options"}

// keepsFrames reports whether one of the policies in a header keeps the page out of other sites'
// frames, and says nothing that the wanted one does not: the page states the rest itself. Another
// policy beside it can only forbid more (CSP Level 3, section 8.1).
func keepsFrames(sent, wanted string) bool {
	allowed := directives(wanted)
	return slices.ContainsFunc(strings.Split(sent, ","), func(policy string) bool {
		said := directives(policy)
		return slices.Contains(said, "frame-ancestors 'none'") &&
			!slices.ContainsFunc(said, func(d string) bool { return !slices.Contains(allowed, d) })
	})
}

// directives returns those of a content policy, with single spaces.
func directives(policy string) (all []string) {
	for d := range strings.SplitSeq(policy, ";") {
		if words := strings.Fields(d); len(words) > 0 {
			all = append(all, strings.Join(words, " "))
		}
	}
	return all
}

// configuration compares the page's document. Another version may have other defaults.
func (c *siteCheck) configuration(ctx context.Context, sameVersion bool) {
	a, err := c.plain(ctx, "config.json")
	var got, want any
	if json.Unmarshal([]byte(c.wanted(ctx, "config.json").body), &want) != nil {
		return
	}
	switch {
	case err != nil || a.unclear():
		c.unseen("The site's configuration: %s", cmp.Or(errorText(err), a.words()))
	case a.status != http.StatusOK || json.Unmarshal([]byte(a.body), &got) != nil:
		c.find(SiteConfig, "config.json", "The site has no configuration.", a)
	case reflect.DeepEqual(got, want):
	case !sameVersion:
		c.unseen("Whether the site's configuration is that of the settings: it is of another version of Twinlock")
	default:
		c.find(SiteConfig, "config.json", "The site's configuration is not that of the settings: deploy it again.", a)
	}
}

// callback looks whether the callback has its page.
func (c *siteCheck) callback(ctx context.Context) {
	a, err := c.returned(ctx)
	switch {
	case err != nil || a.unclear():
		c.unseen("The callback: %s", cmp.Or(errorText(err), a.words()))
	case !isHTML(a) || made(a.body) == nil:
		c.find(SiteCallback, c.page.JoinPath("callback").String(), "The callback's address does not have the page to which people come back.", a)
	case !slices.Contains([]string{"", "unsafe-none"}, a.header.Get("Cross-Origin-Opener-Policy")):
		c.find(SiteCallback, c.page.JoinPath("callback").String(), "The callback's page has an opener policy, "+
			a.header.Get("Cross-Origin-Opener-Policy")+": a window cannot hand its answer over.", a)
	}
}

// returned asks for the callback as the tenant sends people there. A host may lead them on to the
// folder of this name, if it keeps the query, which has the tenant's answer.
func (c *siteCheck) returned(ctx context.Context) (answer, error) {
	at := c.page.JoinPath("callback")
	at.RawQuery = "state=" + userAgent
	a, err := c.asker.ask(ctx, http.MethodGet, at.String(), nil, nil)
	to, wrong := at.Parse(a.header.Get("Location"))
	if err != nil || a.status/100 != 3 || wrong != nil || to.Path != at.Path+"/" || to.Host != at.Host || to.Scheme != at.Scheme || to.RawQuery != at.RawQuery {
		return a, err
	}
	return c.asker.ask(ctx, http.MethodGet, to.String(), nil, nil)
}

// program looks at the program's type and size. address is what the page says.
func (c *siteCheck) program(ctx context.Context, address string) {
	u, err := c.page.Parse(address)
	if err != nil || address == "" {
		return
	}
	a, err := c.asker.ask(ctx, http.MethodGet, u.String(), http.Header{"Accept-Encoding": {"br, gzip"}}, nil)
	switch {
	case err != nil || a.unclear():
		c.unseen("The program: %s", cmp.Or(errorText(err), a.words()))
	case a.status != http.StatusOK:
		c.find(SitePage, u.String(), "The program is not there.", a)
	case a.header.Get("Content-Type") != "application/wasm":
		c.find(SiteType, u.String(), "The program must have the type application/wasm, for browsers to keep it compiled.", a)
	case a.header.Get("Content-Encoding") == "":
		c.find(SiteCompression, u.String(), "The program is not compressed: people wait six times as long.", a)
	}
}

// worker looks whether the service worker may serve the whole site.
func (c *siteCheck) worker(ctx context.Context, address, expected string) {
	u, err := c.page.Parse(cmp.Or(address, expected))
	if err != nil {
		return
	}
	a, err := c.asker.ask(ctx, http.MethodGet, u.String(), nil, nil)
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	scope := path.Dir(u.Path)
	switch {
	case err != nil || a.unclear():
		c.unseen("The service worker: %s", cmp.Or(errorText(err), a.words()))
	case a.status != http.StatusOK || !strings.HasSuffix(kind, "javascript"):
		c.find(SiteWorker, u.String(), "The service worker is no script: the page does not work without a network.", a)
	case strings.TrimSuffix(scope, "/") != strings.TrimSuffix(c.page.Path, "/") && a.header.Get("Service-Worker-Allowed") == "":
		c.find(SiteWorker, u.String(), "The service worker may not serve the page: it is in another folder.", a)
	}
}

// missing asks for a path that no site has. Some hosts refuse it instead (S3, where nobody may list
// the files): no browser takes that for a page either.
func (c *siteCheck) missing(ctx context.Context) {
	a, err := c.plain(ctx, "twinlock-doctor/no-such-page")
	switch {
	case err != nil || a.unclear():
		c.unseen("A path that has no page: %s", cmp.Or(errorText(err), a.words()))
	case a.status < http.StatusBadRequest:
		c.find(SiteMissing, c.page.JoinPath("twinlock-doctor/no-such-page").String(), "A path that has no page is not answered with 404: a mistyped address looks right, and a missing file is taken for one.", a)
	}
}
