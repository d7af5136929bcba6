package flow

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"twinlock/app/history"
	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/referral"
)

var (
	modelSeed  = flag.Uint64("model.seed", 1, "seed of the model test; 0 takes a random one")
	modelSteps = flag.Int("model.steps", 2_000_000, "steps of the model test")
)

// TestModel lets people press whatever is drawn, in several tabs. Meanwhile requests fail,
// tabs are reloaded, logins end, the network comes and goes, and time passes, in any order.
// After each step it checks what must always be true.
func TestModel(t *testing.T) {
	seed := *modelSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	seen := make(map[string]int)
	for steps := 0; steps < *modelSteps; {
		w := newWorld(t, seed)
		w.random = true
		w.policy.AllowNoEmail = true
		w.odd[facebook] = addressless
		if seed%3 == 0 {
			w.odd[mary] = unverified
		}
		w.device.noVault = w.r.IntN(10) == 0
		steps += w.play(seen)
		if len(w.wrong) > 0 {
			t.Fatalf("seed %d: %s\n%s", seed, strings.Join(w.wrong, "\n"), strings.Join(tail(w.story, 60), "\n"))
		}
		seed++
	}
	for _, what := range []string{
		"linked", "swapped", "unlinked", "signed out", "proof", "question", "moved", "stopped", "copy shown",
		"followed", "finished later", "two tabs", "referral linked", "referral unlinked",
	} {
		if seen[what] == 0 {
			t.Errorf("it never came to this: %s", what)
		}
	}
	t.Logf("%v", seen)
}

func tail(list []string, n int) []string { return list[max(0, len(list)-n):] }

// play is one story of a device.
func (w *world) play(seen map[string]int) (steps int) {
	w.device.ahead = skews[w.r.IntN(len(skews))]
	if w.r.IntN(2) == 0 {
		w.device.session, w.device.clock = &held{ada, w.now}, w.shown()
	}
	switch w.r.IntN(4) {
	case 0:
		w.refers = &referral.Referral{Link: "google-oauth2", Outcome: referral.Cancelled}
	case 1:
		w.refers = &referral.Referral{Unlink: facebook, Outcome: referral.Cancelled}
	}
	for range 1 + w.r.IntN(2) {
		w.open()
	}
	length := 100 + w.r.IntN(900)
	for steps = 0; steps < length && len(w.wrong) == 0; steps++ {
		w.step(seen)
		w.check()
	}
	if len(w.wrong) > 0 {
		return steps
	}
	// In the end nothing fails any more, and everybody can continue.
	w.random, w.online = false, true
	w.failed = make(map[string]error)
	for w.rest(); w.denied(); w.rest() {
	}
	for _, t := range w.tabs {
		t.draw()
		w.checkRest(t)
	}
	seen["proof"] += w.steps[Proof]
	seen["moved"] += w.steps[Move]
	for _, t := range w.tabs {
		if r := t.flow.State().Referral; r != nil {
			seen["referral "+string(r.Outcome)]++
		}
	}
	for _, kept := range w.device.history {
		for _, e := range kept {
			switch e.Kind {
			case history.Linked:
				seen["linked"]++
			case history.Unlinked:
				seen["unlinked"]++
			}
		}
	}
	return steps
}

// denied ends a login that a page has left for, if there is one.
func (w *world) denied() bool {
	for _, t := range w.tabs {
		if t.leaving && t.wants != nil {
			t.answer(ada, oidc.ErrAccessDenied)
			return true
		}
	}
	return false
}

func (w *world) tell(what string) { w.story = append(w.story, what) }

func (t *tab) name() string {
	return fmt.Sprintf(" tab %d (%s)", slices.Index(t.world.tabs, t), t.subject())
}

func (w *world) step(seen map[string]int) {
	t := w.tabs[w.r.IntN(len(w.tabs))]
	if len(w.tabs) > 1 {
		seen["two tabs"]++
	}
	switch n := w.r.IntN(100); {
	case t.left != "" && n < 20: // the tenant has sent the page back
		t.load("", false)
	case n < 30 && len(t.queue) > 0:
		before := t.flow.State()
		t.next()
		w.tell(sketch(t.flow.State()) + t.name())
		w.checkChange(t, before, t.flow.State())
		count(before, t.flow.State(), seen)
	case n < 55 && len(w.tasks) > 0:
		task := w.tasks[w.r.IntN(len(w.tasks))]
		w.advance(task, true)
		w.tell("work of" + task.tab.name())
	case n < 65:
		t.draw()
	case n < 80:
		w.press(t, seen)
	case n < 96:
		w.login(t)
	case n < 97:
		w.tell("reload")
		t.load("", false)
	case n < 98:
		w.online = !w.online || w.r.IntN(3) > 0
		w.tell("network")
		for _, t := range w.tabs {
			t.flow.Connected()
		}
	default:
		w.now = w.now.Add(time.Second)
		if w.r.IntN(6) > 0 {
			w.elsewhere()
			return
		}
		by := []time.Duration{time.Minute, 6 * time.Minute, 20 * time.Minute, 30 * time.Hour}[w.r.IntN(4)]
		if w.now = w.now.Add(by); w.r.IntN(4) == 0 {
			w.tell("somebody puts the clock forward")
			w.put(by)
		}
	}
}

// elsewhere does something on another device.
func (w *world) elsewhere() {
	from, to := people[w.r.IntN(len(people))], people[w.r.IntN(len(people))]
	switch {
	case w.r.IntN(3) > 0 || from == to || w.users[to] == nil:
	case len(w.users[from]) == 1:
		w.users[to] = append(slices.Clone(w.users[to]), from)
		delete(w.users, from)
		delete(w.meta, from)
	case w.users[from] == nil && slices.Contains(w.users[to], from) && !w.hasAgreed("link "+from+" to "+to):
		w.users[to] = slices.DeleteFunc(slices.Clone(w.users[to]), func(id string) bool { return id == from })
		w.users[from] = []string{from}
	}
}

// login is what happens to a login, if one is under way.
func (w *world) login(t *tab) {
	if t.wants == nil && t.dialog != "" {
		w.tell("choose in the dialog")
		if w.r.IntN(5) == 0 {
			t.dialog = ""
			return
		}
		t.choose(w.r.IntN(2) == 0)
		return
	}
	if t.wants == nil {
		return
	}
	switch w.r.IntN(8) {
	case 0:
		w.tell("the login fails")
		t.answer(ada, oidc.ErrAccessDenied)
	case 1:
		l := *t.wants
		if !t.leaving || l.purpose != Proof && l.purpose != Move {
			return
		}
		w.tell("the page stays") // the dialog says so
		t.wants, t.leaving, t.dialog = nil, false, l.purpose
	default:
		who := people[w.r.IntN(len(people))]
		switch p := t.wants.purpose; {
		case p == Proof && w.r.IntN(4) > 0:
			who = t.wants.under
		case p == SignIn && w.r.IntN(4) > 0:
			who = ada
		case t.wants.expected != "" && w.r.IntN(4) > 0:
			who = t.wants.expected
		}
		w.tell("log in as " + who + t.name())
		t.answer(who, nil)
	}
}

// button is something that is drawn and can be pressed, and whether the press may have no
// effect, since it is about something that has changed meanwhile.
type button struct {
	name  string
	press func(f *Flow)
}

// buttons returns what a person who sees a state can press.
func buttons(s State) (list []button) {
	add := func(name string, press func(*Flow)) { list = append(list, button{name, press}) }
	if q := s.Question; q.Open() {
		add("confirm", func(f *Flow) { f.Confirm(q.Version) })
		add("cancel", func(f *Flow) { f.Cancel(q.Number) })
		if q.Unlink != nil {
			add("save copy", func(f *Flow) { f.SaveCopy(q.Number) })
		}
		if q.Link != nil {
			if _, err := q.Link.Plan.Swap(); err == nil {
				add("swap", func(f *Flow) { f.Swap(q.Version) })
			}
			for _, field := range q.Link.Plan.Fields {
				other := linking.KeepPrimary
				if field.Choice == other {
					other = linking.KeepSecondary
				}
				add("choose", func(f *Flow) { f.Choose(q.Number, field.Key, other) })
			}
		}
		return list // it is modal
	}
	switch s.Phase {
	case Starting, SignedOut:
		add("sign in", (*Flow).SignIn)
	case Ready:
		if !s.Busy() {
			if r := s.Referral; r != nil && r.Outcome == referral.Cancelled && (r.Link != "" || s.Referred() != nil) {
				add("referral", (*Flow).FollowReferral)
			}
		}
		if !s.Occupied() {
			add("link", (*Flow).Link)
			for _, i := range s.User.Linked() {
				add("unlink", func(f *Flow) { f.Unlink(i) })
			}
		}
		add("save history", (*Flow).SaveHistory)
	}
	if s.SignedIn() && s.Work.Kind != SigningOut {
		add("sign out", (*Flow).SignOut)
	}
	if n := s.Notice; s.MayFollow() {
		add("follow", func(f *Flow) { f.Follow(n.Number) })
	}
	if n := s.Notice; s.MayDismiss() {
		add("dismiss", func(f *Flow) { f.Dismiss(n.Number) })
	}
	if n := s.Notice; n.Leftover != nil {
		add("save leftover", func(f *Flow) { f.SaveLeftover(n.Number) })
	}
	if s.Work.Wait.Kind != NoWait {
		add("stop", (*Flow).Stop)
	}
	if s.Phase == Ready && !s.AsOf.IsZero() && !s.Engaged() {
		add("refresh", (*Flow).Refresh)
	}
	return list
}

// press presses something that is drawn. It may be older than the state.
func (w *world) press(t *tab, seen map[string]int) {
	if t.dialog != "" && w.r.IntN(4) > 0 || t.left != "" {
		return // a dialog is modal; a page that has gone has no buttons
	}
	list := buttons(t.drawn)
	if len(list) == 0 {
		return
	}
	b := list[w.r.IntN(len(list))]
	if at := slices.IndexFunc(list, func(b button) bool { return b.name == "follow" }); at >= 0 && w.r.IntN(2) == 0 {
		b = list[at]
	}
	if (b.name == "sign out" || b.name == "cancel") && w.r.IntN(12) > 0 {
		return
	}
	before, effects := t.flow.State(), w.effects
	current := reflect.DeepEqual(before, t.drawn)
	w.tell("press " + b.name + t.name())
	seen["press "+b.name]++
	if b.name == "confirm" {
		w.agreed[meaning(t.drawn)] = true // what is agreed to is what was drawn
	}
	b.press(t.flow)
	after := t.flow.State()
	did := w.effects != effects || !reflect.DeepEqual(before, after)
	if again := before.Wished != (Work{}); current && !did && !again {
		w.violated("the button %q does nothing in %s", b.name, sketch(before))
	}
	begun := after.Work.number != before.Work.number && after.Busy() ||
		after.Question.Number != before.Question.Number && after.Question.Open()
	if begun && after.Notice.Kind != NoNotice && after.Work.Kind != EndingSession {
		w.violated("%q has begun something beside the notice %d", b.name, after.Notice.Kind)
	}
	ofNotice := b.name == "follow" || b.name == "dismiss" || b.name == "save leftover"
	if before.Notice.Number != t.drawn.Notice.Number && ofNotice && did {
		w.violated("a press on a notice that has gone, %q, does something to another", b.name)
	}
	if b.name == "confirm" && begun && meaning(before) != meaning(t.drawn) {
		w.violated("%q was read, and %q is carried out", meaning(t.drawn), meaning(before))
	}
	if b.name == "confirm" && begun {
		w.checkProof(t, after.Work.Kind)
	}
	w.countPress(b.name, before, after, seen)
}

// checkProof checks that there is a fresh proof of who the person is before a change.
func (w *world) checkProof(t *tab, what WorkKind) {
	limit := map[WorkKind]time.Duration{Linking: proofAge + consideration, Unlinking: proofAge}
	if most, changes := limit[what]; changes && (t.session == nil || w.now.Sub(t.session.proven) > most+time.Second) {
		w.violated("a change without a proof of who asks for it")
	}
}

// meaning returns what the question of a state asks.
func meaning(s State) string {
	switch q := s.Question; {
	case q.Link != nil:
		var b strings.Builder
		for _, field := range q.Link.Plan.Fields {
			fmt.Fprintf(&b, " %s %s", field.Key, field.Choice)
		}
		return "link " + q.Link.Plan.Secondary.Subject + " to " + q.Link.Plan.Primary.Subject + b.String()
	case q.Unlink != nil:
		return "unlink " + q.Unlink.ID() + " from " + s.User.ID
	}
	return ""
}

func (w *world) countPress(pressed string, before, after State, seen map[string]int) {
	switch {
	case pressed == "follow":
		seen["followed"]++
	case pressed == "stop":
		seen["stopped"]++
	case pressed == "sign out":
		seen["signed out"]++
	case pressed == "confirm" && before.Question.Link != nil && before.Question.Link.Swapped() &&
		after.Work.Kind == Linking:
		seen["swapped"]++
	}
}

// count counts what a change has led to.
func count(before, after State, seen map[string]int) {
	for what, is := range map[string]bool{
		"question":       after.Question.Open() && after.Question.Number != before.Question.Number,
		"copy shown":     !after.AsOf.IsZero(),
		"finished later": after.Notice.Kind == LinkFinished && before.Notice.Kind != LinkFinished,
	} {
		if is {
			seen[what]++
		}
	}
}

// sketch describes a state in a few words.
func sketch(s State) string {
	var b strings.Builder
	field := func(name string, value any) {
		b.WriteString(name + " " + strings.TrimSpace(fmt.Sprintf("%+v", value)) + "; ")
	}
	field("phase", s.Phase)
	field("user", s.User.ID)
	field("work", s.Work)
	field("notice", s.Notice.Kind)
	field("error", s.Notice.Err)
	field("next", s.Notice.Next.Kind)
	field("question", s.Question.Open())
	return b.String()
}

// checkChange is what holds of a change.
func (w *world) checkChange(t *tab, before, after State) {
	if before.SignedIn() && after.Phase == SignedOut && after.Notice.Kind == NoNotice && !after.Busy() && len(t.queue) == 0 && len(w.tasks) == 0 {
		w.violated("signed out without a word")
	}
	if t.dialog == Second && after.Phase == SignedOut {
		w.violated("the dialog of the second login where nobody is signed in: %s", sketch(after))
	}
	if before.Notice.Bad() && needsSignIn(before.Notice.Err) && after.Phase == SignedOut && after.Notice.Kind != before.Notice.Kind && t.subject() == "" && !after.Busy() && after.Notice.Kind != SignedOutElsewhere {
		w.violated("why nobody is signed in is not told any more: %s", sketch(after))
	}
}

// check checks what is always true.
func (w *world) check() {
	for _, t := range w.tabs {
		s := t.flow.State()
		if s.Question.Open() {
			if s.Busy() || s.Phase != Ready {
				w.violated("a question waits while something else goes on: %s", sketch(s))
			}
			if s.Question.Link != nil && s.Question.Unlink != nil {
				w.violated("two questions")
			}
		}
		if s.Phase == SignedOut && (s.User.ID != "" || len(s.History) > 0 || s.Question.Open() || s.Notice.Account != "") {
			w.violated("something of an account is left after signing out: %s", sketch(s))
		}
		switch n := s.Notice; n.Kind {
		case Linked:
			if !hasAddress(s.User, n.Account) {
				w.violated("%s is told to be linked, and is not in the profile", n.Account)
			}
		case Unlinked:
			if hasAddress(s.User, n.Account) {
				w.violated("%s is told to be unlinked, and is in the profile", n.Account)
			}
		}
	}
	if k := w.device.session; k == nil && !w.device.expired && w.device.copy.User.ID != "" {
		w.violated("a copy of %s outlasts its session", w.device.copy.User.ID)
	}
}

func hasAddress(u management.User, address string) bool {
	return slices.ContainsFunc(u.Identities, func(i management.Identity) bool { return i.Profile.Email == address })
}

// checkRest checks what is true of a tab when nothing is under way.
func (w *world) checkRest(t *tab) {
	s, subject := t.flow.State(), t.subject()
	switch {
	case s.Wished != (Work{}):
		w.violated("what was wished has not begun: %s", sketch(s))
	case s.Busy():
		w.violated("it is busy with nothing: %s", sketch(s))
	case s.Phase == Starting || s.Phase == Finishing || s.Phase == Loading:
		w.violated("it has come to a stop: %s", sketch(s))
	case s.Phase == SignedOut && subject != "" && t.left == "":
		w.violated("%s is signed in and the page does not say so: %s", subject, sketch(s))
	case s.SignedIn() && subject == "" && s.AsOf.IsZero():
		w.violated("nobody is signed in and the page says so: %s", sketch(s))
	case s.Phase == Ready && s.User.ID != subject && s.AsOf.IsZero():
		w.violated("the profile is of %s, and %s is signed in", s.User.ID, subject)
	case s.Phase == Unavailable && s.Notice.Next.Kind == NoNext:
		w.violated("there is no way on: %s", sketch(s))
	}
	for _, e := range s.History {
		if !slices.ContainsFunc(w.device.history[subject], func(kept history.Entry) bool { return kept == e }) {
			w.violated("the history shows what is not %s's: %+v", subject, e)
		}
	}
}
