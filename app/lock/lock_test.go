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

// Attack case 10: what a window reports is accepted only for the login that waits.
func TestForgedReportsAreIgnored(t *testing.T) {
	p := newPair(t, provider.Popup)
	w := newWindow()
	w.opened(p.link)
	p.link.Login("google-oauth2")
	callback := p.tenant.approve(receive(t, w.url))
	state := mustParse(t, callback).State
	other := "?code=c&state=linking.AAAAAAAAAAAAAAAAAAAAAA"
	for _, m := range []platform.Message{
		{Kind: messageCallback, State: "linking.AAAAAAAAAAAAAAAAAAAAAA", Data: other},
		{Kind: messageCallback, State: state, Data: other},
		{Kind: messageCallback, State: state, Data: "?%zz"},
		{Kind: "other", State: state, Data: callback},
	} {
		page.receive(p.link.scope, m)
	}
	select {
	case h := <-p.heard:
		t.Errorf("heard %s, %v", h.Event, h.Err)
	default:
	}
	if p.link.pendingFor(state) == nil {
		t.Error("the login no longer waits")
	}
	p.link.giveUp()
}

func TestClosedPopup(t *testing.T) {
	p := newPair(t, provider.Popup)
	w := newWindow()
	w.opened(p.link)
	p.link.Login("google-oauth2")
	callback := p.tenant.approve(receive(t, w.url))
	w.Close()
	for range 2 {
		if h := p.next(t); !errors.Is(h.Err, ErrPopupClosed) || h.Purpose != "linking" {
			t.Errorf("heard %s of %q: %v", h.Event, h.Purpose, h.Err)
		}
	}
	if n := p.pendingLogins(); n != 0 {
		t.Errorf("%d logins are still pending", n)
	}
	// Attack case 8: what was given up cannot be used.
	Resume(context.Background(), callback)
	if h := p.next(t); !errors.Is(h.Err, oidc.ErrNoTransaction) {
		t.Errorf("the given-up login ended as %s, %v", h.Event, h.Err)
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
