//go:build !js

package browser

import "time"

func property(object, name string) string {
	if object == "location" && name == "origin" {
		return "http://localhost"
	}
	return ""
}

func invoke(string, string, ...any) {}

func navigatorFlag(string) (value, known bool) { return false, false }

func matchesMedia(string) bool { return false }

func listen(string, func()) {}

func format(t time.Time, _, clock, _ string) string {
	if clock == "" {
		return t.UTC().Format(time.DateOnly)
	}
	return t.UTC().Format(time.DateTime)
}

func aheadOfUTC(time.Time) int { return 0 }
