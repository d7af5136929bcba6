package linking

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
)

var (
	modelSeed = flag.Uint64("model.seed", 0, "seed of the model test; 0 takes a random one")
	modelRuns = flag.Int("model.runs", 20_000, "runs of the model test")
)

// The people of the model: one person with two accounts, and a bystander.
const (
	idA = "auth0|a"
	idB = "google-oauth2|b"
	idC = "auth0|c"
)

// member is a user of the model tenant.
type member struct {
	ids       []string // the first is its own
	meta, app map[string]any
}

// model is a tenant in memory with Auth0's rules, and a device with a
// journal. Every request and every use of the journal may fail, before or after
// it has done its work, or be the last thing that the page does.
type model struct {
	r       *rand.Rand
	faulty  bool
	noVault bool // the device keeps nothing
	users   map[string]*member
	journal map[string][]byte
	now     time.Time
	late    []late // requests that nobody waits for any more

	links   int             // that took effect
	faults  int             // injected
	begun   []*promise      // of all links
	sure    *promise        // of the link that took effect
	touched map[string]bool // keys changed on another device
	told    map[string]int  // outcomes, by call and state
	value   int
	wrong   []string
}

// late is what is done some time after it was asked for.
type late struct {
	due  time.Time
	work func()
}

// promise is a plan and the accounts as they were when it was shown.
type promise struct {
	plan               Plan
	primary, secondary map[string]any
	touched            map[string]bool // keys changed on another device since
}

type crash struct{}

var errDisk = errors.New("disk failed")

func newModel(r *rand.Rand) *model {
	m := &model{r: r, now: morning, noVault: r.IntN(8) == 0, journal: make(map[string][]byte), touched: make(map[string]bool), told: make(map[string]int)}
	m.users = map[string]*member{
		idA: {ids: []string{idA}, meta: m.metadata(), app: map[string]any{"plan": "free"}},
		idB: {ids: []string{idB}, meta: m.metadata(), app: map[string]any{"roles": []any{"admin"}}},
		idC: {ids: []string{idC}, meta: map[string]any{"theme": "bystander"}},
	}
	return m
}

func (m *model) violated(format string, args ...any) {
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

// metadata is from few values, so that accounts often have them alike.
func (m *model) metadata() map[string]any {
	meta := make(map[string]any)
	for _, key := range []string{"theme", "phone", "", "__proto__", "tags", "seen"} {
		if m.r.IntN(2) == 0 {
			continue
		}
		if key != "tags" && key != "seen" {
			meta[key] = []any{"x", "y", json.Number("1e2"), map[string]any{"deep": nil}}[m.r.IntN(4)]
			continue
		}
		list := []any{}
		for range m.r.IntN(4) {
			list = append(list, json.Number(fmt.Sprint(m.r.IntN(3))))
		}
		meta[key] = list
	}
	if len(meta) == 0 {
		return nil
	}
	return meta
}

// pass lets time go by. What was late is done when it is due.
func (m *model) pass(d time.Duration) {
	m.now = m.now.Add(d)
	waiting := m.late
	m.late = nil
	for _, l := range waiting {
		if l.due.After(m.now) {
			m.late = append(m.late, l)
		} else {
			l.work()
		}
	}
}

// some is a time of any order, and under an hour.
func (m *model) some() time.Duration {
	return []time.Duration{time.Second, 4 * time.Second, 8 * time.Second, time.Minute, 20 * time.Minute, 50 * time.Minute}[m.r.IntN(6)]
}

func (m *model) sleep(_ context.Context, d time.Duration) error {
	if m.faulty && m.r.IntN(8) == 0 {
		m.pass(d / 2)
		if m.r.IntN(2) == 0 {
			panic(crash{})
		}
		return context.Canceled
	}
	m.pass(d)
	return nil
}

func (m *model) ceremony() Ceremony {
	return Ceremony{API: m, Journal: m, Now: func() time.Time { return m.now }, Sleep: m.sleep}
}

// request does the work of a request, or not, and answers, or not. Work that is
// late is done up to so much later.
func (m *model) request(lateness time.Duration, work func() error) error {
	m.pass(time.Duration(m.r.IntN(2)) * time.Second)
	if !m.faulty || m.r.IntN(3) > 0 {
		return work()
	}
	m.faults++
	silence := []error{platform.ErrNetwork, context.Canceled, context.DeadlineExceeded}[m.r.IntN(3)]
	switch m.r.IntN(10) {
	case 0:
		return &management.Error{Kind: management.ErrRateLimited, Status: 429}
	case 1:
		return &management.Error{Kind: management.ErrServer, Status: 500}
	case 2:
		return silence
	case 3:
		panic(crash{})
	case 4, 5:
		m.late = append(m.late, late{m.now.Add(lateness), func() { _ = work() }})
		if m.r.IntN(3) == 0 {
			panic(crash{})
		}
		return silence
	}
	if err := work(); err != nil {
		return err
	}
	switch m.r.IntN(4) {
	case 0:
		return &management.Error{Kind: management.ErrServer, Status: 502}
	case 1:
		return &management.Error{Kind: management.ErrAnswer, Status: 200}
	case 2:
		panic(crash{})
	}
	return silence
}

// storage does the work of one use of the journal, or not.
func (m *model) storage(work func()) error {
	if m.noVault {
		return platform.ErrNoVault
	}
	if !m.faulty || m.r.IntN(6) > 0 {
		work()
		return nil
	}
	m.faults++
	fault := m.r.IntN(4)
	if fault%2 == 1 {
		work()
	}
	if fault < 2 {
		panic(crash{})
	}
	return errDisk
}

func (m *model) owner(id string) string {
	for owner, u := range m.users {
		if slices.Contains(u.ids, id) {
			return owner
		}
	}
	return ""
}

func (m *model) read(id string) (management.User, error) {
	u, ok := m.users[id]
	if !ok {
		return management.User{}, &management.Error{Kind: management.ErrNoUser, Status: 404}
	}
	user := management.User{ID: id, Email: id + "@x", EmailVerified: true, Metadata: maps.Clone(u.meta), AppMetadata: maps.Clone(u.app)}
	for _, id := range u.ids {
		provider, rest, _ := bytes.Cut([]byte(id), []byte("|"))
		user.Identities = append(user.Identities, management.Identity{Provider: string(provider), UserID: string(rest)})
	}
	return user, nil
}

func (m *model) User(_ context.Context, id string) (user management.User, err error) {
	err = m.request(0, func() (err error) {
		user, err = m.read(id)
		return err
	})
	if err != nil {
		return management.User{}, err
	}
	return user, nil
}

// token is the ID token of an account, and tokenOf whose it is.
func token(id string) oidc.Secret { return oidc.Secret("secret-" + id) }

func (m *model) Link(_ context.Context, primary string, linkWith oidc.Secret) ([]management.Identity, error) {
	promised := m.begun[len(m.begun)-1]
	err := m.request(m.some(), func() error {
		u, secondary := m.users[primary], ""
		for _, id := range []string{idA, idB, idC} {
			if token(id) == linkWith {
				secondary = id
			}
		}
		switch {
		case u == nil:
			return &management.Error{Kind: management.ErrNoUser, Status: 404}
		case slices.Contains(u.ids, secondary):
			return &management.Error{Kind: management.ErrAlreadyLinked, Status: 409}
		case m.users[secondary] == nil:
			return &management.Error{Kind: management.ErrSecondaryGone, Status: 400}
		case len(m.users[secondary].ids) > 1:
			return &management.Error{Kind: management.ErrSecondary, Status: 400}
		}
		u.ids = append(u.ids, secondary)
		delete(m.users, secondary)
		m.links++
		m.sure = promised
		return nil
	})
	return nil, err
}

func (m *model) PatchMetadata(_ context.Context, id string, patch map[string]any) (user management.User, err error) {
	// A late one is done before anybody changes anything elsewhere.
	err = m.request(0, func() (err error) {
		u := m.users[id]
		if u == nil {
			return &management.Error{Kind: management.ErrNoUser, Status: 404}
		}
		if len(u.ids) < 2 {
			m.violated("merged into %s, which is not linked", id)
		}
		if u.meta == nil {
			u.meta = make(map[string]any)
		}
		for key, v := range patch {
			if v == nil {
				delete(u.meta, key)
			} else {
				u.meta[key] = v
			}
		}
		user, err = m.read(id)
		return err
	})
	if err != nil {
		return management.User{}, err
	}
	return user, nil
}

func (m *model) Unlink(context.Context, string, management.Identity) ([]management.Identity, error) {
	panic("not part of the model")
}

func (m *model) Save(_ context.Context, e Entry) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if bytes.Contains(data, []byte("secret")) {
		m.violated("a token is in the journal")
	}
	return m.storage(func() { m.journal[e.Primary] = data })
}

func (m *model) Load(_ context.Context, subject string) (e Entry, found bool, err error) {
	if m.noVault {
		return Entry{}, false, nil
	}
	err = m.storage(func() {
		for _, id := range []string{subject, idA, idB} {
			data, kept := m.journal[id]
			if !kept || found {
				continue
			}
			if e, err = ParseEntry(data); err != nil {
				m.violated("journal: %v", err)
			}
			found = e.Primary == subject || e.Secondary == subject
		}
	})
	return e, found && err == nil, err
}

func (m *model) Remove(_ context.Context, primary string) error {
	return m.storage(func() { delete(m.journal, primary) })
}

// ceremony is the code under test.
type ceremony struct {
	link   func(Ceremony, context.Context, Plan, oidc.Secret) (Outcome, error)
	resume func(Ceremony, context.Context, string) (Outcome, error)
}

// run goes through visits with faults, and then through visits without until
// nothing is left to be done.
func (m *model) run(c ceremony) {
	for range 1 + m.r.IntN(5) {
		m.faulty = true
		m.visit(c, m.r.IntN(3) > 0)
		m.elsewhere()
		m.pass(m.some() * time.Duration(m.r.IntN(3)))
	}
	m.faulty = false
	m.pass(requestLife)
	for _, id := range []string{idA, idB} {
		m.visitAs(c, m.owner(id), false)
	}
	for id := range m.users {
		if out, err := c.resume(m.ceremony(), context.Background(), id); err != nil || out.State != NothingPending {
			m.violated("at the end Resume(%s) is %q: %v", id, out.State, err)
		}
	}
	m.checkEnd()
}

// visit is one life of the page, signed in with one of the two identities.
func (m *model) visit(c ceremony, link bool) {
	defer func() {
		m.pass(0)
		if p := recover(); p != nil && p != (crash{}) {
			panic(p)
		}
	}()
	m.visitAs(c, m.owner([]string{idA, idB}[m.r.IntN(2)]), link)
}

func (m *model) visitAs(c ceremony, subject string, link bool) {
	ctx := context.Background()
	out, err := c.resume(m.ceremony(), ctx, subject)
	m.check("Resume", out, err)
	other := m.owner(map[string]string{idA: idB, idB: idA}[subject])
	if err != nil || other == subject || m.users[subject] == nil || !link { // a late link may have taken it
		return
	}
	plan, ok := m.plan(subject, other)
	if !ok {
		return
	}
	m.begun = append(m.begun, &promise{plan, plan.Primary.Metadata, plan.Secondary.Metadata, make(map[string]bool)})
	out, err = c.link(m.ceremony(), ctx, plan, token(plan.Secondary.Subject))
	m.check("Link", out, err)
	if (err == nil) != (out.State == Done) {
		m.violated("Link is %q: %v", out.State, err)
	}
}

// plan is what a person might choose.
func (m *model) plan(first, second string) (Plan, bool) {
	a, _ := m.read(first)
	b, _ := m.read(second)
	plan, err := NewPlan(AccountOf(a), AccountOf(b), Policy{NoMerge: m.r.IntN(8) == 0})
	if err == nil && m.r.IntN(2) == 0 {
		plan, err = plan.Swap()
	}
	if err != nil {
		m.violated("plan: %v", err)
		return Plan{}, false
	}
	for _, f := range plan.Fields {
		plan = plan.With(f.Key, []Choice{KeepPrimary, KeepSecondary, KeepBoth, ""}[m.r.IntN(4)])
	}
	return plan, true
}

// elsewhere is a change of metadata on another device, between two visits.
func (m *model) elsewhere() {
	if m.r.IntN(4) > 0 {
		return
	}
	key := []string{"theme", "tags", "new"}[m.r.IntN(3)]
	owner := m.owner(idA)
	u := m.users[owner]
	if u.meta == nil {
		u.meta = make(map[string]any)
	}
	m.value++
	u.meta[key] = fmt.Sprint("elsewhere ", m.value)
	m.touched[key] = true
	for _, p := range m.begun {
		// What is changed at an account that may be moved at any time goes with it.
		p.touched[key] = p.touched[key] || p.plan.Primary.Subject == owner
	}
}

// check holds what is told against what is.
func (m *model) check(call string, out Outcome, err error) {
	e := out.Entry
	linked := e.Primary != "" && m.owner(e.Secondary) == e.Primary
	_, kept := m.journal[e.Primary]
	m.told[fmt.Sprintf("%s: %s", call, out.State)]++
	if len(out.Skipped) > 0 {
		m.told[call+": skipped"]++
	}
	switch out.State {
	case Done:
		if !linked || len(out.Left) > 0 {
			m.violated("%s tells it is done", call)
		}
		for key, c := range e.Merge {
			_, skipped := out.Skipped[key]
			if !skipped && !equal(m.users[e.Primary].meta[key], c.After) || skipped && !m.touched[key] {
				m.violated("%s tells it is done, %q is not", call, key)
			}
		}
	case NotLinked:
		// An earlier link may be carried out while this one is refused.
		if linked && (call == "Resume" || m.sure == m.begun[len(m.begun)-1]) {
			m.violated("%s tells it is not linked", call)
		}
	case MergeLeft:
		if !linked || !kept || !errors.Is(err, ErrMerge) {
			m.violated("%s tells of a merge left", call)
		}
	case Unsettled:
		if err == nil || len(e.Merge) > 0 && !kept {
			m.violated("%s is unsettled for ever", call)
		}
	}
}

// checkEnd is what must hold once all is quiet.
func (m *model) checkEnd() {
	m.checkIdentities()
	if len(m.late) > 0 || m.links > 1 {
		m.violated("%d links took effect", m.links)
	}
	for id := range m.journal {
		if m.users[id] != nil {
			m.violated("the journal keeps an entry of %s", id)
		}
	}
	if m.sure == nil {
		return
	}
	// Where a link was begun anew either plan may have been carried out.
	var wrong []string
	for _, p := range m.begun {
		if p.plan.Primary.Subject != m.sure.plan.Primary.Subject {
			continue
		}
		if wrong = m.broken(p); len(wrong) == 0 {
			return
		}
	}
	m.wrong = append(m.wrong, wrong...)
}

func (m *model) checkIdentities() {
	var all []string
	for id, u := range m.users {
		all = append(all, u.ids...)
		if u.ids[0] != id {
			m.violated("%s is not its own identity", id)
		}
	}
	slices.Sort(all)
	if !slices.Equal(all, []string{idA, idC, idB}) {
		m.violated("identities %q", all)
	}
	if c := m.users[idC]; len(c.ids) != 1 || len(c.meta) != 1 {
		m.violated("the bystander is %v", c)
	}
}

// broken compares the linked account with what the person was shown. It goes by
// the accounts and by the announced loss, not by the patch.
func (m *model) broken(p *promise) (wrong []string) {
	violated := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	loss := p.plan.Lost()
	after := m.users[p.plan.Primary.Subject]
	if want := map[string]string{idA: "plan", idB: "roles"}[p.plan.Primary.Subject]; len(after.app) != 1 || after.app[want] == nil {
		violated("app_metadata is %v", after.app)
	}
	for key, v := range p.secondary {
		if !p.touched[key] && !slices.Contains(loss.Metadata, key) && !holds(after.meta[key], v) {
			violated("lost: %q %v of the secondary, now %v", key, v, after.meta[key])
		}
	}
	for key, v := range p.primary {
		if !p.touched[key] && !slices.Contains(loss.Replaced, key) && !holds(after.meta[key], v) {
			violated("lost: %q %v of the primary, now %v", key, v, after.meta[key])
		}
	}
	for key, v := range after.meta {
		if p.touched[key] {
			if text, _ := v.(string); len(text) < 10 {
				violated("overwritten: %q is %v", key, v)
			}
		} else if p.primary[key] == nil && (p.secondary[key] == nil || slices.Contains(loss.Metadata, key)) {
			violated("out of nowhere: %q %v", key, v)
		}
	}
	return wrong
}

// holds tells whether a value is there, be it as a part of a list.
func holds(after, v any) bool {
	if equal(after, v) {
		return true
	}
	list, ok := v.([]any)
	joined, both := after.([]any)
	for _, element := range list {
		ok = ok && slices.ContainsFunc(joined, func(j any) bool { return equal(j, element) })
	}
	return ok && both
}

// explore runs the model until something is wrong, and tells what.
func explore(seed uint64, runs int, c ceremony) (wrong string, told map[string]int) {
	told = make(map[string]int)
	for i := range runs {
		m := newModel(rand.New(rand.NewPCG(seed, uint64(i))))
		m.run(c)
		told["faults"] += m.faults
		for what, n := range m.told {
			told[what] += n
		}
		if len(m.wrong) > 0 {
			return fmt.Sprintf("-model.seed=%d, run %d: %q", seed, i, m.wrong), told
		}
	}
	return "", told
}

func seed(t *testing.T) uint64 {
	s := *modelSeed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("-model.seed=%d", s)
	return s
}

// Attack cases 31, 32 and 35: whatever fails in a ceremony, no user and no
// metadata is lost without having been announced, and no right is gained.
func TestModel(t *testing.T) {
	wrong, told := explore(seed(t), *modelRuns, ceremony{Ceremony.Link, Ceremony.Resume})
	if wrong != "" {
		t.Fatal(wrong)
	}
	t.Logf("%d runs: %v", *modelRuns, told)
	// A model that never gets there shows nothing.
	for _, want := range []string{
		"faults", "Link: done", "Link: not linked", "Link: merge left", "Link: unsettled",
		"Resume: done", "Resume: not linked", "Resume: merge left", "Resume: unsettled", "Resume: skipped",
	} {
		if told[want] < *modelRuns/1000 {
			t.Errorf("%s: %d times", want, told[want])
		}
	}
}

// forgetful is a journal that keeps nothing.
type forgetful struct{}

func (forgetful) Save(context.Context, Entry) error                        { return nil }
func (forgetful) Load(context.Context, string) (e Entry, ok bool, _ error) { return e, false, nil }
func (forgetful) Remove(context.Context, string) error                     { return nil }

// The model finds what is wrong with ceremonies that are.
func TestModelFinds(t *testing.T) {
	for _, test := range []struct {
		name string
		ceremony
	}{
		{"merging before linking", ceremony{
			link: func(c Ceremony, ctx context.Context, p Plan, token oidc.Secret) (Outcome, error) {
				if patch := p.Patch(); patch != nil {
					if _, err := c.API.PatchMetadata(ctx, p.Primary.Subject, patch); err != nil {
						return Outcome{State: NotLinked}, err
					}
				}
				return c.Link(ctx, p, token)
			},
			resume: Ceremony.Resume,
		}},
		{"no journal", ceremony{
			link: func(c Ceremony, ctx context.Context, p Plan, token oidc.Secret) (Outcome, error) {
				c.Journal = forgetful{}
				return c.Link(ctx, p, token)
			},
			resume: Ceremony.Resume,
		}},
		{"going on without a journal", ceremony{
			link: func(c Ceremony, ctx context.Context, p Plan, token oidc.Secret) (Outcome, error) {
				out, err := c.Link(ctx, p, token)
				if errors.Is(err, ErrJournal) {
					c.Journal = forgetful{}
					return c.Link(ctx, p, token)
				}
				return out, err
			},
			resume: Ceremony.Resume,
		}},
		{"giving up at the first failure", ceremony{
			link: func(c Ceremony, ctx context.Context, p Plan, token oidc.Secret) (Outcome, error) {
				out, err := c.Link(ctx, p, token)
				if err != nil {
					_ = c.Journal.Remove(ctx, p.Primary.Subject)
				}
				return out, err
			},
			resume: Ceremony.Resume,
		}},
		{"overwriting what was changed meanwhile", ceremony{
			link: Ceremony.Link,
			resume: func(c Ceremony, ctx context.Context, primary string) (Outcome, error) {
				if e, found, _ := c.Journal.Load(ctx, primary); found {
					if u, err := c.API.User(ctx, primary); err == nil && has(u, e.Secondary) {
						for key, change := range e.Merge {
							_, _ = c.API.PatchMetadata(ctx, primary, map[string]any{key: change.After})
						}
					}
				}
				return c.Resume(ctx, primary)
			},
		}},
		{"one look that tells", ceremony{
			link: Ceremony.Link,
			resume: func(c Ceremony, ctx context.Context, primary string) (Outcome, error) {
				if e, found, _ := c.Journal.Load(ctx, primary); found && e.Primary == primary {
					if u, err := c.API.User(ctx, primary); err == nil && !has(u, e.Secondary) {
						_ = c.Journal.Remove(ctx, primary)
						return Outcome{State: NotLinked, Entry: e, User: u}, nil
					}
				}
				return c.Resume(ctx, primary)
			},
		}},
		{"forgetting what was told", ceremony{
			link: Ceremony.Link,
			resume: func(c Ceremony, ctx context.Context, primary string) (Outcome, error) {
				out, err := c.Resume(ctx, primary)
				if out.State == NotLinked {
					_ = c.Journal.Remove(ctx, out.Entry.Primary)
				}
				return out, err
			},
		}},
		{"giving up what was told for what is refused", ceremony{
			link: func(c Ceremony, ctx context.Context, p Plan, token oidc.Secret) (Outcome, error) {
				out, err := c.Link(ctx, p, token)
				if out.State == NotLinked && !errors.Is(err, ErrPending) {
					_ = c.Journal.Remove(ctx, p.Primary.Subject)
				}
				return out, err
			},
			resume: Ceremony.Resume,
		}},
		{"guessing that silence means failure", ceremony{
			link: func(c Ceremony, ctx context.Context, p Plan, token oidc.Secret) (Outcome, error) {
				if _, err := c.API.Link(ctx, p.Primary.Subject, token); err != nil {
					return Outcome{State: NotLinked, Entry: p.entry(c.now())}, err
				}
				return c.Link(ctx, p, token)
			},
			resume: Ceremony.Resume,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if wrong, _ := explore(seed(t), 10**modelRuns, test.ceremony); wrong == "" {
				t.Error("nothing found")
			} else {
				t.Log(wrong)
			}
		})
	}
}
