package lock

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/provider"
)

// pair is a page with the two locks of an app: one signs in, one links.
type pair struct {
	tenant      *tenant
	store       *platform.Memory
	login, link *Lock
	// left gets the URL that the page leaves for.
	left chan string
	// heard gets every notice of every lock, with the lock's purpose.
	heard chan heard
}

type heard struct {
	by string
	Notice
}

func newPair(t *testing.T, interaction provider.Interaction) *pair {
	t.Helper()
	p := &pair{
		tenant: &tenant{t: t, subject: "auth0|1"},
		store:  &platform.Memory{},
		left:   make(chan string, 1),
		heard:  make(chan heard, 16),
	}
	p.login, p.link = p.lock(t, "login", interaction), p.lock(t, "linking", interaction)
	return p
}

func (p *pair) lock(t *testing.T, purpose string, interaction provider.Interaction) *Lock {
	l := New(clientID, issuer, Options{
		AllowedConnections: []Connection{{Name: "google-oauth2", Label: "Google", Strategy: "google-oauth2"}},
		Params:             Params{Purpose: purpose},
		Interaction:        interaction,
		Fetch:              p.tenant.fetch,
		Store:              p.store,
		Now:                p.tenant.now,
	})
	l.assign = func(url string) { p.left <- url }
	for _, event := range []Event{Authenticated, AuthorizationError, UnrecoverableError} {
		l.On(event, func(n Notice) { p.heard <- heard{purpose, n} })
	}
	t.Cleanup(l.Close)
	return l
}

func (p *pair) next(t *testing.T) heard {
	t.Helper()
	return receive(t, p.heard)
}

func receive[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing happened")
	}
	return v
}

func TestEveryLockHearsEveryLogin(t *testing.T) {
	for _, purpose := range []string{"login", "linking"} {
		t.Run(purpose, func(t *testing.T) {
			p := newPair(t, provider.Redirect)
			pressed := p.login
			if purpose == "linking" {
				pressed = p.link
			}
			pressed.Login("google-oauth2")
			callback := p.tenant.approve(receive(t, p.left))
			Resume(context.Background(), callback)

			by := map[string]heard{}
			for range 2 {
				h := p.next(t)
				by[h.by] = h
			}
			for _, listener := range []string{"login", "linking"} {
				h, ok := by[listener]
				if !ok || h.Event != Authenticated || h.Purpose != purpose || h.Result.Claims.Subject != "auth0|1" {
					t.Errorf("the %s lock heard %+v, want %s of %s", listener, h.Notice, Authenticated, purpose)
				}
			}
		})
	}
}

// Attack case 12: the result says who was expected, also where somebody else came.
func TestLoginAs(t *testing.T) {
	p := newPair(t, provider.Redirect)
	p.link.LoginAs("google-oauth2", "mary@gmail.example", "google-oauth2|2")
	authorize := receive(t, p.left)
	asked, err := url.Parse(authorize)
	if err != nil || asked.Query().Get("login_hint") != "mary@gmail.example" {
		t.Errorf("the tenant is asked %s", authorize)
	}
	if strings.Contains(authorize, "google-oauth2%7C2") {
		t.Errorf("the address tells the subject: %s", authorize)
	}
	Resume(context.Background(), p.tenant.approve(authorize))
	h := p.next(t)
	if h.Event != Authenticated || h.Result.Transaction.Expected != "google-oauth2|2" {
		t.Errorf("heard %+v", h.Notice)
	} else if h.Result.Claims.Subject != "auth0|1" {
		t.Errorf("signed in as %s", h.Result.Claims.Subject)
	}
	p.next(t)

	p.link.Login("google-oauth2")
	Resume(context.Background(), p.tenant.approve(receive(t, p.left)))
	if h := p.next(t); h.Result.Transaction.Expected != "" {
		t.Errorf("%s is expected where anybody may come", h.Result.Transaction.Expected)
	}
}

// Attack cases 1, 2 and 9: the constant state of the old tutorial, a state that nobody has
// made, and one that was used.
func TestForgedAndReplayedCallbacks(t *testing.T) {
	p := newPair(t, provider.Redirect)
	p.login.Login("google-oauth2")
	used := p.tenant.approve(receive(t, p.left))
	Resume(context.Background(), used)
	for range 2 {
		if h := p.next(t); h.Event != Authenticated {
			t.Fatalf("the first answer was refused: %v", h.Err)
		}
	}
	for name, callback := range map[string]string{
		"constant state":         "?code=c&state=linking",
		"constant, in fragment":  "#access_token=t&id_token=t&state=linking",
		"state that nobody made": "?code=c&state=linking.AAAAAAAAAAAAAAAAAAAAAA",
		"no state":               "?code=c",
		"replayed":               used,
		"error with no login":    "?error=access_denied&state=login.AAAAAAAAAAAAAAAAAAAAAA",
	} {
		t.Run(name, func(t *testing.T) {
			Resume(context.Background(), callback)
			for range 2 {
				h := p.next(t)
				if h.Event != AuthorizationError || h.Result != nil {
					t.Errorf("%s lock heard %s", h.by, h.Event)
				}
				if !errors.Is(h.Err, oidc.ErrNoTransaction) && !errors.Is(h.Err, oidc.ErrCallback) {
					t.Errorf("refused for %v", h.Err)
				}
				// Only of the one that this tab has finished it is known why.
				if errors.Is(h.Err, oidc.ErrFinished) != (name == "replayed") {
					t.Errorf("refused for %v", h.Err)
				}
			}
		})
	}
}

// Attack case 4: somebody else signs in between start and callback.
func TestOtherSubjectIsRefused(t *testing.T) {
	p := newPair(t, provider.Redirect)
	subject := "auth0|1"
	p.link.options.Subject = func() string { return subject }
	p.link.Login("google-oauth2")
	callback := p.tenant.approve(receive(t, p.left))
	subject = "auth0|2"
	Resume(context.Background(), callback)
	if h := p.next(t); !errors.Is(h.Err, oidc.ErrOtherSubject) {
		t.Errorf("heard %s, %v", h.Event, h.Err)
	}
}

// Attack case 4: the same while the answer is being exchanged for tokens, which may take as
// long as the tenant likes.
func TestOtherSubjectDuringTheExchange(t *testing.T) {
	for _, tt := range []struct {
		name, before, after string
		want                error
	}{
		{"nothing happens", "auth0|2", "auth0|2", nil},
		{"somebody else signs in", "auth0|2", "auth0|3", oidc.ErrOtherSubject},
		{"the one that answers signs in instead", "auth0|2", "auth0|1", oidc.ErrOtherSubject},
		{"signed out", "auth0|2", "", oidc.ErrOtherSubject},
		{"another tab signs in as the same", "", "auth0|1", nil},
		{"another tab signs in as somebody else", "", "auth0|2", oidc.ErrOtherSubject},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPair(t, provider.Redirect)
			subject := tt.before
			options := p.link.options
			options.Subject = func() string { return subject }
			options.Fetch = func(ctx context.Context, r platform.Request) (*platform.Response, error) {
				if r.Method == "POST" {
					subject = tt.after
				}
				return p.tenant.fetch(ctx, r)
			}
			p.link.options, p.link.client = options, options.client(p.link.scope, issuer, clientID)
			p.link.Login("google-oauth2")
			Resume(context.Background(), p.tenant.approve(receive(t, p.left)))
			if h := p.next(t); !errors.Is(h.Err, tt.want) || (h.Result != nil) != (tt.want == nil) {
				t.Errorf("heard %s, %v", h.Event, h.Err)
			}
		})
	}
}

// window is a pop-up window that a test moves.
type window struct {
	url    chan string
	closed atomic.Bool
}

func newWindow() *window               { return &window{url: make(chan string, 1)} }
func (w *window) Navigate(url string)  { w.url <- url }
func (w *window) Closed() bool         { return w.closed.Load() }
func (w *window) Close()               { w.closed.Store(true) }
func (w *window) opened(l *Lock)       { l.openPopup = func() (browser.Popup, error) { return w, nil } }
func (p *pair) pendingLogins() (n int) { return len(p.store.Keys()) }

func TestPopup(t *testing.T) {
	p := newPair(t, provider.Popup)
	w := newWindow()
	w.opened(p.link)
	p.link.Login("google-oauth2")
	callback := p.tenant.approve(receive(t, w.url))
	state := mustParse(t, callback).State

	// The window's last page reports, and is told that it may close.
	taken := make(chan platform.Message, 4)
	channel := p.link.scope.OpenChannel(func(m platform.Message) { taken <- m })
	defer channel.Close()
	channel.Post(platform.Message{Kind: messageCallback, State: state, Data: callback})

	if m := receive(t, taken); m.Kind != messageTaken || m.State != state {
		t.Errorf("the window was told %+v", m)
	}
	for range 2 {
		if h := p.next(t); h.Event != Authenticated || h.Purpose != "linking" {
			t.Errorf("heard %s of %q: %v", h.Event, h.Purpose, h.Err)
		}
	}
	if !w.Closed() {
		t.Error("the window stays open")
	}
}

// Attack case 10: what a window reports is accepted only for the login that waits, also
// while its own window looks closed.
func TestForgedReportsAreIgnored(t *testing.T) {
	for name, begin := range map[string]func(*pair, *window) (callback string){
		"open": func(p *pair, w *window) string {
			w.opened(p.link)
			p.link.Login("google-oauth2")
			return p.tenant.approve(receive(t, w.url))
		},
		"looks closed": func(p *pair, w *window) string { return p.unseen(t, w) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, provider.Popup)
			callback := begin(p, newWindow())
			state := mustParse(t, callback).State
			other := "?code=c&state=linking.AAAAAAAAAAAAAAAAAAAAAA"
			for _, m := range []platform.Message{
				{Kind: messageCallback, State: "linking.AAAAAAAAAAAAAAAAAAAAAA", Data: other},
				{Kind: messageCallback, State: state, Data: other},
				{Kind: messageCallback, State: state, Data: "?%zz"},
				{Kind: messageCallback, Data: callback},
				{Kind: "other", State: state, Data: callback},
			} {
				page.receive(p.link.scope, m)
			}
			p.silent(t)
			if p.link.pendingFor(state) == nil {
				t.Error("the login no longer waits")
			}
			p.link.giveUp()
		})
	}
}

// unseen begins a login in a window that then looks closed, waits until the dialog says so,
// and returns the login's answer. Presses have an effect by then.
func (p *pair) unseen(t *testing.T, w *window) (callback string) {
	t.Helper()
	w.opened(p.link)
	p.link.answerTimeout = 0
	drawn := make(chan [2]bool, 16)
	draw := func(then func()) {
		p.link.mu.Lock()
		drawn <- [2]bool{p.link.stage == unseen, p.link.deaf}
		p.link.mu.Unlock()
		then()
	}
	p.link.redraw = draw
	p.link.LoginAs("google-oauth2", "mary@gmail.example", "google-oauth2|2")
	callback = p.tenant.approve(receive(t, w.url))
	w.Close()
	for {
		switch receive(t, drawn) {
		case [2]bool{true, true}:
			p.link.tryAgain() // the press was meant for what was there before
		case [2]bool{true, false}:
			p.link.mu.Lock()
			defer p.link.mu.Unlock()
			p.link.redraw = func(then func()) { then() }
			return callback
		}
	}
}

// report hands an answer over as the callback's page does, and returns whether somebody
// has accepted it.
func (p *pair) report(callback string) (accepted bool) {
	parsed, _ := oidc.ParseCallback(callback)
	waited := p.link.pendingFor(parsed.State) != nil
	page.receive(p.link.scope, platform.Message{Kind: messageCallback, State: parsed.State, Data: callback})
	return waited && p.link.pendingFor(parsed.State) == nil
}

// silent checks that no handler has been called.
func (p *pair) silent(t *testing.T) {
	t.Helper()
	select {
	case h := <-p.heard:
		t.Errorf("heard %s, %v", h.Event, h.Err)
	default:
	}
}

// A window that looks closed may be one whose page has parted it from ours: no failure, and
// its answer is accepted for as long as any.
func TestWindowThatLooksClosed(t *testing.T) {
	for after, want := range map[time.Duration]error{
		9 * time.Minute: nil, 10*time.Minute + time.Second: oidc.ErrTransactionExpired,
	} {
		p := newPair(t, provider.Popup)
		callback := p.unseen(t, newWindow())
		p.silent(t)
		p.tenant.later = after
		if !p.report(callback) {
			t.Errorf("after %s: nobody accepts the answer", after)
		}
		for range 2 {
			if h := p.next(t); h.Purpose != "linking" || !errors.Is(h.Err, want) || (h.Event == Authenticated) != (want == nil) {
				t.Errorf("after %s: heard %s of %q: %v", after, h.Event, h.Purpose, h.Err)
			}
		}
		if p.report(callback) {
			t.Errorf("after %s: the answer is accepted twice", after)
		}
	}
}

// Attack cases 8 and 10: whoever tries again or cancels has given up the login before,
// wherever its window is.
func TestAnswerAfterGivingUp(t *testing.T) {
	for name, giveUp := range map[string]func(*Lock){
		"again":     (*Lock).tryAgain,
		"cancelled": (*Lock).Cancel,
		"another":   func(l *Lock) { l.begin(l.connection("facebook"), "", "") },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, provider.Popup)
			callback := p.unseen(t, newWindow())
			next := newWindow()
			next.opened(p.link)
			giveUp(p.link)
			fresh := ""
			if name != "cancelled" {
				fresh = receive(t, next.url)
			}
			if p.report(callback) {
				t.Error("the answer is accepted")
			}
			p.silent(t)
			Resume(context.Background(), callback)
			for range 2 {
				if h := p.next(t); !errors.Is(h.Err, oidc.ErrNoTransaction) || errors.Is(h.Err, oidc.ErrFinished) {
					t.Errorf("the login that was given up ended as %s, %v", h.Event, h.Err)
				}
			}
			if name != "again" {
				p.link.Cancel()
				return
			}
			// The new one is for the same account, and is finished.
			asked, err := url.Parse(fresh)
			if err != nil || asked.Query().Get("login_hint") != "mary@gmail.example" ||
				asked.Query().Get("connection") != "google-oauth2" {
				t.Errorf("the tenant is asked %s", fresh)
			}
			if !p.report(p.tenant.approve(fresh)) {
				t.Error("nobody accepts the new answer")
			}
			for range 2 {
				if h := p.next(t); h.Event != Authenticated || h.Result.Transaction.Expected != "google-oauth2|2" {
					t.Errorf("heard %s, %v", h.Event, h.Err)
				}
			}
		})
	}
}

// Attack case 8: signing out gives up the login that waits in a window.
func TestCancel(t *testing.T) {
	p := newPair(t, provider.Popup)
	w := newWindow()
	w.opened(p.link)
	p.link.Login("google-oauth2")
	callback := p.tenant.approve(receive(t, w.url))
	p.link.Cancel()
	if !w.Closed() || p.link.pendingFor(mustParse(t, callback).State) != nil {
		t.Error("the login still waits")
	}
	Resume(context.Background(), callback)
	if h := p.next(t); !errors.Is(h.Err, oidc.ErrNoTransaction) {
		t.Errorf("the given-up login ended as %s, %v", h.Event, h.Err)
	}
	p.link.Cancel() // nothing waits
}

func TestBlockedPopupFallsBackToRedirect(t *testing.T) {
	p := newPair(t, provider.Popup)
	p.login.openPopup = func() (browser.Popup, error) { return nil, browser.ErrPopupBlocked }
	p.login.Login("google-oauth2")
	receive(t, p.left)
}

// refusing is the store of a browser that keeps nothing.
type refusing struct{ platform.Memory }

func (*refusing) Set(string, string) error { return errors.New("refused") }

// A redirect after which nobody would know of the login becomes a window, or the login does
// not begin.
func TestNothingOutlastsARedirect(t *testing.T) {
	lacking := map[string]func(*Lock){
		"the login": func(l *Lock) {
			l.options.Store = &refusing{}
			l.client = l.options.client(l.scope, issuer, clientID)
		},
		"who is signed in": func(l *Lock) {
			l.options.Subject = func() string { return "auth0|1" }
			l.options.Outlasts = func(_ context.Context, subject string) bool { return subject != "auth0|1" }
		},
	}
	for name, lack := range lacking {
		t.Run(name+", in a window", func(t *testing.T) {
			p, w := newPair(t, provider.Redirect), newWindow()
			lack(p.link)
			p.link.drawn = true
			w.opened(p.link)
			p.link.Login("google-oauth2")
			callback := p.tenant.approve(receive(t, w.url))
			page.receive(p.link.scope, platform.Message{Kind: messageCallback, State: mustParse(t, callback).State, Data: callback})
			if h := p.next(t); h.Event != Authenticated || len(p.left) != 0 || p.pendingLogins() != 0 {
				t.Errorf("heard %s: %v", h.Event, h.Err)
			}
		})
		for how, change := range map[string]func(*Lock){
			"windows are blocked": func(l *Lock) {
				l.drawn = true
				l.openPopup = func() (browser.Popup, error) { return nil, browser.ErrPopupBlocked }
			},
			"nobody could give up the window": func(l *Lock) { newWindow().opened(l) },
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				p := newPair(t, provider.Redirect)
				lack(p.link)
				change(p.link)
				p.link.Login("google-oauth2")
				if h := p.next(t); h.Event != UnrecoverableError || !errors.Is(h.Err, oidc.ErrNotKept) {
					t.Errorf("heard %s: %v", h.Event, h.Err)
				}
				if len(p.left) != 0 || p.pendingLogins() != 0 {
					t.Error("the page leaves all the same")
				}
			})
		}
	}
}

// Who is signed in stays so: nothing speaks against a redirect.
func TestWhoIsSignedInOutlastsARedirect(t *testing.T) {
	p := newPair(t, provider.Redirect)
	p.link.drawn = true
	p.link.options.Subject = func() string { return "auth0|1" }
	asked := ""
	p.link.options.Outlasts = func(_ context.Context, subject string) bool { asked = subject; return true }
	p.link.Login("google-oauth2")
	receive(t, p.left)
	if asked != "auth0|1" {
		t.Errorf("asked about %q", asked)
	}
}

// The person has thought better of it while the browser was looking for room.
func TestNoWindowAfterGivingUp(t *testing.T) {
	p := newPair(t, provider.Redirect)
	p.link.drawn = true
	p.link.options.Subject = func() string { return "auth0|1" }
	p.link.options.Outlasts = func(context.Context, string) bool { p.link.giveUp(); return false }
	p.link.openPopup = func() (browser.Popup, error) { t.Error("a window opens"); return newWindow(), nil }
	attempt := p.link.giveUp()
	p.link.sendToTenant(attempt, Connection{Name: "google-oauth2"}, "", "", oidc.ModeRedirect, nil)
	if len(p.heard) != 0 || len(p.left) != 0 {
		t.Error("the login goes on")
	}
}

func TestASecondWindowReplacesTheFirst(t *testing.T) {
	p := newPair(t, provider.Popup)
	first, second := newWindow(), newWindow()
	first.opened(p.login)
	p.login.Login("google-oauth2")
	receive(t, first.url)
	second.opened(p.login)
	p.login.Login("google-oauth2")
	receive(t, second.url)
	if !first.Closed() {
		t.Error("the first window stays open")
	}
	if pending := p.login.pending; pending == nil || pending.window != second {
		t.Errorf("the login that is pending is not the second one: %+v", pending)
	}
	p.login.giveUp()
}

func TestTenantOutOfReach(t *testing.T) {
	p := newPair(t, provider.Redirect)
	l := New(clientID, issuer, Options{
		Params: Params{Purpose: "other"},
		Store:  p.store,
		Fetch: func(context.Context, platform.Request) (*platform.Response, error) {
			return nil, platform.ErrNetwork
		},
	})
	defer l.Close()
	got := make(chan Notice, 1)
	l.On(UnrecoverableError, func(n Notice) { got <- n })
	l.Login("")
	if n := receive(t, got); !errors.Is(n.Err, platform.ErrNetwork) {
		t.Errorf("heard %v", n.Err)
	}
}

func TestOffAndClose(t *testing.T) {
	p := newPair(t, provider.Redirect)
	calls := 0
	off := p.login.On(AuthorizationError, func(Notice) { calls++ })
	off()
	p.link.Close()
	Resume(context.Background(), "?code=c&state=linking")
	if h := p.next(t); h.by != "login" {
		t.Errorf("a closed lock heard %s", h.Event)
	}
	if calls != 0 {
		t.Error("a handler was called after it was taken off")
	}
}

func mustParse(t *testing.T, callback string) oidc.Callback {
	t.Helper()
	c, err := oidc.ParseCallback(callback)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A lock finds the scope of its site by itself.
func TestScope(t *testing.T) {
	for _, test := range []struct {
		domain, redirect, audience string
		want                       browser.Scope
	}{
		{issuer, "", "", browser.NewScope("/", issuer, clientID, "")},
		{"tenant.example", "https://app.example/callback", "api", browser.NewScope("/", issuer, clientID, "api")},
		{
			issuer, "https://app.example/staging/link/callback", "api",
			browser.NewScope("/staging/link/", issuer, clientID, "api"),
		},
		{issuer, "https://app.example", "", browser.NewScope("/", issuer, clientID, "")},
	} {
		l := New(clientID, test.domain, Options{RedirectURL: test.redirect, Audience: test.audience})
		l.Close()
		if l.scope != test.want {
			t.Errorf("%s called back at %q: scope %q, want %q", test.domain, test.redirect, l.scope, test.want)
		}
	}
}

// Two sites of one origin: a report from another tenant, client or folder is ignored.
func TestReportsOfAnotherScope(t *testing.T) {
	p := newPair(t, provider.Popup)
	w := newWindow()
	w.opened(p.link)
	p.link.Login("google-oauth2")
	callback := p.tenant.approve(receive(t, w.url))
	state := mustParse(t, callback).State
	for _, other := range []browser.Scope{
		browser.NewScope("/staging/", issuer, clientID, ""), browser.NewScope("/", issuer, "other", ""),
		browser.NewScope("/", "https://other.example/", clientID, ""), browser.NewScope("/", issuer, clientID, "other"),
	} {
		page.listen(other)
		page.receive(other, platform.Message{Kind: messageCallback, State: state, Data: callback})
	}
	if p.link.pendingFor(state) == nil {
		t.Error("the login no longer waits")
	}
	p.link.giveUp()
}

// The person signs out, in this tab or another, while a login is being begun. Nothing of
// the login is left.
func TestSignedOutWhileALoginBegins(t *testing.T) {
	p := newPair(t, provider.Redirect)
	var subject atomic.Value
	subject.Store("auth0|1")
	p.link.options.Subject = func() string { return subject.Load().(string) }
	asked, answer := make(chan struct{}), make(chan struct{})
	fetch := func(ctx context.Context, r platform.Request) (*platform.Response, error) {
		close(asked)
		<-answer
		return p.tenant.fetch(ctx, r)
	}
	options := p.link.options
	options.Fetch = fetch
	p.link.client = options.client(p.link.scope, issuer, clientID)
	p.link.Login("google-oauth2")
	<-asked
	subject.Store("")
	close(answer)
	if h := p.next(t); h.Event != UnrecoverableError || !errors.Is(h.Err, oidc.ErrOtherSubject) {
		t.Errorf("heard %s, %v", h.Event, h.Err)
	}
	if n := p.pendingLogins(); n != 0 {
		t.Errorf("%d logins are left", n)
	}
	if len(p.left) != 0 {
		t.Error("the page has left")
	}
}

// The person closes the dialog while a login is being begun. The login does not go on.
func TestGivenUpWhileItBegins(t *testing.T) {
	for _, interaction := range []string{oidc.ModeRedirect, oidc.ModePopup} {
		t.Run(interaction, func(t *testing.T) {
			p := newPair(t, provider.Interaction(interaction))
			var opened browser.Popup
			w := newWindow()
			if interaction == oidc.ModePopup {
				opened = w
			}
			attempt := p.link.giveUp()
			p.link.giveUp() // as the dialog does when it closes
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				p.link.sendToTenant(attempt, Connection{Name: "google-oauth2"}, "", "", interaction, opened)
			}()
			receive(t, ended)
			if len(p.left) != 0 || len(w.url) != 0 {
				t.Error("the login goes on")
			}
			if interaction == oidc.ModePopup && !w.Closed() {
				t.Error("the window stays open")
			}
			if n := p.pendingLogins(); n != 0 {
				t.Errorf("%d logins are pending", n)
			}
		})
	}
}

// A navigation may be stopped: the lock can then be used again.
func TestPageThatStays(t *testing.T) {
	p := newPair(t, provider.Redirect)
	p.link.leaveTimeout = 0
	for range 2 {
		p.link.Show()
		p.link.deaf = false
		if !p.link.mayBegin() {
			t.Fatal("no login begins")
		}
		p.link.Login("google-oauth2")
		receive(t, p.left)
		if h := p.next(t); h.by != "linking" || h.Event != UnrecoverableError || !errors.Is(h.Err, ErrStayed) {
			t.Errorf("heard %s, %v", h.Event, h.Err)
		}
		if !p.link.mayBegin() {
			t.Error("no login begins any more")
		}
	}
}
