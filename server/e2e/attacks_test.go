package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"twinlock/app/provider"
	"twinlock/app/text"
)

// The numbers of the attack cases in this package's tests are those of the
// project's list of attacks on account linking.

// stays checks that the profile is still that of an account, with nothing linked
// and nothing asked.
func (p *page) stays(email string) {
	p.t.Helper()
	p.clean()
	p.vanish("#confirm")
	p.profileOf(email)
	p.linked()
}

// Attack cases 1 and 2: callbacks that nobody here has begun. The first three
// take over an account where the state is a constant.
func TestForgedCallback(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	untouched := s.untouched()
	for _, tt := range []struct{ name, callback, sentence string }{
		{"constant state in the query", "?code=stolen&state=linking", say.Of(text.NoTransaction)},
		{"tokens in the fragment", "#access_token=ATT&id_token=eyJ.eyJ.x&token_type=Bearer&state=linking", say.Of(text.Callback)},
		{"error", "?error=access_denied&error_description=Call+0800+1234&state=linking", say.Of(text.NoTransaction)},
		{"markup", "?error=%3Cscript%3Ealert(1)%3C/script%3E&state=linking", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := p.in(t)
			p.visit("about:blank") // a fragment alone would not load the page
			p.visit(s.site + "/callback" + tt.callback)
			p.started()
			p.alert(tt.sentence)
			p.stays(ada)
			if text := p.text("body"); strings.Contains(text, "0800") {
				t.Errorf("the page repeats what a stranger wrote: %s", text)
			}
		})
	}
	untouched()
}

// in is the page for a subtest.
func (p *page) in(t *testing.T) *page {
	c, s := *p, *p.stage
	c.t, s.t = t, t
	c.stage = &s
	return &c
}

// Attack case 2: the same callback delivered twice.
func TestReplayedCallback(t *testing.T) {
	t.Parallel()
	for _, tt := range cases(1, []struct {
		name string
		full bool
	}{{"kept in localStorage", false}, {"kept in the database", true}}) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			replayCallbacks(t, tt.full)
		})
	}
}

func replayCallbacks(t *testing.T, full bool) {
	s := newStage(t, setup{})
	p := s.open("/")
	if full {
		p.fillStorage()
	}
	p.signIn(ada)
	// This tab knows that it has finished them.
	replay := func(answer string) {
		t.Helper()
		p.visit(answer)
		p.started()
		p.see("[role=status]", say.Of(text.FinishedBefore))
		p.vanish("[role=alert]")
	}
	untouched := s.untouched()
	replay(s.courier.last(t))
	p.stays(ada)

	p.startLink(lovelace)
	p.click("#btn-cancel")
	p.see("[role=status]", say.Of(text.NothingChanged))
	replay(s.courier.last(t))
	p.stays(ada)
	untouched()

	// Attack case 8: nor after the link, nor after the unlink.
	p.link(lovelace)
	linked := s.courier.last(t)
	same := s.same()
	replay(linked)
	p.linked(lovelace)
	same()
	p.click(".unlink-account")
	p.click("#btn-confirm")
	p.linked()
	untouched = s.untouched()
	replay(linked)
	p.stays(ada)
	untouched()

	// Another tab does not, nor does it matter when nobody is signed in.
	if another == nil {
		other := p.tab("/")
		other.visit(linked)
		other.started()
		other.alert(say.Of(text.NoTransaction))
	}
	p.signOut()
	p.visit(linked)
	p.started()
	p.alert(say.Of(text.NoTransaction))
	p.vanish("#btn-logout")
	untouched()
}

// Attack case 4: someone else has signed in between the start and the callback.
func TestCallbackAfterSwitch(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	answer := p.withheldAnswer(lovelace)

	p.visit(s.site + "/")
	p.started()
	p.signOut()
	p.signIn(charles)
	untouched := s.untouched()
	p.visit(answer)
	p.started()
	p.alert("")
	p.stays(charles)
	untouched()
}

// Attack case 4: nobody is signed in any more.
func TestCallbackAfterSignOut(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	answer := p.withheldAnswer(lovelace)
	p.visit(s.site + "/")
	p.started()
	if waiting := p.stored(s.scope().String() + "tab "); len(waiting) != 1 {
		t.Errorf("%q wait for their answers", waiting)
	}
	p.signOut()
	p.keepsNothing()
	untouched := s.untouched()
	p.visit(answer)
	p.started()
	p.alert("")
	p.clean()
	p.vanish("#btn-logout")
	p.vanish("#confirm")
	untouched()
}

// Attack case 3: the attacker's own callback in the victim's browser, to link the
// attacker's account to the victim's profile, or to sign the victim in to it.
func TestForeignCallback(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	attacker := s.open("/")
	attacker.signIn(charles)
	answer := attacker.withheldAnswer(mary)

	victim := s.open("/")
	victim.signIn(ada)
	untouched := s.untouched()
	victim.visit(answer)
	victim.started()
	victim.alert(say.Of(text.NoTransaction))
	victim.stays(ada)
	untouched()

	signedOut := s.open("/")
	before := s.courier.count()
	s.courier.withhold(true)
	other := s.open("/")
	other.click("#btn-login")
	other.choose(connectionOf(charles))
	other.answer(charles)
	other.awaitWithheld(before)
	signedOut.visit(s.courier.last(t))
	signedOut.started()
	signedOut.alert(say.Of(text.NoTransaction))
	signedOut.appear("#btn-login")
	signedOut.vanish("#btn-logout")
}

// Attack cases 6 and 7: an answer with one part exchanged.
func TestAlteredCallback(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	attacker := s.open("/")
	attacker.signIn(charles)
	foreign := parameters(t, attacker.withheldAnswer(mary))

	p := s.open("/")
	p.troubles.expect("status of 403")
	p.signIn(ada)
	untouched := s.untouched()
	for _, tt := range []struct {
		name     string
		alter    func(url.Values)
		sentence string
	}{
		{"issuer (RFC 9207)", func(q url.Values) { q.Set("iss", "https://evil.example/") }, say.Of(text.ResponseIssuer)},
		{"purpose", func(q url.Values) { q.Set("state", strings.Replace(q.Get("state"), "linking.", "login.", 1)) }, say.Of(text.NoTransaction)},
		{"code of another sign-in", func(q url.Values) { q.Set("code", foreign.Get("code")) }, say.Of(text.Exchange)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := p.in(t)
			answer := p.withheldAnswer(lovelace)
			q := parameters(t, answer)
			tt.alter(q)
			p.visit(s.site + "/callback?" + q.Encode())
			p.started()
			p.alert(tt.sentence)
			p.stays(ada)

			if tt.name == "purpose" {
				return // the transaction is still there, for its own answer
			}
			// What was refused is used up.
			p.visit(answer)
			p.started()
			p.alert(say.Of(text.NoTransaction))
			p.stays(ada)
		})
	}
	untouched()
}

func parameters(t *testing.T, callback string) url.Values {
	t.Helper()
	u, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// Attack case 18: ID tokens that prove nothing.
func TestForgedToken(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	p.signIn(ada)
	untouched := s.untouched()
	for _, tt := range []struct {
		name     string
		token    map[string]any
		sentence string
	}{
		{"signature", map[string]any{"signature": "wrong"}, say.Of(text.IDToken)},
		{"expired", map[string]any{"exp": 1_700_000_000}, say.Of(text.Clock)},
		{"old sign-in", map[string]any{"auth_time": 1_700_000_000}, say.Of(text.NotFresh)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := p.in(t)
			s.fault(fault{Path: "/oauth/token", Token: tt.token})
			p.startLink(lovelace)
			p.alert(tt.sentence)
			p.stays(ada)
		})
	}
	untouched()

	t.Run("at sign-in", func(t *testing.T) {
		p := p.in(t)
		p.signOut()
		s.fault(fault{Path: "/oauth/token", Token: map[string]any{"signature": "wrong"}})
		p.click("#btn-login")
		p.login(ada)
		p.alert(say.Of(text.IDToken))
		p.clean()
		p.appear("#btn-login")
		p.vanish("#btn-logout")
	})
}

// Attack case 10: the page in the window, the tenant's or a stranger's, sends
// messages to the page that opened it.
func TestForgedMessage(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{interaction: provider.Popup})
	p := s.open("/")
	p.click("#btn-login")
	p.choose(connectionOf(ada))
	window := p.window()
	window.appear("input[name=username]")
	untouched := s.untouched()
	evaluate[bool](window, js(`(() => {
		for (const kind of ["callback", "signed-out", "signed-in"])
			window.opener?.postMessage({kind, state: "login.AAAAAAAAAAAAAAAAAAAAAA", data: "?code=stolen&state=login.AAAAAAAAAAAAAAAAAAAAAA"}, "*");
		new BroadcastChannel(%s).postMessage({kind: "callback", state: "linking", data: "?code=stolen&state=linking"});
		return true;
	})()`, s.scope().String()+"channel"))
	window.answer(ada)
	p.profileOf(ada)
	if n := p.count("[role=alert]"); n != 0 {
		t.Errorf("a stranger's message made the page say %q", p.text("[role=alert]"))
	}
	untouched()
}

// Attack case 10: a forged callback inside of the origin reaches no lock that
// does not wait for it.
func TestForgedMessageOfAnotherTab(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{interaction: provider.Popup})
	attacker := s.open("/")
	before := s.courier.count()
	s.courier.withhold(true)
	attacker.click("#btn-login")
	attacker.choose(connectionOf(charles))
	window := attacker.window()
	window.answer(charles)
	window.awaitWithheld(before)
	s.courier.withhold(false)
	answer := s.courier.last(t)

	victim := s.open("/")
	other := victim.tab("/")
	other.visit(answer)
	other.started()
	other.alert(say.Of(text.NoTransaction))
	victim.appear("#btn-login")
	victim.vanish("#btn-logout")
}

// Attack case 5: a foreign page shows the site in a frame.
func TestFraming(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!doctype html><link rel="icon" href="data:,"><iframe src="` + s.site + `/"></iframe>`))
	}))
	t.Cleanup(evil.Close)
	p := s.blank()
	p.troubles.expect("frame-ancestors", "chrome-error://")
	p.visit(strings.Replace(evil.URL, "127.0.0.1", "evil.localhost", 1))
	p.until("the browser refuses the frame", func(context.Context) (bool, error) {
		p.troubles.mu.Lock()
		defer p.troubles.mu.Unlock()
		return strings.Contains(strings.Join(p.troubles.seen, "\n"), "frame-ancestors"), nil
	})
}
