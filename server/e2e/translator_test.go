package e2e

import (
	"fmt"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
)

// translator stands in for the one that every browser has: it puts elements of its
// own in the place of text nodes, from the first to the last, but for what is
// marked as no language. Here each says what it said.
const translator = `(() => {
	const rewrite = (root) => {
		const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), found = [];
		while (texts.nextNode()) found.push(texts.currentNode);
		for (const node of found) {
			const parent = node.parentElement;
			if (!parent || !node.data.trim() || parent.closest("font, script, style, template, noscript, [translate=no]")) continue;
			const inner = document.createElement("font"), outer = document.createElement("font");
			inner.textContent = node.data;
			outer.append(inner);
			node.replaceWith(outer);
		}
	};
	new MutationObserver(() => document.body && rewrite(document.body)).observe(document, {subtree: true, childList: true, characterData: true});
})()`

// said is all that a page says, with what its elements are named and titled, but
// for the times of the history.
const said = `[...document.querySelectorAll("header.topbar, main, dialog[open]")].map((root) => {
	const copy = root.cloneNode(true);
	for (const e of copy.querySelectorAll("time, [hidden]")) e.remove();
	const names = [...root.querySelectorAll("[title], [aria-label]")].map((e) => [e.title, e.ariaLabel].join("/"));
	return copy.textContent.replace(/\s+/g, " ") + " | " + names.join(" ");
}).join("\n")`

// A page that is rewritten all the time says at every step what one says that is
// left alone.
func TestTranslatedPage(t *testing.T) {
	t.Parallel()
	plain := tour(t, "")
	rewritten := tour(t, translator)
	for i, step := range plain {
		if rewritten[i] != step {
			t.Errorf("step %d: the page says\n%s\nbut under a translator\n%s", i, step, rewritten[i])
		}
	}
}

// tour is a whole visit in which every kind of text changes in its place. It
// returns what the page has said at each step.
func tour(t *testing.T, script string) (steps []string) {
	s := newStage(t, setup{})
	p := s.blank()
	p.inject(script)
	p.troubles.expect("status of 400")
	p.visit(s.site + "/")
	p.started()
	step := func() {
		t.Helper()
		steps = append(steps, evaluate[string](p, said))
	}
	p.wait("it is known that nobody is signed in", `!document.querySelector(".undecided")`)
	step()
	p.signIn(ada)
	step()

	p.startLink(lovelace)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", ada, "second", lovelace))
	step()
	p.click("#btn-swap")
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", lovelace, "second", ada))
	p.see(".account-stays", "ada.lovelace")
	p.see("#btn-swap", say.Of(text.KeepOther))
	if at := evaluate[string](p, `document.activeElement.id`); at != "btn-swap" {
		t.Errorf("after a swap the focus is at %q", at)
	}
	step()
	p.click("#btn-swap")
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", ada, "second", lovelace))
	p.unfold("#confirm .fields")
	p.click(`input[name="field-theme"][value="secondary"]`)
	p.see("#confirm", text.Fill(say.Of(text.LinkReplaces), "keys", "theme"))
	step()
	p.noDataInLanguage()
	evaluate[bool](p, `document.querySelector("[aria-live]").kept = true`)
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.see("[role=status]", text.Fill(say.Of(text.Linked), "second", lovelace))
	step()

	s.fault(fault{Method: "POST", Path: identities, Status: 400, Body: map[string]any{"message": "Unable to link with the secondary account."}, Times: 1})
	p.startLink(byron)
	p.click("#btn-confirm")
	p.alert(say.Of(text.Secondary))
	step()
	p.startLink(mallory)
	p.alert(unverified(mallory))
	step()
	p.link(byron, lovelace)
	step()

	p.click(".unlink-account")
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmUnlink), "account", lovelace))
	step()
	p.click("#btn-confirm")
	p.linked(byron)
	p.see("[role=status]", text.Fill(say.Of(text.Unlinked), "account", lovelace))
	step()
	p.noDataInLanguage()
	if script != "" && evaluate[int](p, `document.querySelectorAll("font").length`) == 0 {
		t.Error("nothing was rewritten")
	}
	p.signOut()
	step()
	return steps
}

// meddler stands in for extensions: it puts something before the page, puts elements
// of the page into its own, and takes some away.
const meddler = `new MutationObserver(() => {
	if (!document.body) return;
	if (!document.querySelector("x-bar")) document.body.prepend(document.createElement("x-bar"));
	for (const e of document.querySelectorAll(".page :is(span, bdi, h2, dt, li > time)")) {
		if (e.parentElement.localName === "x-own") continue;
		const own = document.createElement("x-own");
		e.replaceWith(own);
		own.append(e);
	}
	for (const e of document.querySelectorAll(".page :is(.empty, .twins, [role=status])")) e.remove();
}).observe(document, {subtree: true, childList: true})`

// A page whose elements were moved or taken away goes on, and is there once.
func TestMeddledPage(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{configure: func(c *config.Config) { c.Languages = []string{"de", "en"} }})
	p := s.blank()
	p.inject(meddler)
	p.visit(s.site + "/")
	p.started()
	p.signIn(ada)
	if n := evaluate[int](p, `document.querySelectorAll(".page").length`); n != 1 {
		t.Errorf("the page is there %d times", n)
	}
	p.startLink(lovelace)
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", ada, "second", lovelace))
	p.click("#btn-swap")
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", lovelace, "second", ada))
	p.click("#btn-swap")
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmLinkMeans), "first", ada, "second", lovelace))
	p.click("#btn-confirm")
	p.linked(lovelace)
	p.click(".unlink-account")
	p.see("#confirm-means", text.Fill(say.Of(text.ConfirmUnlink), "account", lovelace))
	p.click("#btn-confirm")
	p.linked()
	p.signOut()
	if n := evaluate[int](p, `document.querySelectorAll("x-bar").length * document.querySelectorAll("x-own").length`); n == 0 {
		t.Error("nobody has meddled")
	}
}

// foreign are the elements that meddlers put before the page.
const foreign = "body > :is(div.page:not([id]), aside, x-first)"

// meddlers stand in for extensions that change the body, by what they do before the boot
// script looks at the page, and again before the program starts.
var meddlers = map[string]string{
	"something like a page": `document.body.prepend(Object.assign(document.createElement("div"), {className: "page"}))`,
	"several, and texts": `document.body.prepend("a text", document.createComment("a remark"), document.createElement("aside"),
		document.createElement("template"), document.createElement("div"))`,
	"one that stays first": `if (!customElements.get("x-first")) customElements.define("x-first", class extends HTMLElement {
			connectedCallback() { if (this.previousElementSibling) document.body.prepend(this); }
		});
		document.body.prepend(document.createElement("x-first"))`,
	"one around the page": `const around = document.createElement("section");
		page.replaceWith(around);
		around.append(page)`,
	"one that takes the page away": `page.remove()`,
	"one that takes all away":      `document.body.replaceChildren()`,
}

// Whatever an extension has put into the body before the program starts, the page is
// there once and works, and what is not ours is still there. So does what it puts there
// and removes later.
func TestPageIsFound(t *testing.T) {
	t.Parallel()
	for name, do := range meddlers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{configure: func(c *config.Config) { c.Languages = []string{"de", "en"} }})
			p := s.blank()
			p.inject(fmt.Sprintf(`for (const moment of ["readystatechange", "DOMContentLoaded"]) document.addEventListener(moment, () => {
				const page = document.getElementById("twinlock");
				if (!page || document.readyState !== "interactive") return;
				%s;
				window.foreign = document.querySelectorAll(%q).length;
			})`, do, foreign))
			p.visit(s.site + "/")
			p.started()
			p.onePage()
			evaluate[bool](p, `(() => {
				const bar = document.createElement("x-bar");
				document.body.prepend(bar, "a text", document.createElement("x-bar"));
				document.querySelector("#twinlock").before(document.createElement("x-bar"));
				bar.remove();
				return true;
			})()`)
			p.signIn(ada)
			p.onePage()
			evaluate[bool](p, `document.body.prepend("a text", document.createElement("x-bar")) ?? true`)
			evaluate[bool](p, `document.querySelector("x-bar").remove() ?? true`)
			p.see("main", ada)
			p.signOut()
			p.onePage()
		})
	}
}

// onePage checks that the page is there once, and that nothing foreign is gone.
func (p *page) onePage() {
	p.t.Helper()
	if n := evaluate[int](p, `document.querySelectorAll("#twinlock, .page:has(main)").length`); n != 1 {
		p.t.Errorf("the page is there %d times", n)
	}
	if !evaluate[bool](p, js(`document.querySelectorAll(%s).length === (window.foreign ?? 0)`, foreign)) {
		p.t.Error("something foreign is gone")
	}
}

// noDataInLanguage checks that no address stands where it would be translated.
func (p *page) noDataInLanguage() {
	p.t.Helper()
	loose := evaluate[[]string](p, `(() => {
		const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
		while (texts.nextNode()) {
			const {data, parentElement} = texts.currentNode;
			if (/@|google-oauth2\||auth0\|/.test(data) && !parentElement.closest("[translate=no], template, noscript, script")) found.push(data);
		}
		return found;
	})()`)
	if len(loose) > 0 {
		p.t.Errorf("may be translated: %s", strings.Join(loose, fmt.Sprintln()))
	}
}
