package site

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
	dom "golang.org/x/net/html"

	"twinlock/app"
	"twinlock/app/config"
	"twinlock/app/text"
)

// addPages adds the page of every route, and the one for all other paths.
func (b *builder) addPages() error {
	keys, err := keysOf(b.words.by[b.Config.Languages[0]])
	if err != nil {
		return err
	}
	keyed, err := b.draw(withKeys(b.Config), keys)
	if err != nil {
		return err
	}
	drawn, err := b.draw(b.Config, b.words.first)
	if err != nil {
		return err
	}
	for path, page := range drawn {
		if err := markKeys(content(page), content(keyed[path])); err != nil {
			return fmt.Errorf("page %s: %w", path, err)
		}
		if err := b.dress(page); err != nil {
			return fmt.Errorf("page %s: %w", path, err)
		}
		f, err := b.addPage(path, revalidate, page)
		if err != nil {
			return err
		}
		if path == app.CallbackPath {
			// In a pop-up the tenant's page leads back here, and the page that has opened
			// the window must still be its opener.
			f.Header.Set("Cross-Origin-Opener-Policy", "unsafe-none")
			// Each callback has an address of its own, with a code in it, which no cache
			// may store.
			f.Header.Set("Cache-Control", never)
		}
	}
	if err := b.addNoScript(); err != nil {
		return err
	}
	return b.addNotFound()
}

func (b *builder) addPage(path, cache string, doc *dom.Node) (*File, error) {
	body, err := render(doc)
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", path, err)
	}
	return b.add(path, "text/html; charset=utf-8", cache, body)
}

// drawing is the mutex of go-app's routes and environment, which belong to the process.
var drawing sync.Mutex

// draw lets go-app draw the pages, by path. They are drawn for the origin's root:
// [builder.rebase] moves them below the base path.
func (b *builder) draw(c config.Config, say *text.Catalogue) (map[string]*dom.Node, error) {
	drawing.Lock()
	defer drawing.Unlock()
	// go-app sets this one to "/" when it makes a handler, and the app reads it
	// to find its base path.
	if err := os.Setenv("GOAPP_ROOT_PREFIX", ""); err != nil {
		return nil, fmt.Errorf("draw pages: %w", err)
	}
	app.Register(c, say)
	handler := &goapp.Handler{
		Name:        c.Brand.Name,
		Title:       c.Brand.Name,
		Description: b.words.first.Of(text.Description),
		Lang:        c.Languages[0],
		// Without these go-app links to its author's icons.
		Icon:    goapp.Icon{Default: iconDefault, Large: iconLarge, SVG: iconVector, Maskable: iconMaskable},
		Version: "1", // without it go-app writes the time
		// With a remote bucket the handler serves no files.
		Resources: goapp.RemoteBucket(""),
	}
	pages := map[string]*dom.Node{}
	for _, path := range app.Paths {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			return nil, fmt.Errorf("draw page %s: status %d", path, w.Code)
		}
		page, err := parse(w.Body.Bytes())
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", path, err)
		}
		if content(page) == nil {
			return nil, fmt.Errorf("page %s: there is nothing in it", path)
		}
		pages[path] = page
	}
	return pages, nil
}

// content returns the element of a page that the program replaces by its own.
func content(page *dom.Node) *dom.Node { return find(find(page, tag("body")), tag("div")) }

// dress replaces go-app's head and loader by ours, and moves the page below the base path.
func (b *builder) dress(doc *dom.Node) error {
	html := find(doc, tag("html"))
	head, body := find(html, tag("head")), find(html, tag("body"))
	if find(body, tag("script")) != nil || find(body, tag("style")) != nil {
		return fmt.Errorf("script or style among the elements")
	}
	html.Attr = append(html.Attr, dom.Attribute{Key: "dir", Val: b.words.first.Direction})
	title := find(head, tag("title"))
	removeAll(head, func(*dom.Node) bool { return true })
	if err := b.fillHead(head, title); err != nil {
		return err
	}
	removeAll(body, func(n *dom.Node) bool { return attr(n, "id") == "app-wasm-loader" })
	removeAll(body, tag("option")) // the boot script lists the languages
	body.AppendChild(loader())
	body.AppendChild(b.noScript())
	body.AppendChild(instead("framed", b.framed()))
	body.AppendChild(instead("lost", b.lost()))
	body.AppendChild(instead("panel", b.panel()))
	body.AppendChild(instead("done", b.done()))
	b.rebase(body)
	return nil
}

func tag(name string) func(*dom.Node) bool {
	return func(n *dom.Node) bool { return n.Data == name }
}

// fillHead writes the page's head. Scripts are files, but for the first lines: the policy forbids
// any other inline one.
func (b *builder) fillHead(head, title *dom.Node) error {
	urls, configURL := map[string]string{}, b.base+configPath
	for _, name := range []string{iconVector, iconApple, "wasm_exec.js", bootScript, "touch.js", "app.wasm"} {
		url, err := b.url(name)
		if err != nil {
			return err
		}
		urls[name] = url
	}
	for _, n := range []*dom.Node{
		element("meta", "charset", "utf-8"),
		// Nothing is painted before the boot script has chosen the language, and what a
		// person who has been here before sees first. The attributes are what changes with
		// the build.
		element("script", "src", urls[bootScript], "async", "", "blocking", "render", "id", "boot",
			"data-wasm", urls["app.wasm"],
			"data-exec", urls["wasm_exec.js"],
			"data-touch", urls["touch.js"],
			"data-base", b.base,
			"data-config", configURL,
			"data-config-sum", b.sums([]string{configURL})[configURL],
			"data-issuer", b.Config.Issuer,
			"data-client-id", b.Config.ClientID,
			"data-audience", b.Config.Audience,
			"data-languages", strings.Join(b.Config.Languages, " "),
			"data-catalogues", b.base+b.words.pattern,
			"data-worker", b.base+workerPath,
			"data-version", b.Version),
		element("script", "src", urls["wasm_exec.js"], "defer", ""),
		element("script", "src", urls["touch.js"], "async", ""),
		// The headers once more, for hosts that send none. A browser that looks ahead for
		// what it will fetch stops at a policy, and so the scripts come before it. None of
		// them has run yet.
		element("meta", "http-equiv", "Content-Security-Policy", "content", metaPolicy(b.policy())),
		element("meta", "name", "referrer", "content", "no-referrer"),
		// The first lines are in the page: see first.js. The policy allows them by their hash.
		withText(element("script"), b.inline),
		title,
		element("meta", "name", "viewport", "content", "width=device-width, initial-scale=1, viewport-fit=cover"),
		element("meta", "name", "description", "content", b.words.first.Of(text.Description)),
		element("meta", "name", "robots", "content", "noindex"),
		element("meta", "name", "color-scheme", "content", "light dark"),
		// The colours of the stylesheet, for the bar above the page.
		element("meta", "name", "theme-color", "content", "#ffffff", "media", "(prefers-color-scheme: light)"),
		element("meta", "name", "theme-color", "content", "#1b1d24", "media", "(prefers-color-scheme: dark)"),
		element("link", "rel", "icon", "href", urls[iconVector], "type", "image/svg+xml"),
		element("link", "rel", "apple-touch-icon", "href", urls[iconApple]),
		element("link", "rel", "manifest", "href", b.base+"/manifest.webmanifest"),
		element("link", "rel", "preconnect", "href", origin(b.Config.Issuer), "crossorigin", "anonymous"),
		withText(element("style"), b.style),
	} {
		head.AppendChild(n)
	}
	return nil
}

// loader makes the element in which go-app says why it could not start. The boot script
// removes it when the page is there.
func loader() *dom.Node {
	box := element("div", "id", "app-wasm-loader")
	box.AppendChild(element("p", "id", "app-wasm-loader-label"))
	return box
}

// noScript makes what browsers show if they run no scripts. Nothing could choose a language: so
// where there are several, it leads to a page that has them all.
func (b *builder) noScript() *dom.Node {
	n := element("noscript")
	n.AppendChild(b.heading())
	n.AppendChild(b.allowScripts(b.Config.Languages[0]))
	if len(b.Config.Languages) > 1 {
		n.AppendChild(element("meta", "http-equiv", "refresh", "content", "0; url="+b.base+noScriptPath))
	}
	return n
}

// allowScripts makes the sentence that the page needs scripts, in a language.
func (b *builder) allowScripts(language string) *dom.Node {
	said := func(key text.Key) string { return b.words.by[language][string(key)].(string) }
	box := element("div", "class", "noscript notice notice-bad", "lang", language, "dir", said("direction"))
	box.AppendChild(withText(element("p", "role", "alert"), said(text.NoScript)))
	box.AppendChild(withText(element("a", "class", "button", "href", "/"), said(text.Reload)))
	return box
}

// noScriptPath is where browsers that run no scripts are led to. It is the name of the file: a
// host that answers other paths with the page would lead them there again and again.
const noScriptPath = "/noscript.html"

// addNoScript adds the page that says in every language that the site needs scripts.
func (b *builder) addNoScript() error {
	if len(b.Config.Languages) == 1 {
		return nil
	}
	main := element("main", "class", "column")
	main.AppendChild(b.heading())
	for _, language := range b.Config.Languages {
		main.AppendChild(b.allowScripts(language))
	}
	_, err := b.addPlain(noScriptPath, b.Config.Brand.Name, main)
	return err
}

// instead makes the template of what the boot script shows instead of the page, or below it.
func instead(kind string, content *dom.Node) *dom.Node {
	n := element("template", "data-"+kind, "")
	n.AppendChild(content)
	return n
}

// saying adds to an element what it says, in the first language and as a key. The places in it
// are elements, which the boot script fills.
func (b *builder) saying(n *dom.Node, key text.Key) *dom.Node {
	n.Attr = append(n.Attr, dom.Attribute{Key: "data-say", Val: string(key)})
	rest := b.words.first.Of(key)
	for _, place := range placeholder.FindAllString(rest, -1) {
		before, after, _ := strings.Cut(rest, place)
		withText(n, before)
		n.AppendChild(element("bdi", "translate", "no", "data-is", strings.Trim(place, "{}")))
		rest = after
	}
	return withText(n, rest)
}

// framed makes what is shown inside a frame.
func (b *builder) framed() *dom.Node {
	main := element("main", "class", "column")
	main.AppendChild(b.saying(element("p"), text.Framed))
	alone := element("p")
	alone.AppendChild(b.saying(element("a", "href", "/", "target", "_blank", "rel", "noopener"), text.OpenAlone))
	main.AppendChild(alone)
	return main
}

// heading makes the page's first heading where nothing that is seen is one.
func (b *builder) heading() *dom.Node {
	return withText(element("h1", "class", "visually-hidden", "translate", "no"), b.Config.Brand.Name)
}

// lost makes what is shown at paths that are not of the site.
func (b *builder) lost() *dom.Node {
	main := element("main", "class", "column welcome")
	main.AppendChild(b.saying(element("h1"), text.Lost))
	main.AppendChild(b.saying(element("a", "class", "button", "href", "/"), text.GoHome))
	page := element("div", "class", "page")
	page.AppendChild(b.header())
	page.AppendChild(main)
	return page
}

// header makes the page's header, as the program draws it where nobody is signed in.
func (b *builder) header() *dom.Node {
	brand := element("div", "class", "brand")
	if logo := b.Config.Brand.Logo; logo != "" {
		brand.AppendChild(element("img", "class", "brand-logo", "src", logo, "role", "presentation"))
	} else {
		brand.AppendChild(element("span", "class", "brand-mark", "aria-hidden", "true"))
	}
	brand.AppendChild(withText(element("span", "class", "brand-name", "translate", "no"), b.Config.Brand.Name))
	inner := element("div", "class", "topbar-inner")
	inner.AppendChild(brand)
	header := element("header", "class", "topbar")
	header.AppendChild(inner)
	return header
}

// panel makes what is shown where there is no program. The boot script leaves the one
// sentence that says why.
func (b *builder) panel() *dom.Node {
	notice := element("div", "class", "notice notice-bad")
	for _, says := range []struct {
		why string
		key text.Key
	}{
		{"old", text.TooOld}, {"unloaded", text.NotLoaded}, {"status", text.NoProgram}, {"type", text.OtherProgram},
		{"stopped", text.Stopped},
	} {
		notice.AppendChild(b.saying(element("p", "role", "alert", "data-says", says.why), says.key))
	}
	notice.AppendChild(b.saying(element("button", "type", "button", "class", "button"), text.Reload))
	if support := b.Config.SupportURL; support != "" {
		notice.AppendChild(b.saying(element("a", "class", "quiet-button", "href", support, "rel", elsewhere), text.GetHelp))
	}
	box := element("div", "class", "boot-panel")
	box.AppendChild(b.heading())
	box.AppendChild(notice)
	return box
}

// done makes what a window shows that has handed its answer over and stays open.
func (b *builder) done() *dom.Node {
	main := element("main", "class", "column")
	status := element("div", "role", "status")
	status.AppendChild(b.saying(element("h1"), text.CloseWindow))
	main.AppendChild(status)
	return main
}

// elsewhere is the rel of the operator's links, also where the program draws them.
const elsewhere = "noopener noreferrer"

// rebase puts the base path before the paths in links, but for the operator's: they are paths
// of the origin, as the program draws them.
func (b *builder) rebase(body *dom.Node) {
	logo := strings.HasPrefix(b.Config.Brand.Logo, "/") // a file of the site has no slash
	for n := range body.Descendants() {
		if attr(n, "rel") == elsewhere || logo && attr(n, "class") == "brand-logo" {
			continue
		}
		for i, a := range n.Attr {
			link := a.Key == "href" || a.Key == "src" || a.Key == "action"
			if link && strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") {
				n.Attr[i].Val = b.base + a.Val
			}
		}
	}
}

// addNotFound adds the page for all paths that are not of the site. It needs no program.
func (b *builder) addNotFound() error {
	f, err := b.addPlain("/404", b.words.first.Of(text.Lost), b.lost())
	if err != nil {
		return err
	}
	f.Header.Set("Cache-Control", never)
	f.Status = http.StatusNotFound
	return nil
}

// addPlain adds a page without scripts.
func (b *builder) addPlain(path, title string, content *dom.Node) (*File, error) {
	icon, err := b.url(iconVector)
	if err != nil {
		return nil, err
	}
	doc, err := dom.Parse(strings.NewReader("<!doctype html><html><head></head><body></body></html>"))
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", path, err)
	}
	html := find(doc, tag("html"))
	html.Attr = element("html", "lang", b.words.first.Language, "dir", b.words.first.Direction).Attr
	head, body := find(html, tag("head")), find(html, tag("body"))
	for _, n := range []*dom.Node{
		element("meta", "charset", "utf-8"),
		element("meta", "http-equiv", "Content-Security-Policy", "content", metaPolicy(b.policy())),
		element("meta", "name", "referrer", "content", "no-referrer"),
		withText(element("title"), title),
		element("meta", "name", "viewport", "content", "width=device-width, initial-scale=1"),
		element("meta", "name", "robots", "content", "noindex"),
		element("link", "rel", "icon", "href", icon, "type", "image/svg+xml"),
		withText(element("style"), b.style),
	} {
		head.AppendChild(n)
	}
	body.AppendChild(content)
	b.rebase(body)
	return b.addPage(path, revalidate, doc)
}
