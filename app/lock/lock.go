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
	"twinlock/app/provider"
)

// ErrStayed is told in a [Notice] when the page has not left for the tenant within twenty
// seconds, for instance because the person has stopped it. It is a
// [context.DeadlineExceeded].
var ErrStayed = fmt.Errorf("the page has not left: %w", context.DeadlineExceeded)

// Lock is a sign-in dialog and the logins behind it. Make one with [New]. It has one login
// at a time: the next one gives up the one before. Its methods may be called
// from any goroutine.
type Lock struct {
	options Options
	scope   browser.Scope
	client  *oidc.Client
	// openPopup and assign are those of package browser; tests replace them.
	openPopup func() (browser.Popup, error)
	assign    func(url string)
	// leaveTimeout is how long the page may take to leave.
	leaveTimeout time.Duration
	// answerTimeout is how long a window that looks closed may take to hand over the answer,
	// before the person is asked about it: it may be about to close by itself.
	answerTimeout time.Duration

	mu            sync.Mutex
	subscriptions []*subscription
	redraw        func(then func()) // draws the dialog again and then calls then
	drawn         bool              // the dialog is on the page
	late          bool              // it was to be opened before it was there
	stage         stage
	asked         *asked
	chosen        Connection // what the login of the dialog is with
	hint, subject string     // whom it is to be, as LoginAs has them
	failure       error      // what the dialog says; nil for nothing
	pending       *pendingPopup
	// attempt is the number of the last login that was begun or given up. A login with
	// another number has no further effect.
	attempt int
	// deaf is true while the dialog ignores presses because it has just opened, or has
	// just put other buttons in the place of those that were there.
	deaf bool
	// shown is how often that has happened.
	shown int
}

// stage is what the dialog shows.
type stage int

const (
	choosing stage = iota // the connections
	opening               // a login is being begun
	waiting               // a login goes on in a window
	unseen                // it may go on there: the window looks closed
)

// asked is the one login that the dialog offers instead of the connections.
type asked struct {
	reason, connection, hint, subject string
}

// pendingPopup is a login that goes on in a window.
type pendingPopup struct {
	state  string
	window browser.Popup
	done   chan struct{} // closed when the login has ended
}

// New makes a lock for an application of a tenant: its client ID, and the tenant's domain
// ("tenant.eu.auth0.com") or issuer URL ("https://tenant.eu.auth0.com/", with the slash).
// It also adds the lock to those of the page, which the package remembers: from then on
// the lock hears of every login, until [Lock.Close]. Options that are missing get their
// defaults; wrong ones are found by the first login.
func New(clientID, domain string, options Options) *Lock {
	issuer := issuerOf(domain)
	options = options.withDefaults()
	scope := options.scope(issuer, clientID)
	l := &Lock{
		options:       options,
		scope:         scope,
		client:        options.client(scope, issuer, clientID),
		openPopup:     browser.OpenPopup,
		assign:        browser.Assign,
		leaveTimeout:  20 * time.Second, // as in the boot script
		answerTimeout: 3 * time.Second,
		redraw:        func(then func()) { then() },
	}
	page.add(l)
	return l
}

// Close removes the lock from those of the page: it no longer hears of any login.
func (l *Lock) Close() { page.remove(l) }

// Purpose returns the lock's [Params].Purpose, "login" by default.
func (l *Lock) Purpose() string { return l.options.Params.Purpose }

// Show opens the dialog, which [Lock.Dialog] puts on the page. For half a second
// nothing in it acts but its close button and the Escape key: the press that opened it may
// have been the first of a double click. Handlers of [Show] are called.
func (l *Lock) Show() { l.open(nil) }

// Ask opens the dialog as [Lock.Show] does, and offers one login in it: to an account that is
// known, as [Lock.LoginAs] has it. The reason stands in place of the instructions and says
// what the login is needed for. The login begins when the person presses the button with the
// id "btn-confirm"; the one with the id "btn-cancel" closes the dialog.
func (l *Lock) Ask(reason, connection, hint, subject string) {
	l.open(&asked{reason, connection, hint, subject})
}

func (l *Lock) open(login *asked) {
	l.surprise(func() { l.stage, l.failure, l.asked, l.late = choosing, nil, login, !l.drawn }, func() {
		browser.ShowDialog(l.id())
		browser.Focus(l.choicesID())
	})
	go l.emit(Notice{Event: Show, Purpose: l.Purpose()})
}

// surprise changes what the dialog shows, calls then once it is drawn, and has the dialog
// ignore presses until a moment later: they were meant for what was there before.
func (l *Lock) surprise(change, then func()) {
	var shown int
	l.setThen(func() {
		change()
		l.deaf = true
		l.shown++
		shown = l.shown
	}, func() {
		then()
		browser.AfterDrawing(browser.PressDelay, func() {
			l.setThen(func() { l.deaf = l.deaf && l.shown != shown }, func() { browser.FocusFirst(l.choicesID(), firstChoice) })
		})
	})
}

// acceptsPress reports whether a press in the dialog has an effect by now.
func (l *Lock) acceptsPress() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.deaf
}

// mayBegin reports whether a press on a connection begins a login: not while another is
// being begun.
func (l *Lock) mayBegin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.deaf && l.stage != opening
}

// Cancel gives up the login that is being begun or goes on in a window. An answer that
// still comes back for it is refused. No handler is called.
func (l *Lock) Cancel() { l.giveUp() }

// Hide closes the dialog and, if it was open, gives up the login as [Lock.Cancel] does.
// Handlers of [Hide] are called.
func (l *Lock) Hide() { browser.CloseDialog(l.id()) }

// Login begins a login with a connection of the tenant, by its name and without the
// dialog; with "" the tenant asks. The lock's [Params] apply. It returns at once: how the
// login ends is told to the handlers. Call it while a click is being handled, or the
// browser blocks the pop-up window; the page then leaves for the tenant instead.
func (l *Lock) Login(connection string) { l.begin(l.connection(connection), "", "") }

// LoginAs is [Lock.Login] to an account that is known: hint is its e-mail address, which
// the tenant is told, and subject its "sub"; each may be "". It is not enforced that the
// person signs in to that account. Compare [Notice].Result.Transaction.Expected, which is
// the subject given here, with the claims.
func (l *Lock) LoginAs(connection, hint, subject string) {
	l.begin(l.connection(connection), hint, subject)
}

// LogoutURL returns the tenant's address that ends its own session and then sends the
// person to returnTo, which must be one of the tenant's Allowed Logout URLs. See
// [oidc.Client.LogoutURL].
func (l *Lock) LogoutURL(returnTo string) string { return l.client.LogoutURL(returnTo) }

// connection returns the connection of that name. One that is not offered has its name
// for a label.
func (l *Lock) connection(name string) Connection {
	for _, c := range l.options.AllowedConnections {
		if c.Name == name {
			return c
		}
	}
	return Connection{Name: name, Label: name}
}

// begin begins a login in place of the one before. What must happen while the click is
// being handled happens here, and the rest on a goroutine of its own.
func (l *Lock) begin(c Connection, hint, subject string) {
	attempt := l.giveUp()
	var window browser.Popup
	mode := oidc.ModeRedirect
	if l.wantsPopup() && browser.CanVerify() == nil { // else the window would open empty, and close
		// Where the browser blocks the window, the redirect does the same job, if it can.
		if opened, err := l.openPopup(); err == nil {
			window, mode = opened, oidc.ModePopup
		}
	}
	l.set(func() {
		l.stage, l.chosen, l.failure = opening, c, nil
		l.hint, l.subject = hint, subject
	})
	go l.sendToTenant(attempt, c, cmp.Or(hint, l.options.Params.LoginHint), subject, mode, window)
}

func (l *Lock) wantsPopup() bool {
	switch l.options.Interaction {
	case provider.Popup:
		return true
	case provider.Auto:
		return !browser.Narrow() && !browser.Standalone()
	}
	return false
}

// sendToTenant makes the authorization request of a login and sends the window to it, or
// the page where window is nil.
func (l *Lock) sendToTenant(attempt int, c Connection, hint, subject, mode string, window browser.Popup) {
	p, signedIn := l.options.Params, l.options.Subject()
	ctx, url, tx, err := context.Background(), "", oidc.Transaction{}, oidc.ErrNotKept
	// By redirect no request is made whose answer the page could not accept when it comes
	// back.
	if window != nil || signedIn == "" || l.options.Outlasts(ctx, signedIn) {
		url, tx, err = l.client.Begin(ctx, oidc.Request{
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
			Mode:       mode,
		})
	}
	if window == nil && errors.Is(err, oidc.ErrNotKept) {
		if opened := l.openInstead(attempt); opened != nil {
			l.sendToTenant(attempt, c, hint, subject, oidc.ModePopup, opened)
			return
		}
	}
	if err == nil && l.options.Subject() != signedIn {
		// The person has signed out or changed accounts meanwhile, and nothing of this
		// login may outlast that.
		l.client.Cancel(tx.State)
		err = oidc.ErrOtherSubject
	}
	pending := &pendingPopup{state: tx.State, window: window, done: make(chan struct{})}
	wanted := l.ifCurrent(attempt, func() {
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
		l.fail(attempt, fmt.Errorf("begin login: %w", err))
		return
	case window == nil:
		l.assign(url)
		time.AfterFunc(l.leaveTimeout, func() { l.fail(attempt, ErrStayed) })
		return
	}
	page.listen(l.scope)
	window.Navigate(url)
	l.focus(l.waitingID())
	l.watch(pending)
}

// openInstead opens a window for a login that would not outlast a redirect, or returns nil.
// Without the dialog the person could not give it up. Nor may the attempt be over.
func (l *Lock) openInstead(attempt int) browser.Popup {
	l.mu.Lock()
	may := l.drawn && l.attempt == attempt
	l.mu.Unlock()
	if !may {
		return nil
	}
	window, _ := l.openPopup() // nil where it is blocked
	return window
}

// fail ends a login that could not begin.
func (l *Lock) fail(attempt int, err error) {
	if l.ifCurrent(attempt, func() { l.stage, l.failure = choosing, err }) {
		l.emit(Notice{Event: UnrecoverableError, Purpose: l.Purpose(), Err: err})
	}
}

// ifCurrent changes the lock's state if the attempt is still the last one, and reports
// whether it is.
func (l *Lock) ifCurrent(attempt int, change func()) (current bool) {
	l.set(func() {
		if current = l.attempt == attempt; current {
			change()
		}
	})
	return current
}

// pollInterval is how long to wait between two looks at whether a window is closed: no
// event tells it.
const pollInterval = 400 * time.Millisecond

// watch waits until the window of a login looks closed, and has the dialog say so if no
// answer has come from it. It need not be closed: a page in it that has a
// Cross-Origin-Opener-Policy, as some providers have, parts it from this page for good.
// The login therefore goes on, until the person tries again or cancels it.
func (l *Lock) watch(p *pendingPopup) {
	for !p.window.Closed() {
		select {
		case <-p.done:
			return
		case <-time.After(pollInterval):
		}
	}
	select {
	case <-p.done:
		return
	case <-time.After(l.answerTimeout):
	}
	l.surprise(func() {
		if l.pending == p {
			l.stage = unseen
		}
	}, func() { browser.Focus(l.waitingID()) })
}

// tryAgain begins the login in the window once more, in place of the one before: an answer
// to that is refused from now on.
func (l *Lock) tryAgain() {
	l.mu.Lock()
	c, hint, subject := l.chosen, l.hint, l.subject
	l.mu.Unlock()
	if l.acceptsPress() {
		l.begin(c, hint, subject)
	}
}

// endWait ends the wait for a window, and reports whether this call was the one that did.
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

// giveUp ends the login that is being begun or goes on in a window. Its transaction is
// removed, so that an answer that still comes is refused. It returns the number of the
// next attempt.
func (l *Lock) giveUp() (next int) {
	l.mu.Lock()
	l.attempt++
	l.late = false
	p, next := l.pending, l.attempt
	l.mu.Unlock()
	if p != nil && l.endWait(p) {
		l.client.Cancel(p.state)
		p.window.Close()
	}
	return next
}

// pendingFor returns the login in a window that has this state, nil if there is none.
func (l *Lock) pendingFor(state string) *pendingPopup {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending != nil && l.pending.state == state {
		return l.pending
	}
	return nil
}

// finish completes the login that a callback answers, and tells every lock how it ended.
func (l *Lock) finish(ctx context.Context, callback string) {
	n := Notice{Event: AuthorizationError}
	var parsed oidc.Callback
	if parsed, n.Err = oidc.ParseCallback(callback); n.Err == nil {
		n.Purpose = purposeOf(parsed.State)
		n.Result, n.Err = l.client.Finish(ctx, parsed, l.options.Subject())
	}
	// Who is signed in may have changed while the tenant was asked for tokens.
	if n.Err == nil && !n.Result.Transaction.BelongsTo(l.options.Subject(), n.Result.Claims.Subject) {
		n.Result, n.Err = nil, fmt.Errorf("finish login: %w", oidc.ErrOtherSubject)
	}
	if n.Err == nil {
		n.Event, n.Purpose = Authenticated, n.Result.Transaction.Purpose
	}
	l.Hide()
	page.tell(n)
}

// purposeOf returns the purpose that a state carries, "" for none. It says whom to tell of
// an answer and proves nothing.
func purposeOf(state string) string {
	purpose, _, ok := strings.Cut(state, ".")
	if !ok {
		return ""
	}
	return purpose
}

// set changes the lock's state and draws the dialog again.
func (l *Lock) set(change func()) { l.setThen(change, func() {}) }

// setThen is set that calls then once the dialog is drawn.
func (l *Lock) setThen(change, then func()) {
	l.mu.Lock()
	change()
	redraw := l.redraw
	l.mu.Unlock()
	redraw(then)
}

// focus moves the focus to a part of the dialog once that is drawn.
func (l *Lock) focus(id string) { l.setThen(func() {}, func() { browser.Focus(id) }) }

// id is the id of the dialog's element.
func (l *Lock) id() string { return "lock-" + l.Purpose() }

// firstChoice selects what has the focus in a dialog once it hears presses.
const firstChoice = "[data-connection]:enabled, #btn-confirm:enabled"

// choicesID is the id of the part with the connections, or with the login that is asked for.
func (l *Lock) choicesID() string { return l.id() + "-choices" }

// waitingID is the id of the part that is shown while a login goes on in a window.
func (l *Lock) waitingID() string { return l.id() + "-waiting" }
