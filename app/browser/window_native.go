//go:build !js

package browser

import "time"

func origin() string { return "http://localhost" }

func assign(string) {}

func standalone() bool { return false }

func homeScreen() bool { return false }

func narrow() bool { return false }

func language() string { return "" }

func online() bool { return true }

func onConnection(func()) {}

func formatTime(t time.Time, _ string) string { return t.UTC().Format(time.DateTime) }

func formatDate(t time.Time, _ string) string { return t.UTC().Format(time.DateOnly) }
