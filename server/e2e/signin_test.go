package e2e

import (
	"testing"
)

func TestSignIn(t *testing.T) {
	for _, tt := range []struct{ name, email string }{
		{"password", ada},
		{"google", lovelace},
		{"facebook", byron},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, setup{})
			p := s.open("/")
			p.signIn(tt.email)
			p.clean()
			p.reload()
			p.profileOf(tt.email)
			p.signOut()
		})
	}
}
