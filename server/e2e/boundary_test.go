package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twinlock/app/provider"
	"twinlock/app/text"
)

// Attack cases 5 and 30: no address and no form of a stranger begins, answers or
// ends anything.
func TestForeignStart(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!doctype html><link rel="icon" href="data:,"><form method="post" action="` + s.site + r.URL.RequestURI() + `"></form>`))
	}))
	t.Cleanup(evil.Close)
	foreign := strings.Replace(evil.URL, "127.0.0.1", "evil.localhost", 1)
	p := s.open("/")
	p.troubles.expect("status of 405")
	p.signIn(ada)
	p.link(byron)
	untouched, asked := s.untouched(), len(s.authorizations())

	identity := strings.Replace(byronID, "|", "/", 1)
	for _, address := range []string{
		"/?action=link&connection=google-oauth2&state=linking",
		"/?purpose=linking&connection=google-oauth2#btn-link-account",
		"/?unlink=" + url.QueryEscape(byronID) + "#btn-confirm",
		"/?provider=facebook&user_id=" + url.QueryEscape(byronID),
	} {
		t.Run("GET "+address, func(t *testing.T) {
			p := p.in(t)
			p.visit("about:blank")
			p.visit(s.site + address)
			p.started()
			p.profileOf(ada)
			p.linked(byron)
			p.vanish("[role=dialog]")
		})
	}
	for _, address := range []string{
		"/",
		"/callback?code=stolen&state=linking.AAAAAAAAAAAAAAAAAAAAAA",
		"/api/v2/users/" + url.PathEscape(adaID) + "/identities/" + identity,
	} {
		t.Run("POST "+address, func(t *testing.T) {
			p := p.in(t)
			p.visit(foreign + address)
			evaluate[bool](p, `document.forms[0].submit() || true`)
			p.see("body", "answers GET and HEAD")
		})
	}
	p.visit(s.site + "/")
	p.started()
	p.profileOf(ada)
	p.linked(byron)
	untouched()
	if begun := s.authorizations()[asked:]; len(begun) > 0 {
		t.Errorf("sign-ins were begun: %q", begun)
	}
}

// authorizations lists the sign-ins that the tenant was asked for.
func (s *stage) authorizations() []string {
	s.t.Helper()
	var list []string
	for _, r := range s.requests() {
		if r.Path == "/authorize" {
			list = append(list, r.Query["connection"])
		}
	}
	return list
}

// Attack case 10: the page that opened the window has gone elsewhere. What comes
// back to the window belongs to no sign-in of the window's own.
func TestPopupOpenerGone(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{interaction: provider.Popup})
	p := s.open("/")
	p.signIn(ada)

	untouched := s.untouched()
	p.click("#btn-link-account")
	p.choose(connectionOf(lovelace))
	window := p.window()
	window.appear("button[name=account]")
	p.visit("about:blank")
	window.answer(lovelace)
	window.started()
	window.alert(say.Of(text.NoTransaction))
	window.stays(ada)

	// Nor is it taken up when the opener is back.
	p.visit(s.site + "/")
	p.started()
	p.stays(ada)
	untouched()
}

// Attack cases 22 to 24: nobody is searched for. The Management API hears of no
// account but those that have just signed in, at their own addresses, and of no
// address but the ones that the ceremony needs.
func TestCeremonyAsksNothingElse(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	asked := len(s.requests())
	p.link(lovelace)
	linking := s.api(asked)
	asked = len(s.requests())
	p.click(".unlink-account")
	p.click("#btn-confirm")
	p.linked()
	unlinking := s.api(asked)
	t.Logf("requests to the Management API: linking %d, unlinking %d", len(linking), len(unlinking))

	own := regexp.MustCompile(`^(GET|PATCH|POST|DELETE) /api/v2/users/(` + regexp.QuoteMeta(adaID) + `|` + regexp.QuoteMeta(lovelaceID) + `)(/identities(/google-oauth2/\d+)?)?$`)
	for _, line := range s.api(0) {
		if !own.MatchString(line) {
			t.Errorf("the tenant was asked to %s", line)
		}
	}
	for _, wanted := range []string{"POST /api/v2/users/" + adaID + "/identities", "GET /api/v2/users/" + lovelaceID} {
		if !slices.Contains(linking, wanted) {
			t.Errorf("linking did not %s: %q", wanted, linking)
		}
	}
}

// api lists the requests to the Management API after the first so many of all,
// with their queries.
func (s *stage) api(after int) []string {
	s.t.Helper()
	var list []string
	for _, r := range s.requests()[after:] {
		if !strings.HasPrefix(r.Path, "/api/") || r.Method == http.MethodOptions {
			continue
		}
		path, err := url.PathUnescape(r.Path)
		if err != nil {
			s.t.Fatal(err)
		}
		for name, value := range r.Query {
			path += "?" + name + "=" + value
		}
		list = append(list, r.Method+" "+path)
	}
	return list
}

// Attack case 40: what caches hold is the site's own files, nothing of a person
// and no callback.
func TestCachesHoldNobody(t *testing.T) {
	t.Parallel()
	_, p := joined(t)
	p.reload()
	p.profileOf(ada)
	p.cachesHoldNobody()
	p.signOut()
	p.signIn(charles)
	if text := p.text("body"); strings.Contains(text, ada) {
		t.Errorf("the page of %s shows %s: %s", charles, ada, text)
	}
	p.cachesHoldNobody()
}

func (p *page) cachesHoldNobody() {
	p.t.Helper()
	type cached struct{ URL, Text string }
	for _, c := range evaluateAsync[[]cached](p, `(async () => {
		const found = [];
		for (const name of await caches.keys()) {
			const cache = await caches.open(name);
			for (const request of await cache.keys())
				found.push({URL: request.url, Text: await (await cache.match(request)).text()});
		}
		return found;
	})()`) {
		u, err := url.Parse(c.URL)
		if err != nil || u.Scheme+"://"+u.Host != p.stage.origin || u.RawQuery != "" {
			p.t.Errorf("%s is in a cache", c.URL)
		}
		for _, mine := range []string{ada, lovelace, charles, adaID, "eyJ"} {
			if strings.Contains(c.Text, mine) {
				p.t.Errorf("%s in a cache holds %q", c.URL, mine)
			}
		}
	}
}

// Attack case 42: an unlink that is asked for offline is refused, and not done
// later.
func TestUnlinkOffline(t *testing.T) {
	t.Parallel()
	s, p := joined(t)
	p.troubles.expect("ERR_INTERNET_DISCONNECTED")
	untouched := s.untouched()
	p.click(".unlink-account")
	p.appear("#btn-confirm")
	p.offline(true)
	p.click("#btn-confirm")
	p.alert(say.Of(text.Offline))
	p.linked(lovelace)
	p.offline(false)
	p.reload()
	p.profileOf(ada)
	p.linked(lovelace)
	untouched()
}
