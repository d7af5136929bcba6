package e2e

import (
	"strings"
	"testing"

	"twinlock/app/provider"
)

// A scene is a state of the page that no tenant can bring about: the person does, the browser,
// or the host.
type scene struct {
	name, label string
	setup       setup
	// show brings the page into it, in whatever language. Nobody is signed in before.
	show func(p *page, w *wire)
}

// scenes are those that pictures are taken of, besides the tenant's states.
var scenes = []scene{
	{name: "question", label: "The question before a link", setup: setup{furnish: threeSettings}, show: func(p *page, _ *wire) {
		p.enter(ada)
		p.startLink(lovelace)
		p.appear("#btn-confirm:enabled")
	}},
	{name: "question-swapped", label: "The same, swapped", setup: setup{furnish: threeSettings}, show: func(p *page, _ *wire) {
		p.enter(ada)
		p.startLink(lovelace)
		p.appear("#btn-confirm:enabled")
		p.click("#btn-swap")
		p.see(".account-stays", lovelace)
		p.appear("#btn-confirm:enabled")
	}},
	{name: "linked", label: "After a link", show: func(p *page, _ *wire) {
		p.enter(ada)
		p.link(lovelace)
	}},
	{name: "unfinished", label: "A reload at the question", show: func(p *page, _ *wire) {
		p.enter(ada)
		p.startLink(lovelace)
		p.appear("#btn-confirm:enabled")
		p.reload()
		p.appear("#status .notice button")
	}},
	{name: "unlink", label: "The question before an unlink", setup: setup{furnish: linkedBefore(ada, lovelace)}, show: func(p *page, _ *wire) {
		p.enter(ada)
		p.click(".unlink-account")
		p.appear("#btn-confirm:enabled")
	}},
	{name: "unlinked", label: "After an unlink", setup: setup{furnish: linkedBefore(ada, lovelace)}, show: func(p *page, _ *wire) {
		p.enter(ada)
		p.click(".unlink-account")
		p.click("#btn-confirm")
		p.linked()
	}},
	{name: "window", label: "A window that cannot be seen (COOP)", setup: setup{interaction: provider.Popup}, show: func(p *page, _ *wire) {
		p.stage.fault(fault{Path: "/u/login/accounts", Headers: map[string]string{"Cross-Origin-Opener-Policy": "same-origin"}, Times: -1})
		p.click("#btn-login")
		p.choose(connectionOf(lovelace))
		p.window().appear("button[name=account]")
		p.appear(".waiting")
	}},
	{name: "offline", label: "No network", setup: setup{furnish: linkedBefore(ada, lovelace)}, show: func(p *page, w *wire) {
		p.enter(ada)
		p.kept()
		p.cutOff(w, true)
		p.visit(p.stage.site + "/")
		p.started()
		p.appear("#as-of")
	}},
	{name: "not-found", label: "A path that has no page", show: func(p *page, _ *wire) {
		p.visit(p.stage.site + "/nothing/here")
		p.appear("main h1")
	}},
	{name: "no-program", label: "The program does not come", setup: setup{front: refusingProgram().front}, show: func(p *page, _ *wire) {
		p.appear(".boot-panel button")
	}},
}

func refusingProgram() *withoutProgram {
	f := new(withoutProgram)
	f.refuses.Store(true)
	return f
}

// enter signs in, in whatever language the page speaks.
func (p *page) enter(email string) {
	p.t.Helper()
	p.click("#btn-login")
	p.login(email)
	p.appear("#btn-link-account:enabled")
}

// open opens the scene's site, which speaks the languages of the pictures.
func (sc scene) open(t *testing.T, size screen, scheme, language string) *page {
	t.Helper()
	return sc.openIn(t, size, scheme, language, languages...)
}

// openIn opens the scene's site, which speaks some languages, for somebody who reads one.
func (sc scene) openIn(t *testing.T, size screen, scheme, language string, spoken ...string) *page {
	t.Helper()
	w, o := &wire{}, sc.setup
	if o.front == nil {
		o.front, o.around = w.carry, w.carry
	}
	o.configure = speaks(spoken...)
	p := newStage(t, o).blank()
	p.troubles.expect(failed, "status of", "net::ERR", "Failed to fetch", "instead of the program", "404")
	p.resize(size)
	p.colours(scheme)
	p.speak(language)
	p.visit(p.stage.site + "/")
	sc.show(p, w)
	p.pictures()
	return p
}

// TestScenes: each scene is one, in the language that takes most room, and fits a phone.
func TestScenes(t *testing.T) {
	inSweeps(t)
	t.Parallel()
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			p := sc.open(t, phone, "light", "de")
			p.fits()
			if strings.TrimSpace(p.text("body")) == "" {
				t.Error("there is nothing to see")
			}
		})
	}
}
