package flow

import (
	"errors"
	"slices"
	"testing"
	"time"

	"twinlock/app/linking"
	"twinlock/app/management"
	"twinlock/app/oidc"
	"twinlock/app/platform"
)

// How the tenant can tell of a user's address.
func unverified(u *management.User) { u.EmailVerified = false }

func addressless(u *management.User) {
	u.Email, u.EmailVerified, u.NoEmail = "", false, true
	u.Identities[0].Profile = management.Profile{}
}

func unvouched(u *management.User) {
	u.EmailVerified, u.Identities[0].Profile = false, management.Profile{}
	u.Identities[0].Provider, u.Identities[0].Connection = "samlp", "corp"
}

// signedInTo is a world with a policy in which ada, of whom the tenant tells as the edit
// does, is signed in.
func signedInTo(t *testing.T, policy linking.Policy, edit func(*management.User)) (*world, *tab) {
	t.Helper()
	w := newWorld(t, 1)
	w.policy, w.odd[ada] = policy, edit
	w.device.session = &held{ada, w.now}
	return w, w.open()
}

// Attack case 15: whose profile can be linked with no other is told so before the second
// login, and before a proof of who they are. Once that has changed they can link.
func TestRefusedBeforeTheSecondLogin(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy linking.Policy
		edit   func(*management.User)
		want   error
	}{
		{"not verified", linking.Policy{AllowNoEmail: true}, unverified, linking.ErrUnverified},
		{"none", linking.Policy{AllowUnverified: true}, addressless, linking.ErrNoEmail},
		{"an organisation's", linking.Policy{AllowNoEmail: true}, unvouched, linking.ErrUnvouched},
		{"another connection", linking.Policy{Connections: []string{"google-oauth2"}}, nil, linking.ErrConnection},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, later := range []time.Duration{0, time.Hour} {
				w, tab := signedInTo(t, tt.policy, tt.edit)
				w.now = w.now.Add(later)
				tab.press("link")
				tab.told(Failed, tt.want, NoNext)
				var refused *linking.RefusedError
				if !errors.As(tab.drawn.Notice.Err, &refused) || refused.Account.Subject != ada {
					t.Errorf("told of %+v", refused)
				}
				if tab.dialog != "" || tab.wants != nil || tab.leaving {
					t.Errorf("a login begins: %q, %+v", tab.dialog, tab.wants)
				}
				w.holds(ada, ada)

				// It is not refused by what the page has read before.
				delete(w.odd, ada)
				tab.flow.settings.Policy.Connections = nil
				tab.press("link")
				if tab.dialog != Second && tab.dialog != Proof {
					t.Errorf("no login begins in %s", sketch(tab.drawn))
				}
			}
		})
	}
}

// If the profile cannot be read again, that is told, and no login begins.
func TestRefusalCannotBeRead(t *testing.T) {
	w, tab := signedInTo(t, linking.Policy{}, unverified)
	w.failed["read"] = management.ErrServer
	tab.press("link")
	tab.told(Failed, management.ErrServer, ReadAgain)
	if tab.dialog != "" || tab.wants != nil {
		t.Errorf("a login begins: %q, %+v", tab.dialog, tab.wants)
	}
}

// What has become of an earlier link is not told a second time, so it comes first.
func TestRefusalAfterAnEarlierLink(t *testing.T) {
	w, tab := signedInTo(t, linking.Policy{}, unverified)
	w.device.journal[ada] = linking.Entry{}
	tab.press("link")
	tab.told(Failed, platform.ErrSealBroken, ReadAgain)
	tab.press("link")
	tab.told(Failed, linking.ErrUnverified, NoNext)
}

// The way to the second login is the same for an account that is asked for by name.
func TestRefusedBeforeANamedLogin(t *testing.T) {
	w, tab := signedInTo(t, linking.Policy{}, nil)
	tab.link(lovelace)
	w.failed["link"] = management.ErrRateLimited
	tab.press("confirm")
	delete(w.failed, "link")
	w.odd[ada] = unverified
	tab.press("follow")
	tab.told(Failed, linking.ErrUnverified, NoNext)
	if tab.wants != nil {
		t.Errorf("a login begins: %+v", tab.wants)
	}
	w.holds(ada, ada)
}

// Of the second account it is known when it has been read.
func TestSecondIsRefused(t *testing.T) {
	trusted := linking.Policy{AllowNoEmail: true, TrustedEmail: []string{"google-oauth2"}}
	said := func(edit func(*management.User)) func(*management.User) {
		return func(u *management.User) { edit(u); u.Identities[0].Profile = management.Profile{} }
	}
	for _, tt := range []struct {
		name   string
		policy linking.Policy
		edit   func(*management.User)
		claims func(*oidc.Claims) // the tenant does not let it be read, and says this
		want   error              // nil: it is asked
	}{
		{"verified", linking.Policy{}, nil, nil, nil},
		{"not verified (attack case 14)", linking.Policy{AllowNoEmail: true}, unverified, nil, linking.ErrUnverified},
		{"none", linking.Policy{AllowNoEmail: true}, addressless, nil, nil},
		{"none, refused (attack case 14)", linking.Policy{}, addressless, nil, linking.ErrNoEmail},
		{"an organisation's (attack case 14)", linking.Policy{AllowNoEmail: true}, unvouched, nil, linking.ErrUnvouched},
		{"trusted", trusted, said(unverified), nil, nil},
		{"trusted by the login's connection only (attack case 14)", trusted, said(func(u *management.User) {
			unverified(u)
			u.Identities[0].Connection = ""
		}), nil, linking.ErrUnverified},
		{"no address in its claims (attack case 14)", trusted, nil, func(c *oidc.Claims) { c.Email = "" }, linking.ErrUnverified},
		{"trusted by its claims (attack case 14)", trusted, nil, func(c *oidc.Claims) { c.EmailVerified = false }, linking.ErrUnverified},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, tab := signedInTo(t, tt.policy, nil)
			w.odd[lovelace], w.claims = tt.edit, tt.claims
			if tt.claims != nil {
				w.failed["read as "+lovelace] = management.ErrScope
			}
			tab.press("link")
			tab.login(lovelace, nil)
			if tt.want == nil {
				tab.press("confirm")
				w.holds(ada, ada, lovelace)
				return
			}
			tab.told(Failed, tt.want, LinkAnother)
			w.holds(ada, ada)
			w.holds(lovelace, lovelace)
		})
	}
}

// The account with a verified address is the one that is to stay, where it can be.
func TestVerifiedIsToStay(t *testing.T) {
	warn := linking.Policy{AllowNoEmail: true, AllowUnverified: true}
	for _, tt := range []struct {
		name         string
		ours, theirs func(*management.User)
		linked       bool // the profile has a linked account, so it cannot move
		swapped      bool
		warnings     []linking.Warning
	}{
		{"only theirs", addressless, nil, false, true, []linking.Warning{linking.WarnSecondaryNoEmail}},
		{"only theirs, ours not verified", unverified, nil, false, true, []linking.Warning{linking.WarnSecondaryUnverified}},
		{"only theirs, but ours must stay", addressless, nil, true, false, []linking.Warning{linking.WarnPrimaryNoEmail}},
		{"only ours", nil, addressless, false, false, []linking.Warning{linking.WarnSecondaryNoEmail}},
		{"both", nil, nil, false, false, nil},
		{
			"neither", addressless, unverified, false, false,
			[]linking.Warning{linking.WarnSecondaryUnverified, linking.WarnPrimaryNoEmail},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.policy, w.odd[ada], w.odd[lovelace] = warn, tt.ours, tt.theirs
			w.device.session = &held{ada, w.now}
			own := []string{ada}
			if tt.linked {
				own = append(own, facebook)
				w.users[ada] = own
				delete(w.users, facebook)
			}
			tab := w.open()
			tab.link(lovelace)
			q := tab.drawn.Question.Link
			if q.Swapped() != tt.swapped || q.Reversed != nil || !slices.Equal(q.Plan.Warnings, tt.warnings) {
				t.Errorf("asked %+v", q)
			}
			tab.press("confirm")
			if !tt.swapped {
				w.holds(ada, append(own, lovelace)...)
				return
			}
			w.holds(lovelace, lovelace, ada)
			if tab.subject() != lovelace {
				t.Errorf("%s is signed in", tab.subject())
			}
		})
	}
	// The person may decide otherwise.
	w, tab := signedInTo(t, warn, addressless)
	tab.link(lovelace)
	tab.press("swap")
	if got := tab.drawn.Question.Link.Plan.Warnings; !slices.Equal(got, []linking.Warning{linking.WarnPrimaryNoEmail}) {
		t.Errorf("warns of %q", got)
	}
	tab.press("confirm")
	w.holds(ada, ada, lovelace)
}
