package ui

import (
	"twinlock/app/browser"
	"twinlock/app/text"
)

// plural returns the form of a plural for a number, which stands in it as "{name}".
func plural(say *text.Catalogue, key text.Key, name string, n int) string {
	form := say.Form(key, browser.PluralCategory(n, say.Language))
	return text.Fill(form, name, browser.FormatNumber(n, say.Language))
}
