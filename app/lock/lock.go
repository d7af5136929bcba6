package lock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"twinlock/app/browser"
	"twinlock/app/oidc"
)

// ErrPopupClosed is told when the person has closed the pop-up window before the login
// ended.
var ErrPopupClosed = errors.New("the window was closed")

// ErrStayed is told when the page was to leave for the tenant and has not. Somebody may
// have stopped it.
var ErrStayed = fmt.Errorf("the page has not left: %w", context.DeadlineExceeded)

// Lock is a sign-in dialog and the logins behind it. Make one with [New].
type Lock struct {
	options Options
	scope   browser.Scope
	client  *oidc.Client
	open    func() (browser.Popup, error)
	leave   func(url string)
	leaving time.Duration // how long leaving may take

	mu            sync.Mutex
	subscriptions []*subscription
	changed       func(then func()) // has the dialog drawn anew, and goes on
	stage         stage
	chosen        Connection
	failure       error
	pending       *pendingPopup
	// begun counts the logins that were begun or given up: one that is no longer the
	// last has no further effect.
	begun int
	// deaf: the dialog has just opened and takes no press yet. shown counts how
	// often it has.
	deaf  bool
	shown int
}

// stage is what the dialog shows.
type stage int

const (
	choosing stage = iota
	opening        // the login is being begun
	waiting        // a window is open
)

// pendingPopup is a login that goes on in a window.
type pendingPopup struct {
	state  string
	window browser.Popup
	done   chan struct{} // closed when the login has ended
}

// New makes a lock for an application of a tenant: its client id, and the
// tenant's domain ("tenant.eu.auth0.com") or issuer URL. The lock joins the
// others of the page until [Lock.Close].
func New(clientID, domain string, options Options) *Lock {
	issuer := issuerOf(domain)
	options = options.withDefaults()
	scope := options.scope(issuer, clientID)
	l := &Lock{
		options: options,
		scope:   scope,
		client:  options.client(scope, issuer, clientID),
		open:    browser.OpenPopup,
		leave:   browser.Assign,
		leaving: 20 * time.Second, // as in the boot script
		changed: func(then func()) { then() },
	}
	page.join(l)
	return l
}

// Close takes the lock from the page: it hears of no login any more.
func (l *Lock) Close() { page.leave(l) }

// Purpose is what this lock's logins are for.
func (l *Lock) Purpose() string { return l.options.Params.Purpose }

// Show opens the dialog. It needs [Lock.Dialog] on the page. For half a second
// nothing in it acts but what closes it, since the press that opened it may have
// been one of two.
func (l *Lock) Show() {
	var shown int
	l.setThen(func() {
		l.stage, l.failure, l.deaf = choosing, nil, true
		l.shown++
		shown = l.shown
	}, func() {
		browser.ShowDialog(l.id())
		browser.AfterDrawing(browser.PressDelay, func() {
			l.set(func() { l.deaf = l.deaf && l.shown != shown })
		})
	})
	go l.emit(Notice{Event: Show, Purpose: l.Purpose()})
}

// hears tells whether the dialog takes presses by now.
func (l *Lock) hears() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.deaf
}

// begins tells whether a press on a connection begins a login: one that is being
// begun already is not begun twice.
func (l *Lock) begins() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.deaf && l.stage != opening
}

// Cancel gives up a login that is being begun or waits in a window: what still comes
// back for it is refused.
func (l *Lock) Cancel() { l.giveUp() }

// Hide closes the dialog and gives up a login that waits in a window.
func (l *Lock) Hide() { browser.CloseDialog(l.id()) }

// Login begins a login with a connection of the tenant, without the dialog; an
// empty name lets the tenant ask. Call it while a click is being handled, or a
// pop-up window will be blocked. Params of the lock apply.
func (l *Lock) Login(connection string) { l.begin(l.connection(connection), "") }

// LoginAs is Login for an account that is known, by its e-mail address and its
// subject: the tenant is told the address. Whether it was that account is for the
// caller to check, whom the result's transaction reminds of the subject.
func (l *Lock) LoginAs(connection, hint, subject string) {
	l.beginAs(l.connection(connection), hint, subject)
}

// LogoutURL is the tenant's address that ends its own session and then returns to
// a URL that the tenant must know.
func (l *Lock) LogoutURL(returnTo string) string { return l.client.LogoutURL(returnTo) }

func (l *Lock) connection(name string) Connection {
	for _, c := range l.options.AllowedConnections {
		if c.Name == name {
			return c
		}
	}
	return Connection{Name: name, Label: name}
}

func (l *Lock) begin(c Connection, hint string) { l.beginAs(c, hint, "") }

func (l *Lock) beginAs(c Connection, hint, subject string) {
	begun := l.giveUp()
	var window browser.Popup
	mode := Redirect
	if l.wantsPopup() {
		// A blocked window is no failure: the redirect does the same job.
		if opened, err := l.open(); err == nil {
			window, mode = opened, Popup
		}
	}
	l.set(func() { l.stage, l.chosen, l.failure = opening, c, nil })
	go l.start(begun, c, cmp.Or(hint, l.options.Params.LoginHint), subject, mode, window)
}

func (l *Lock) wantsPopup() bool {
	switch l.options.Interaction {
	case Popup:
		return true
	case Auto:
		return !browser.Narrow() && !browser.Standalone()
	}
	return false
}

func (l *Lock) start(begun int, c Connection, hint, subject string, mode Interaction, window browser.Popup) {
	p, signedIn := l.options.Params, l.options.Subject()
	url, tx, err := l.client.Begin(context.Background(), oidc.Request{
		Purpose:    p.Purpose,
		Connection: c.Name,
		Prompt:     p.Prompt,
		MaxAge:     p.MaxAge,
		LoginHint:  hint,
		ScreenHint: p.ScreenHint,
		UILocales:  p.UILocales,
		ReturnTo:   p.ReturnTo,
		Expected:   subject,
		Subject:    signedIn,
		Mode:       string(mode),
	})
	if err == nil && l.options.Subject() != signedIn {
		// What is kept of it would outlast a sign-out.
		l.client.Cancel(tx.State)
		err = oidc.ErrOtherSubject
	}
	pending := &pendingPopup{state: tx.State, window: window, done: make(chan struct{})}
	wanted := l.ifLast(begun, func() {
		if err == nil && window != nil {
			l.stage, l.pending = waiting, pending
		}
	})
	if !wanted && err == nil {
		l.client.Cancel(tx.State)
	}
	if window != nil && (!wanted || err != nil) {
		window.Close()
	}
	switch {
	case !wanted:
		return
	case err != nil:
		l.fail(begun, fmt.Errorf("begin login: %w", err))
		return
	case window == nil:
		l.leave(url)
		time.AfterFunc(l.leaving, func() { l.fail(begun, ErrStayed) })
		return
	}
	page.listen(l.scope)
	window.Navigate(url)
	l.watch(pending)
}

// fail ends a login that could not be begun.
func (l *Lock) fail(begun int, err error) {
	if l.ifLast(begun, func() { l.stage, l.failure = choosing, err }) {
		l.emit(Notice{Event: UnrecoverableError, Purpose: l.Purpose(), Err: err})
	}
}

// ifLast changes the lock's state if a login is still the last one, and tells.
func (l *Lock) ifLast(begun int, change func()) (last bool) {
	l.set(func() {
		if last = l.begun == begun; last {
			change()
		}
	})
	return last
}

// Closing a window is noticed by looking. It also looks closed as soon as the
// callback's page comes, whose Cross-Origin-Opener-Policy parts it from this one;
// that page's script then has the grace to hand over the answer.
const (
	lookEvery = 400 * time.Millisecond
	grace     = 3 * time.Second
)

func (l *Lock) watch(p *pendingPopup) {
	for !p.window.Closed() {
		select {
		case <-p.done:
			return
		case <-time.After(lookEvery):
		}
	}
	select {
	case <-p.done:
		return
	case <-time.After(grace):
	}
	if !l.endWait(p) {
		return
	}
	l.client.Cancel(p.state)
	l.set(func() { l.failure = ErrPopupClosed })
	page.tell(Notice{Event: AuthorizationError, Purpose: l.Purpose(), Err: ErrPopupClosed})
}

// endWait ends the wait for a window; only the first caller gets true.
func (l *Lock) endWait(p *pendingPopup) bool {
	ended := false
	l.set(func() {
		if ended = l.pending == p; ended {
			l.pending, l.stage = nil, choosing
			close(p.done)
		}
	})
	return ended
}

// giveUp ends a login that is being begun, or waits in a window: its transaction is
// forgotten, so an answer that comes later is refused. It returns the number of
// the login that may now begin.
func (l *Lock) giveUp() (next int) {
	l.mu.Lock()
	l.begun++
	p, next := l.pending, l.begun
	l.mu.Unlock()
	if p != nil && l.endWait(p) {
		l.client.Cancel(p.state)
		p.window.Close()
	}
	return next
}

// waitsFor returns the login in a window that has this state.
func (l *Lock) waitsFor(state string) *pendingPopup {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending != nil && l.pending.state == state {
		return l.pending
	}
	return nil
}

// finish completes the login that a callback answers and tells every lock.
func (l *Lock) finish(ctx context.Context, callback string) {
	n := Notice{Event: AuthorizationError}
	var parsed oidc.Callback
	if parsed, n.Err = oidc.ParseCallback(callback); n.Err == nil {
		n.Purpose = purposeOf(parsed.State)
		n.Result, n.Err = l.client.Finish(ctx, parsed, l.options.Subject())
	}
	if n.Err == nil {
		n.Event, n.Purpose = Authenticated, n.Result.Transaction.Purpose
	}
	l.Hide()
	page.tell(n)
}

// purposeOf reads the purpose off a state, to route a failure; it proves nothing.
func purposeOf(state string) string {
	purpose, _, ok := strings.Cut(state, ".")
	if !ok {
		return ""
	}
	return purpose
}

// set changes the lock's state and has the dialog drawn anew.
func (l *Lock) set(change func()) { l.setThen(change, func() {}) }

// setThen goes on once the dialog is drawn.
func (l *Lock) setThen(change, then func()) {
	l.mu.Lock()
	change()
	changed := l.changed
	l.mu.Unlock()
	changed(then)
}

func (l *Lock) id() string { return "lock-" + l.Purpose() }
