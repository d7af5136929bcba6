//go:build js

package browser

import (
	"strconv"
	"strings"
	"syscall/js"
	"time"
	"unicode"
	"unicode/utf8"
)

// locales returns how a language is written in the person's region, where they have one of it,
// and then the language alone: what a browser prefers may be no language tag, as "en-US@posix".
func locales(language string) []string {
	if own := Language(); strings.HasPrefix(own, language+"-") {
		return []string{own, language}
	}
	return []string{language}
}

// format writes a date and, if clock is a style of Intl.DateTimeFormat, the time of day, in
// a time zone or, with "", the person's.
func format(t time.Time, language, clock, zone string) string {
	options := map[string]any{"dateStyle": "medium"}
	if clock != "" {
		options["timeStyle"] = clock
	}
	if zone != "" {
		options["timeZone"] = zone
	}
	for _, locale := range locales(language) {
		var text string
		if try(func() { text = textOf(global("Date").New(t.UnixMilli()).Call("toLocaleString", locale, options)) }) == nil {
			return text
		}
	}
	return t.Format(time.DateTime)
}

func aheadOfUTC(t time.Time) (minutes int) {
	_ = try(func() { minutes = -global("Date").New(t.UnixMilli()).Call("getTimezoneOffset").Int() })
	return minutes
}

// intl calls a method of a new object of Intl, made for a language; "" where that throws.
func intl(class, language string, options map[string]any, method string, arg any) (text string) {
	for _, locale := range locales(language) {
		if try(func() { text = textOf(global("Intl", class).New(locale, options).Call(method, arg)) }) == nil {
			return text
		}
	}
	return ""
}

func formatNumber(n int, language string) string {
	return orElse(intl("NumberFormat", language, nil, "format", n), strconv.Itoa(n))
}

func pluralCategory(n int, language string) string {
	return orElse(intl("PluralRules", language, nil, "select", n), "other")
}

func joinList(list []string, language string) string {
	values := make([]any, len(list))
	for i, s := range list {
		values[i] = s
	}
	return orElse(intl("ListFormat", language, nil, "format", js.ValueOf(values)), strings.Join(list, ", "))
}

// Many languages write the names of languages small, but not at the beginning of a line.
func languageName(language string) string {
	name := orElse(intl("DisplayNames", language, map[string]any{"type": "language"}, "of", language), language)
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
