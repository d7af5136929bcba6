package lock

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Only a connection of the lock is marked, whatever was stored.
func TestLastUsed(t *testing.T) {
	for stored, want := range map[string]int{"google-oauth2": 1, "": 0, "<b>": 0, "google-oauth": 0} {
		l := New("client", "tenant.example", Options{
			AllowedConnections: []Connection{{Name: "google-oauth2", Label: "Google"}, {Name: "db", Label: "E-mail"}},
			LastUsed:           func() string { return stored },
		})
		t.Cleanup(l.Close)
		if n := strings.Count(app.HTMLString(l.Dialog()), "Last used"); n != want {
			t.Errorf("%q: %d connections are marked, want %d", stored, n, want)
		}
	}
}
