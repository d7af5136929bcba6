package browser

import "time"

// The functions of this file write what each language writes in its own way. A language is a
// BCP 47 tag; where the person's browser prefers a region of it, that one's ways are used.

// FormatTime writes a moment as is usual in a language (a BCP 47 tag), in the
// person's time zone. Natively it is in UTC and the same for every language.
func FormatTime(t time.Time, language string) string { return format(t, language, "short", "") }

// FormatClock writes a moment as [FormatTime] does, but as a clock shows it that is some
// minutes ahead of UTC.
func FormatClock(t time.Time, ahead int, language string) string {
	return format(t.Add(time.Duration(ahead)*time.Minute), language, "short", "UTC")
}

// AheadOfUTC returns how many minutes the device's clock is ahead of UTC at a moment, by
// the time zone that it has now. Natively it is 0.
func AheadOfUTC(t time.Time) int { return aheadOfUTC(t) }

// FormatDate writes a day as is usual in a language (a BCP 47 tag), in the person's
// time zone. Natively it is in UTC and the same for every language.
func FormatDate(t time.Time, language string) string { return format(t, language, "", "") }

// FormatNumber writes a number in the digits of a language. Natively they are those of
// English.
func FormatNumber(n int, language string) string { return formatNumber(n, language) }

// PluralCategory returns the category of a number of things in a language, as Unicode CLDR
// names it: "one", "few", "other" and so on. Natively it is that of English.
func PluralCategory(n int, language string) string { return pluralCategory(n, language) }

// JoinList lists texts as is usual in a language. Natively there are commas between them.
func JoinList(list []string, language string) string { return joinList(list, language) }

// LanguageName returns what the speakers of a language call it, as it stands in a list. Where
// the browser does not know it, and natively, that is the tag.
func LanguageName(language string) string { return languageName(language) }
