//go:build !js

package browser

import (
	"strconv"
	"strings"
	"time"
)

func format(t time.Time, _, clock, _ string) string {
	if clock == "" {
		return t.UTC().Format(time.DateOnly)
	}
	return t.UTC().Format(time.DateTime)
}

func aheadOfUTC(time.Time) int { return 0 }

func formatNumber(n int, _ string) string { return strconv.Itoa(n) }

func pluralCategory(n int, _ string) string {
	if n == 1 {
		return "one"
	}
	return "other"
}

func joinList(list []string, _ string) string { return strings.Join(list, ", ") }

func languageName(language string) string { return language }
