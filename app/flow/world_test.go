package flow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/offline"
	"twinlock/app/oidc"
	"twinlock/app/platform"
	"twinlock/app/referral"
	"twinlock/app/session"
)

var morning = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

const proofAge = 5 * time.Minute

// The accounts of the world.
const (
	ada      = "auth0|ada"
	lovelace = "google-oauth2|lovelace"
	facebook = "facebook|ada"
	mary     = "google-oauth2|mary"
)

var people = []string{ada, lovelace, facebook, mary}

// world is a tenant in memory, and a device whose tabs each have a flow. Whatever takes
// time is a task, which stands still until the world continues it. One thing happens at a
// time, in an order that the world's seed decides.
type world struct {
	t *testing.T
	r *rand.Rand

	now    time.Time           // the tenant's
	users  map[string][]string // by subject: the identities, its own first
	meta   map[string]map[string]any
	odd    map[string]func(*management.User) // how the tenant tells of a user otherwise than usual
	claims func(*oidc.Claims)                // the same of ID tokens; nil for nothing
	policy linking.Policy
	refers *referral.Referral // what every page is opened for; nil for nothing
	failed map[string]error   // what the next requests of a kind are answered with
	random bool               // requests fail at random, too
	online bool
	stale  time.Duration // how long ago people have proven who they are when they sign in

	device  device
	tabs    []*tab
	tasks   []*task
	current *task
	parked  chan struct{}

	asked   []string        // the requests, by what they are
	steps   map[Purpose]int // how often a login was asked for first
	agreed  map[string]bool
	wrong   []string
	story   []string
	effects int // what has been done beside changing a state
}

// device is what outlasts a page.
type device struct {
	ahead   time.Duration // how far its clock is ahead of the tenant's
	session *held
	clock   oidc.Clock // stored with it
	expired bool       // the last session has run out
	copy    offline.Copy
	action  *Action
	// unfinished is the link whose question is open, or was when its page went.
	unfinished *Action
	actor      string // whose the action is
	history    map[string][]history.Entry
	journal    map[string]linking.Entry
	mutex      map[string]bool
	noVault    bool
	noFiles    bool
}

// held is a session.
type held struct {
	subject string
	proven  time.Time
}

// task is something that takes time.
type task struct {
	tab    *tab
	resume chan bool // false ends it where it stands
	done   bool
}

type killed struct{}

func newWorld(t *testing.T, seed uint64) *world {
	return &world{
		t:      t,
		r:      rand.New(rand.NewPCG(seed, 0)),
		now:    morning,
		users:  map[string][]string{ada: {ada}, lovelace: {lovelace}, facebook: {facebook}, mary: {mary}},
		meta:   map[string]map[string]any{ada: {"theme": "dark"}, lovelace: {"theme": "light", "newsletter": true}},
		odd:    make(map[string]func(*management.User)),
		failed: make(map[string]error),
		steps:  make(map[Purpose]int),
		online: true,
		device: device{
			history: make(map[string][]history.Entry),
			journal: make(map[string]linking.Entry),
			mutex:   make(map[string]bool),
			clock:   oidc.Clock{Tolerance: time.Second},
		},
		parked: make(chan struct{}),
		agreed: make(map[string]bool),
	}
}

// violated records that something is not as it must be.
func (w *world) violated(format string, args ...any) {
	w.wrong = append(w.wrong, fmt.Sprintf(format, args...))
}

// hasAgreed reports whether somebody has confirmed this, with whatever choices.
func (w *world) hasAgreed(what string) bool {
	for meaning := range w.agreed {
		if meaning == what || strings.HasPrefix(meaning, what+" ") {
			return true
		}
	}
	return false
}

// spawn begins a task of a tab.
func (w *world) spawn(tab *tab, work func()) {
	w.effects++
	t := &task{tab: tab, resume: make(chan bool)}
	w.tasks = append(w.tasks, t)
	go func() {
		defer func() {
			if r := recover(); r != nil && r != (killed{}) {
				panic(r)
			}
			t.done = true
			w.parked <- struct{}{}
		}()
		if !<-t.resume {
			panic(killed{})
		}
		work()
	}()
}

// pause stands still until the world continues the task that runs.
func (w *world) pause() {
	t := w.current
	if t == nil {
		return // nothing that the owner's goroutine does may take time
	}
	w.parked <- struct{}{}
	if !<-t.resume {
		panic(killed{})
	}
	w.current = t
}

// advance continues a task until it stands still or is done.
func (w *world) advance(t *task, live bool) {
	w.current = t
	t.resume <- live
	<-w.parked
	w.current = nil
	if t.done {
		w.tasks = slices.DeleteFunc(w.tasks, func(other *task) bool { return other == t })
	}
}

// kill ends all that a tab has under way.
func (w *world) kill(tab *tab) {
	for {
		at := slices.IndexFunc(w.tasks, func(t *task) bool { return t.tab == tab })
		if at < 0 {
			return
		}
		w.advance(w.tasks[at], false)
	}
}

// rest continues all tasks until nothing is left to do.
func (w *world) rest() {
	for range 10_000 {
		switch {
		case w.deliver():
		case len(w.tasks) > 0:
			w.advance(w.tasks[w.r.IntN(len(w.tasks))], true)
		default:
			return
		}
	}
	w.t.Helper()
	w.t.Fatal("it never comes to rest")
}

// deliver makes the next change of a tab, if there is one.
func (w *world) deliver() bool {
	for _, t := range w.tabs {
		if len(t.queue) > 0 {
			t.next()
			return true
		}
	}
	return false
}

// tab is a tab of the device: its flow, its part of the session, its locks and window.
type tab struct {
	world   *world
	flow    *Flow
	queue   []func()
	session *held
	clock   oidc.Clock
	least   time.Time // the tenant's time was at least this when the page had run for so long
	ran     time.Duration
	endings int     // how often another tab has ended the session
	dialog  Purpose // the lock whose dialog is open, "" for none
	holds   bool    // a question is open
	wants   *login  // the login that the tenant waits for the answer of
	leaving bool    // the page is on its way to it
	left    string  // where the page has gone to
	// signedOut is the note for the page that comes next.
	signedOut bool
	saved     map[string]string
	drawn     State // what the person sees
}

// login is a login that has begun.
type login struct {
	purpose    Purpose
	connection string
	expected   string
	under      string // who was signed in
	failure    error  // what a page that comes back is told; nil for nothing
}

// open opens a tab at the page.
func (w *world) open() *tab {
	t := &tab{world: w, saved: make(map[string]string)}
	w.tabs = append(w.tabs, t)
	t.load("", false)
	w.rest()
	t.draw()
	return t
}

// load reloads the page. What was under way ends where it stands.
func (t *tab) load(callback string, called bool) {
	w := t.world
	w.kill(t)
	t.queue, t.session, t.dialog, t.leaving, t.left = nil, nil, "", false, ""
	t.clock, t.holds = oidc.Clock{}, false
	t.flow = New(Deps{
		Session: sessionOf{t}, Locks: locksOf{t}, API: t.api,
		Journal: journalOf{w}, History: historyOf{w}, Copies: copiesOf{w},
		Actions: actionsOf{w}, Unfinished: unfinishedOf{w}, Site: siteOf{t}, Window: windowOf{t}, Words: wordsOf{},
		Now:   w.deviceTime,
		Sleep: func(ctx context.Context, d time.Duration) error { w.pause(); w.now = w.now.Add(d); return ctx.Err() },
		Post:  func(change func()) { t.queue = append(t.queue, change) },
		Go:    func(work func()) { w.spawn(t, work) },
	}, Settings{Policy: w.policy, ProofAge: proofAge}, called)
	if w.refers != nil {
		t.flow.Refer(*w.refers)
	}
	if w.random && w.r.IntN(2) == 0 { // the boot script has shown the last view
		t.flow.Recall(context.Background())
		t.draw()
	}
	t.flow.Start(callback, called)
}

func (t *tab) next() {
	change := t.queue[0]
	t.queue = t.queue[1:]
	change()
}

func (t *tab) draw() { t.drawn = t.flow.State() }

func (t *tab) subject() string {
	if t.session == nil {
		return ""
	}
	return t.session.subject
}

// answer ends the login that the tenant waits for: with an account, or an error. A page
// that has left is loaded again.
func (t *tab) answer(subject string, err error) {
	l := t.wants
	t.wants, t.dialog = nil, ""
	if t.leaving {
		l.failure = err
		t.wants = l
		t.load(subject, true)
		return
	}
	t.world.spawn(t, func() { t.flow.LoginEnded(t.ended(l, subject, err)) })
}

// ended returns how a login ends that a person has answered.
func (t *tab) ended(l *login, subject string, err error) Login {
	switch {
	case l == nil:
		return Login{Err: oidc.ErrNoTransaction}
	case err != nil:
		return Login{Purpose: l.purpose, Err: err}
	}
	w := t.world
	owner := w.owner(subject)
	if under := t.subject(); l.under != under && (l.under != "" || owner != under) {
		return Login{Purpose: l.purpose, Err: oidc.ErrOtherSubject}
	}
	claims := oidc.Claims{Subject: owner, AuthTime: w.now.Add(-w.stale), Email: address(owner), EmailVerified: true}
	if w.claims != nil {
		w.claims(&claims)
	}
	return Login{Purpose: l.purpose, Result: &oidc.Result{
		Tokens:      oidc.Tokens{Access: oidc.Secret("access " + owner), ID: oidc.Secret("id " + owner), Clock: w.shown()},
		Claims:      claims,
		Transaction: oidc.Transaction{Purpose: string(l.purpose), Connection: connectionOf(subject), Expected: l.expected},
	}}
}

// owner returns the profile that an identity belongs to.
func (w *world) owner(identity string) string {
	for _, subject := range people {
		if slices.Contains(w.users[subject], identity) {
			return subject
		}
	}
	return identity
}

func address(subject string) string {
	provider, name, _ := strings.Cut(subject, "|")
	return name + "@" + provider + ".example"
}

func connectionOf(subject string) string {
	provider, _, _ := strings.Cut(subject, "|")
	return provider
}

func identityOf(subject string) management.Identity {
	provider, id, _ := strings.Cut(subject, "|")
	var unusable management.Unusable
	if id == "" {
		unusable = management.NoID
	}
	return management.Identity{
		Provider:   provider,
		UserID:     id,
		Unusable:   unusable,
		Connection: provider,
		Profile:    management.Profile{Email: address(subject), EmailVerified: true},
	}
}

// The tenant.

// api is the Management API as one account.
func (t *tab) api(token Token, onWait func(time.Time)) linking.API {
	return apiOf{t.world, token, onWait}
}

type apiOf struct {
	w      *world
	token  Token
	onWait func(time.Time)
}

var errRateLimited = errors.New("the rate limit, for a moment")

// request asks for the token, and returns the failure that is due. Before and after it the
// world may continue something else.
func (a apiOf) request(ctx context.Context, what string, work func(subject string) error) error {
	w := a.w
	token, err := a.token(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", management.ErrUnsent, err)
	}
	w.pause()
	if errors.Is(w.failed[what], errRateLimited) || w.random && w.r.IntN(20) == 0 {
		a.onWait(w.now.Add(4 * time.Second))
		w.pause()
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", management.ErrUnsent, err)
	}
	subject, _ := strings.CutPrefix(token.Reveal(), "access ")
	w.asked = append(w.asked, what+" as "+subject)
	fault := w.fault(what, subject)
	if fault != nil && !errors.As(fault, new(lost)) && !errors.Is(fault, management.ErrAnswer) {
		return fault
	}
	if err := work(subject); err != nil {
		return err
	}
	w.pause()
	return fault
}

// lost is the failure of an answer that comes after the work was done.
type lost struct{ error }

func (l lost) Unwrap() error { return l.error }

func (w *world) fault(what, subject string) error {
	for _, what := range []string{what, what + " as " + subject} {
		if err := w.failed[what]; err != nil && !errors.Is(err, errRateLimited) {
			return err
		}
	}
	if !w.online {
		return platform.ErrNetwork
	}
	if !w.random || w.r.IntN(12) > 0 {
		return nil
	}
	kinds := []error{
		management.ErrServer, platform.ErrNetwork, management.ErrAnswer, management.ErrUnauthorized,
		management.ErrRateLimited, context.DeadlineExceeded,
	}
	return fmt.Errorf("fault: %w", kinds[w.r.IntN(len(kinds))])
}

// refusal returns why a user can be linked with no other.
func (w *world) refusal(u management.User) error {
	own := linking.AccountOf(u)
	return w.policy.CheckAlone(&own)
}

func (w *world) user(id string) (management.User, error) {
	identities, ok := w.users[id]
	if !ok {
		return management.User{}, &management.Error{Kind: management.ErrNoUser, Status: 404}
	}
	u := management.User{ID: id, Email: address(id), EmailVerified: true, Metadata: maps.Clone(w.meta[id])}
	for _, i := range identities {
		u.Identities = append(u.Identities, identityOf(i))
	}
	if edit := w.odd[id]; edit != nil {
		edit(&u)
	}
	return u, nil
}

func (a apiOf) User(ctx context.Context, id string) (u management.User, err error) {
	err = a.request(ctx, "read", func(subject string) (err error) {
		if subject != id {
			return &management.Error{Kind: management.ErrForeignUser, Status: 403}
		}
		u, err = a.w.user(id)
		return err
	})
	if err != nil {
		return management.User{}, err
	}
	return u, nil
}

func (a apiOf) Link(ctx context.Context, primary string, linkWith oidc.Secret) (list []management.Identity, err error) {
	w := a.w
	err = a.request(ctx, "link", func(subject string) error {
		second, _ := strings.CutPrefix(linkWith.Reveal(), "id ")
		if w.random && w.r.IntN(3) == 0 && primary != mary && second != mary &&
			len(w.users[second]) == 1 && w.users[mary] != nil {
			w.users[mary] = append(slices.Clone(w.users[mary]), second) // somebody is quicker
			delete(w.users, second)
		}
		switch {
		case subject != primary || w.users[primary] == nil:
			return &management.Error{Kind: management.ErrNoUser, Status: 404}
		case slices.Contains(w.users[primary], second), w.users[second] == nil:
			return &management.Error{Kind: management.ErrSecondaryGone, Status: 400}
		case len(w.users[second]) > 1:
			return &management.Error{Kind: management.ErrSecondary, Status: 400}
		}
		if !w.hasAgreed("link " + second + " to " + primary) {
			w.violated("nobody has agreed to link %s to %s", second, primary)
		}
		for _, id := range []string{primary, second} {
			if u, _ := w.user(id); w.refusal(u) != nil {
				w.violated("%s is linked in spite of its address", id)
			}
		}
		w.users[primary] = append(w.users[primary], second)
		delete(w.users, second)
		delete(w.meta, second)
		return nil
	})
	return list, err
}

func (a apiOf) Unlink(ctx context.Context, primary string, i management.Identity) (list []management.Identity, err error) {
	w := a.w
	err = a.request(ctx, "unlink", func(subject string) error {
		at := slices.Index(w.users[primary], i.ID())
		if subject != primary || at < 1 {
			return &management.Error{Kind: management.ErrMainIdentity, Status: 400}
		}
		if !w.hasAgreed("unlink " + i.ID() + " from " + primary) {
			w.violated("nobody has agreed to unlink %s", i.ID())
		}
		w.users[primary] = slices.Delete(slices.Clone(w.users[primary]), at, at+1)
		w.users[i.ID()] = []string{i.ID()}
		return nil
	})
	return list, err
}

func (a apiOf) PatchMetadata(ctx context.Context, id string, patch map[string]any) (u management.User, err error) {
	w := a.w
	err = a.request(ctx, "patch", func(subject string) (err error) {
		meta := maps.Clone(w.meta[id])
		if meta == nil {
			meta = make(map[string]any)
		}
		maps.Copy(meta, patch)
		w.meta[id] = meta
		u, err = w.user(id)
		return err
	})
	if err != nil {
		return management.User{}, err
	}
	return u, nil
}

// The device.

// sessionOf does what [session.Keeper] promises.
type sessionOf struct{ t *tab }

func (s sessionOf) Subject() string { return s.t.subject() }

func (s sessionOf) Account() (session.Account, bool) {
	if s.t.session == nil {
		return session.Account{}, false
	}
	return session.Account{
		Claims:    oidc.Claims{Subject: s.t.session.subject, AuthTime: s.t.session.proven},
		Ends:      s.t.session.proven.Add(1000 * time.Hour),
		Now:       s.t.tenantTime(),
		Tolerance: s.t.clock.Tolerance,
	}, true
}

// deviceTime is what the device's clock shows.
func (w *world) deviceTime() time.Time { return w.now.Add(w.device.ahead) }

// uptime is for how long everything has been running.
func (w *world) uptime() time.Duration { return w.now.Sub(morning) }

// put puts the device's clock, whatever time passes.
func (w *world) put(by time.Duration) { w.device.ahead += by }

// shown is what an exchange shows of the tenant's clock.
func (w *world) shown() oidc.Clock {
	return oidc.Clock{Offset: -w.device.ahead, Tolerance: time.Second}
}

func (t *tab) learn(c oidc.Clock) {
	w := t.world
	t.clock, t.least, t.ran = c, w.deviceTime().Add(c.Offset), w.uptime()
	w.device.clock = c
}

// recall takes over what is stored, which cannot make it earlier.
func (t *tab) recall(c oidc.Clock) {
	if t.clock.Known() {
		t.clock = c
		return
	}
	t.learn(c)
}

// tenantTime is the tenant's time as the page knows it.
func (t *tab) tenantTime() time.Time {
	now, least := t.world.deviceTime().Add(t.clock.Offset), t.least.Add(t.world.uptime()-t.ran)
	if least.After(now) {
		return least
	}
	return now
}

func (s sessionOf) Learn(_ context.Context, c oidc.Clock) {
	s.t.world.pause()
	s.t.learn(c)
}

func (s sessionOf) Restore(context.Context) error {
	w, endings := s.t.world, s.t.endings
	w.pause()
	kept := w.device.session
	switch {
	case kept == nil || s.t.endings != endings: // a sign-out that comes meanwhile holds
		return session.ErrSignedOut
	case s.t.session != nil && s.t.session.subject != kept.subject:
		return session.ErrOtherSubject
	}
	copied := *kept
	s.t.session = &copied
	s.t.recall(w.device.clock)
	return nil
}

func (s sessionOf) Adopt(ctx context.Context, tokens oidc.Tokens, claims oidc.Claims) error {
	w := s.t.world
	if s.t.session == nil && s.t.endings == 0 {
		_ = s.Restore(ctx)
	}
	if s.t.session != nil {
		return s.Renew(ctx, tokens, claims)
	}
	s.t.learn(tokens.Clock)
	s.t.session = &held{claims.Subject, claims.AuthTime}
	w.pause()
	if s.t.subject() != claims.Subject {
		return session.ErrSignedOut
	}
	if err := w.keep(s.t.session); err != nil {
		return err
	}
	s.tell(session.SignedIn)
	return nil
}

func (w *world) keep(h *held) error {
	if w.device.noVault {
		return platform.ErrNoVault
	}
	copied := *h
	w.device.session, w.device.expired = &copied, false
	return nil
}

// check returns why the session is not the subject's.
func (s sessionOf) check(subject string) error {
	switch s.t.subject() {
	case "":
		return session.ErrSignedOut
	case subject:
		return nil
	}
	return session.ErrOtherSubject
}

func (s sessionOf) Renew(_ context.Context, tokens oidc.Tokens, claims oidc.Claims) error {
	s.t.world.pause()
	if err := s.check(claims.Subject); err != nil {
		return err
	}
	s.t.learn(tokens.Clock)
	s.t.session = &held{claims.Subject, claims.AuthTime}
	return s.t.world.keep(s.t.session)
}

func (s sessionOf) Replace(_ context.Context, from string, _ oidc.Tokens, claims oidc.Claims) error {
	w := s.t.world
	w.pause()
	if err := s.check(from); err != nil {
		return err
	}
	if !w.hasAgreed("link " + from + " to " + claims.Subject) {
		w.violated("the session has moved from %s to %s unasked", from, claims.Subject)
	}
	s.t.session = &held{claims.Subject, claims.AuthTime}
	w.device.copy, w.device.action, w.device.unfinished = offline.Copy{}, nil, nil
	err := w.keep(s.t.session)
	s.tell(session.Replaced)
	return err
}

func (s sessionOf) SignOut(context.Context) error {
	w, subject := s.t.world, s.t.subject()
	if subject == "" {
		return nil
	}
	s.t.session = nil
	s.tell(session.SignedOut)
	w.pause()
	if w.device.session != nil && w.device.session.subject == subject {
		w.device.session = nil
		w.device.copy, w.device.action, w.device.unfinished = offline.Copy{}, nil, nil
	}
	return nil
}

func (s sessionOf) AccessToken(context.Context) (oidc.Secret, error) {
	s.t.world.pause()
	if s.t.session == nil {
		return "", session.ErrSignedOut
	}
	w := s.t.world
	if w.online && w.now.Sub(s.t.session.proven) > 24*time.Hour { // the tenant has refused it
		s.t.session, w.device.session, w.device.expired = nil, nil, true // the copy stays
		return "", session.ErrExpired
	}
	if w.random && w.r.IntN(60) == 0 { // it ends by itself
		s.t.session, w.device.session = nil, nil
		w.device.action, w.device.unfinished = nil, nil
		if w.r.IntN(2) == 0 {
			w.device.expired = true
			return "", session.ErrExpired
		}
		w.device.copy = offline.Copy{}
		s.tell(session.Reused)
		return "", session.ErrReused
	}
	return oidc.Secret("access " + s.t.subject()), nil
}

func (s sessionOf) IDToken() oidc.Secret {
	if s.t.session == nil {
		return ""
	}
	return oidc.Secret("id " + s.t.subject())
}

func (s sessionOf) While(ctx context.Context, subject string, do func(context.Context) error) error {
	s.t.world.pause()
	kept := s.t.world.device.session
	if err := s.check(subject); err != nil {
		return err
	}
	if kept == nil || kept.subject != subject {
		return session.ErrSignedOut
	}
	return do(ctx)
}

func (s sessionOf) Updated() { s.tell(session.Updated) }

// tell tells the other tabs, some time later.
func (s sessionOf) tell(change session.Change) {
	w := s.t.world
	for _, other := range w.tabs {
		if other == s.t {
			continue
		}
		w.spawn(other, func() {
			if change != session.SignedIn && change != session.Updated {
				other.session = nil
				other.endings++
			}
			other.flow.ChangedElsewhere(change)
		})
	}
}

// locksOf are a tab's locks.
type locksOf struct{ t *tab }

func (l locksOf) Show(p Purpose) {
	l.t.world.effects++
	if l.t.flow.State().Question.Open() {
		l.t.world.violated("a dialog opens beside a question")
	}
	l.check(p)
	l.t.dialog = p
}

// choose makes the person choose a way to sign in, in the dialog.
func (t *tab) choose(window bool) {
	t.wants = &login{purpose: t.dialog, under: t.subject()}
	t.leaving = !window
}

func (l locksOf) Ask(p Purpose, _ Step) {
	l.t.world.effects++
	if l.t.flow.State().Question.Open() {
		l.t.world.violated("a dialog opens beside a question")
	}
	if l.t.subject() == "" && p == Proof || l.t.subject() != "" && p == Move {
		l.t.world.violated("a login for %q is asked for, and %q is signed in", p, l.t.subject())
	}
	l.t.world.steps[p]++
	l.t.dialog = p
}

func (l locksOf) LoginAs(p Purpose, connection, _, subject string) {
	l.t.world.effects++
	if l.t.subject() == "" && (p == Second || p == Proof) {
		l.t.world.violated("a login for %q begins where nobody is signed in", p)
	}
	l.check(p)
	l.t.wants, l.t.leaving = &login{purpose: p, connection: connection, expected: subject, under: l.t.subject()}, true
}

// check finds a second login that cannot come to anything.
func (l locksOf) check(p Purpose) {
	if p == Second && l.t.world.refusal(l.t.flow.State().User) != nil {
		l.t.world.violated("a login begins to link with a profile that can be linked with none")
	}
}

func (l locksOf) Cancel(p Purpose) {
	if l.t.wants != nil && l.t.wants.purpose == p {
		l.t.wants = nil
	}
	if l.t.dialog == p {
		l.t.dialog = ""
	}
}

func (l locksOf) Resume(_ context.Context, subject string) {
	wanted := l.t.wants
	l.t.wants = nil
	l.t.world.pause()
	var failure error
	if wanted != nil {
		failure = wanted.failure
	}
	l.t.flow.LoginEnded(l.t.ended(wanted, subject, failure))
}

func (l locksOf) LogoutURL() string { return "https://tenant.example/v2/logout" }

// windowOf is a tab's window.
type windowOf struct{ t *tab }

func (w windowOf) Online() bool { return w.t.world.online }

func (w windowOf) Leave(url string) { w.t.world.effects++; w.t.left = url }

func (w windowOf) Save(name, _ string, data []byte) error {
	w.t.world.effects++
	if w.t.world.device.noFiles {
		return errNoFiles
	}
	w.t.saved[name] = string(data)
	return nil
}

var errNoFiles = errors.New("no files here")

type journalOf struct{ w *world }

func (j journalOf) Save(_ context.Context, e linking.Entry) error {
	j.w.pause()
	if j.w.device.noVault {
		return platform.ErrNoVault
	}
	j.w.device.journal[e.Primary] = e
	return nil
}

var errSealBroken = fmt.Errorf("journal: %w", platform.ErrSealBroken)

func (j journalOf) Load(_ context.Context, subject string) (linking.Entry, bool, error) {
	j.w.pause()
	if e, found := j.w.device.journal[subject]; found {
		if e.Primary == "" {
			return e, false, errSealBroken
		}
		return e, true, nil
	}
	for _, primary := range slices.Sorted(maps.Keys(j.w.device.journal)) {
		if e := j.w.device.journal[primary]; e.Secondary == subject {
			return e, true, nil
		}
	}
	return linking.Entry{}, false, nil
}

func (j journalOf) Remove(_ context.Context, primary string) error {
	j.w.pause()
	delete(j.w.device.journal, primary)
	return nil
}

type historyOf struct{ w *world }

func (h historyOf) Add(_ context.Context, subject string, e history.Entry) error {
	h.w.pause()
	h.w.device.history[subject] = append(h.w.device.history[subject], e)
	return nil
}

func (h historyOf) List(_ context.Context, subject string) ([]history.Entry, error) {
	list := slices.Clone(h.w.device.history[subject])
	h.w.pause()
	if err := h.w.failed["history"]; err != nil {
		return nil, err
	}
	slices.Reverse(list)
	return list, nil
}

func (h historyOf) Export(_ context.Context, subject string) ([]byte, error) {
	h.w.pause()
	return fmt.Appendf(nil, "%d of %s", len(h.w.device.history[subject]), subject), nil
}

func (h historyOf) Move(_ context.Context, from, to string) error {
	h.w.pause()
	h.w.device.history[to] = append(h.w.device.history[to], h.w.device.history[from]...)
	delete(h.w.device.history, from)
	return nil
}

type copiesOf struct{ w *world }

func (c copiesOf) Keep(_ context.Context, u management.User, ends time.Time) error {
	if c.w.device.session == nil {
		c.w.violated("a copy of %s is kept where nobody is signed in", u.ID)
	}
	if ends.IsZero() {
		c.w.violated("a copy of %s does not end with its session", u.ID)
	}
	c.w.device.copy = offline.Copy{User: u, Read: c.w.deviceTime()}
	return nil
}

func (c copiesOf) Last(_ context.Context, subject string) (offline.Copy, error) {
	c.w.pause()
	kept := c.w.device.copy
	if kept.User.ID == "" || subject != "" && kept.User.ID != subject {
		return offline.Copy{}, offline.ErrNone
	}
	return kept, nil
}

func (c copiesOf) Forget(context.Context) error {
	c.w.pause()
	c.w.device.copy = offline.Copy{}
	return nil
}

type actionsOf struct{ w *world }

func (a actionsOf) Put(_ context.Context, subject string, action Action) error {
	a.w.pause()
	a.w.device.action, a.w.device.actor = &action, subject
	return nil
}

func (a actionsOf) Pop(_ context.Context, subject string) (Action, error) {
	a.w.pause()
	kept := a.w.device.action
	a.w.device.action = nil
	if kept == nil || a.w.device.actor != subject {
		return Action{}, ErrNoAction
	}
	return *kept, nil
}

func (a actionsOf) Drop(context.Context) error {
	a.w.pause()
	a.w.device.action = nil
	return nil
}

type unfinishedOf struct{ w *world }

func (u unfinishedOf) Put(_ context.Context, subject string, action Action) error {
	if u.w.device.session == nil || u.w.device.session.subject != subject {
		u.w.violated("what %s has not finished is kept where nobody is signed in", subject)
	}
	u.w.device.unfinished = &action
	return nil
}

func (u unfinishedOf) Pop(_ context.Context, _ string) (Action, error) {
	u.w.pause()
	kept := u.w.device.unfinished
	u.w.device.unfinished = nil
	if kept == nil {
		return Action{}, ErrNoAction
	}
	return *kept, nil
}

func (u unfinishedOf) Drop(context.Context) error {
	u.w.pause()
	u.w.device.unfinished = nil
	return nil
}

type siteOf struct{ t *tab }

func (s siteOf) HoldQuestion() func() {
	s.t.holds = true
	return func() { s.t.holds = false }
}

func (s siteOf) QuestionHeld() bool {
	s.t.world.pause()
	return slices.ContainsFunc(s.t.world.tabs, func(other *tab) bool { return other.holds })
}

func (s siteOf) Exclusive(ctx context.Context, name string, do func() error) error {
	w := s.t.world
	for w.device.mutex[name] {
		w.pause()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	w.device.mutex[name] = true
	defer delete(w.device.mutex, name)
	return do()
}

func (s siteOf) Sweep(context.Context) { s.t.world.pause() }

func (s siteOf) NoteSignOut() { s.t.signedOut = true }

func (s siteOf) PopSignOut() (noted bool) {
	noted, s.t.signedOut = s.t.signedOut, false
	return noted
}

// wordsOf are the names that the world knows things by. What stands beside another account
// of its profile is told with how many there are.
type wordsOf struct{}

func (wordsOf) Account(a, profile linking.Account) string {
	return address(a.Subject) + beside(profile)
}

func (wordsOf) Identity(i management.Identity, profile linking.Account) string {
	return i.Profile.Email + beside(profile)
}

func beside(profile linking.Account) string {
	if profile.Subject == "" {
		return " of nobody's profile"
	}
	return ""
}

func (wordsOf) Pair(p linking.Plan) (first, second string) {
	return address(p.Primary.Subject), address(p.Secondary.Subject)
}

func (wordsOf) Failure(err error, _ linking.Account) string { return err.Error() }
