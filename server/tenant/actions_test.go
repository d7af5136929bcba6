package tenant_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/action"
	"twinlock/server/tenant/tenanttest"
)

// A link and an unlink are told as the users that they change, each with what it was before. What
// changes nothing, and a reset, are not told.
func TestEventStream(t *testing.T) {
	var events []action.Event
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Actions.EventStream = func(e action.Event) error {
			events = append(events, e)
			return errors.New("changes nothing")
		}
	})
	primary, second := s.Login(t, ada, tenant.Database, nil), s.Login(t, google, tenant.Google, nil)
	told := func() (what []string) { // type, user, and how many identities there were and are
		for _, e := range events {
			before := 0
			if e.Data.Previous != nil {
				before = len(e.Data.Previous.Identities)
			}
			what = append(what, fmt.Sprint(e.Type, " ", e.Data.Object.UserID, " ", before, " ", len(e.Data.Object.Identities)))
		}
		events = nil
		return what
	}
	told()
	if status, _, f := link(t, s, primary, adaID, second.IDToken); status != http.StatusCreated {
		t.Fatalf("link: %+v", f)
	}
	if got, want := told(), []string{"user.updated " + adaID + " 1 2", "user.deleted " + googleID + " 0 1"}; !slices.Equal(got, want) {
		t.Errorf("link: %q", got)
	}
	s.Do(t, http.MethodDelete, identityPath(adaID, "google-oauth2", googleID), primary.AccessToken, nil, nil)
	if got := told(); len(got) > 0 {
		t.Errorf("an unlink that removes nothing: %q", got)
	}
	s.Do(t, http.MethodDelete, identityPath(adaID, "google-oauth2", "118151210185211271536"), primary.AccessToken, nil, nil)
	if len(events) > 0 {
		e := events[0]
		if e.SpecVersion != "1.0" || len(e.ID) != 26 || e.Tenant == "" || e.Source != "urn:auth0:"+e.Tenant || e.Stream == "" || e.Time == "" {
			t.Errorf("event: %+v", e)
		}
	}
	if got, want := told(), []string{"user.updated " + adaID + " 2 1", "user.created " + googleID + " 0 1"}; !slices.Equal(got, want) {
		t.Errorf("unlink: %q", got)
	}
	if s.Reset(t); len(events) > 0 {
		t.Errorf("reset: %q", told())
	}
}

// What the operator's code says of a login is in the ID token, and nowhere else. It replaces no
// claim; an error refuses the tokens.
func TestPostLogin(t *testing.T) {
	var logins []action.Login
	var refusal error
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Actions.PostLogin = func(l action.Login) (map[string]any, error) {
			logins = append(logins, l)
			return map[string]any{"mine": true, "sub": "x", "iss": "x", "email": "x"}, refusal
		}
	})
	b := s.Browser(t)
	tokens := b.Login(t, ada, tenant.Database, url.Values{"scope": {"openid email offline_access"}})
	claims := mustVerify(t, s, tokens.IDToken)
	if claims["mine"] != true || claims["sub"] != adaID || claims["iss"] != s.Issuer || claims["email"] != ada {
		t.Errorf("claims: %v", claims)
	}
	if access := mustVerify(t, s, tokens.AccessToken); access["mine"] != nil {
		t.Errorf("access token: %v", access)
	}
	if status, next := refresh(t, s, tokens.RefreshToken); status != http.StatusOK || mustVerify(t, s, next.IDToken)["mine"] != true {
		t.Errorf("refresh token: %d", status)
	}
	var protocols []action.Protocol
	for _, l := range logins {
		protocols = append(protocols, l.Transaction.Protocol)
		if l.User.UserID != adaID || l.Client.ID != s.ClientID {
			t.Errorf("login: %+v", l)
		}
	}
	if !slices.Equal(protocols, []action.Protocol{action.Code, action.RefreshToken}) {
		t.Errorf("protocols: %q", protocols)
	}
	refusal = errors.New("not on Sundays")
	f := s.Flow("", nil)
	p := b.Get(t, f.Path)
	answer := s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{"grant_type": "authorization_code", "client_id": s.ClientID,
		"code": p.Callback.Get("code"), "redirect_uri": tenanttest.Callback, "code_verifier": f.Verifier}, nil)
	if answer.StatusCode < 400 {
		t.Errorf("refused: %s", answer.Status)
	}
}

// The outbox takes messages as a service for e-mail does.
func TestOutboxTakesMail(t *testing.T) {
	s := tenanttest.Start(t)
	for body, want := range map[string]int{
		`{"from":"a@example.com","to":"b@example.com","subject":"S","text":"T"}`: http.StatusNoContent,
		`{"subject":"S"}`: http.StatusBadRequest, `[]`: http.StatusBadRequest, `{"to":"b"}{}`: http.StatusBadRequest,
	} {
		answer, err := http.Post(s.URL+"/_emulator/outbox", "application/json", strings.NewReader(body))
		if err != nil || answer.StatusCode != want {
			t.Errorf("%s: %v %v", body, answer, err)
		}
	}
	if got := s.Outbox(t); len(got) != 1 || got[0].To != "b@example.com" || got[0].Subject != "S" || got[0].Text != "T" {
		t.Errorf("outbox: %+v", got)
	}
}
