package ui

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/browser"
	"twinlock/app/text"
	"twinlock/app/words"
)

// elsewhere draws a link that leaves the page. The page that it leads to learns nothing of
// this one. By this rel the server knows that a path in it is of the origin, not of the site.
func elsewhere(url string, label app.UI) app.HTMLA {
	return app.A().Href(ofOrigin(url)).Rel("noopener noreferrer").Body(label)
}

// ofOrigin returns an operator's URL as go-app leaves it: it takes a path that begins with
// /web/ for one of the site's own files, below the base path.
func ofOrigin(url string) string {
	if strings.HasPrefix(url, "/web") {
		return "/." + url
	}
	return url
}

// brand draws logo and name. They lead to the site that people come from, if there is one.
func (v *view) brand() app.UI {
	brand, home := v.parts.config.Brand, v.parts.config.HomeURL
	body := []app.UI{
		app.If(brand.Logo != "", func() app.UI {
			return app.Img().Class("brand-logo").Src(ofOrigin(brand.Logo)).Attr("role", "presentation")
		}).Else(func() app.UI {
			return app.Span().Class("brand-mark").Attr("aria-hidden", "true")
		}),
		app.Span().Class("brand-name").Body(words.Data(brand.Name)),
	}
	if home != "" {
		return elsewhere(home, nil).Class("brand").Body(body...)
	}
	return app.Div().Class("brand").Body(body...)
}

// back draws the link to the site that people come from.
func (v *view) back() app.UI {
	if v.parts.config.HomeURL == "" {
		return app.P().Hidden(true)
	}
	label := words.Fill(v.say.Of(text.BackTo), "name", v.parts.config.Brand.Name)
	return app.P().Class("back").Body(elsewhere(v.parts.config.HomeURL, words.Of(label)))
}

// ownLinks draws the operator's links, below the page.
func (v *view) ownLinks() app.UI {
	c, items := &v.parts.config, []app.UI(nil)
	add := func(url string, label app.UI, language string) {
		if url == "" {
			return
		}
		item := app.Li().Body(elsewhere(url, label))
		if language != "" {
			item = item.DataSet("for", language).Hidden(language != v.say.Language)
		}
		items = append(items, item)
	}
	// The boot script shows and hides those of one language.
	for i := range c.Links {
		add(c.Links[i].URL, words.Data(c.Links[i].Label), c.Links[i].Language)
	}
	add(c.SupportURL, words.Of(v.say.Of(text.Help)), "")
	add(c.PrivacyURL, words.Of(v.say.Of(text.Privacy)), "")
	add(c.TermsURL, words.Of(v.say.Of(text.Terms)), "")
	if len(items) == 0 && len(c.Languages) < 2 {
		return app.Footer().Hidden(true)
	}
	// go-app's element nav would add kilobytes to the program.
	links := app.Div().Attr("role", "navigation").Attr("aria-label", v.say.Of(text.OwnLinks)).Body(app.Ul().Body(items...))
	return app.Footer().Class("own-links").Body(links.Hidden(len(items) == 0), v.languageSwitch())
}

// languageSwitch draws the languages of the site. The boot script listens to it, before the
// program is there and after.
func (v *view) languageSwitch() app.UI {
	var options []app.UI
	for _, language := range v.parts.config.Languages {
		options = append(options, app.Elem("option").Attr("value", language).Attr("lang", language).
			Attr("label", browser.LanguageName(language)).Attr("selected", language == v.say.Language))
	}
	return app.Div().Class("language").Hidden(len(options) < 2).Body(
		app.Label().Class("visually-hidden").Attr("for", "language").Body(words.Of(v.say.Of(text.ChooseLanguage))),
		app.Elem("select").Attr("id", "language").Attr("autocomplete", "off").Body(options...),
	)
}
