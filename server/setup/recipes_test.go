package setup_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/oidc"
	"twinlock/server/setup"
	"twinlock/server/tenant"
	"twinlock/server/tenant/action"
	"twinlock/server/tenant/action/script"
	"twinlock/server/tenant/tenanttest"
)

const (
	machine = "machine"
	secret  = "not-a-secret"

	ada, google, charles = "ada@example.com", "ada.lovelace@gmail.example", "charles@example.com"
	mallory              = "mallory@example.com"

	byEmail = "/api/v2/users-by-email"
)

// recipe returns the Action that init writes for a page of the tenant. Its mail goes to a path of
// the tenant; its machine has the scopes.
func recipe(t *testing.T, o *tenant.Options, name, mail string, scopes ...string) *script.Script {
	t.Helper()
	o.Clients = append(o.Clients, tenant.Client{ID: machine, Secret: secret,
		Grants: []string{tenant.GrantClientCredentials}, Scopes: scopes})
	files, err := setup.Files(setup.Site{Page: address("https://accounts.example.com/"), Config: config.Config{
		Issuer: o.Issuer, Audience: o.Issuer + "api/v2/", ClientID: tenant.DefaultClientID,
		Connections: []config.Connection{{Name: tenant.Database}, {Name: tenant.Google}},
		Brand:       config.Brand{Name: "Acme"},
	}.WithDefaults()})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(files, func(f setup.File) bool { return f.Name == name })
	compiled, err := script.Compile(name, string(files[at].Body), map[string]string{
		"CLIENT_ID": machine, "CLIENT_SECRET": secret,
		"MAIL_URL": o.Issuer + mail, "MAIL_KEY": "not-a-key", "MAIL_FROM": "Acme <accounts@example.com>",
	})
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// A stream is a tenant with the recipe for changed identities.
type stream struct {
	*tenanttest.Server
	recipe *script.Script
	events []action.Event // that the recipe was told
	err    error          // of any of them
}

// outbox is a path that takes mail.
const outbox = "_emulator/outbox"

func startStream(t *testing.T, mail string, scopes ...string) *stream {
	t.Helper()
	s := &stream{}
	s.Server = tenanttest.Start(t, func(o *tenant.Options) {
		s.recipe = recipe(t, o, setup.IdentitiesChanged, mail, scopes...)
		o.Actions.EventStream = func(e action.Event) error {
			err := s.recipe.EventStream(e)
			s.events, s.err = append(s.events, e), errors.Join(s.err, err)
			return err
		}
	})
	return s
}

var endScopes = []string{"delete:sessions", "delete:refresh_tokens"}

// offline asks for a refresh token.
func offline() url.Values {
	return url.Values{"scope": {"openid email offline_access " + tenanttest.ManagementScopes}}
}

func (s *stream) idOf(t *testing.T, email string) string {
	t.Helper()
	for id, u := range s.Users(t) {
		if u.Email == email {
			return id
		}
	}
	t.Fatalf("nobody has %s", email)
	return ""
}

func (s *stream) identities(id string) string {
	return "/api/v2/users/" + url.PathEscape(id) + "/identities"
}

// link links the second account as the page does.
func (s *stream) link(t *testing.T, first, second tenanttest.Tokens, id string) {
	t.Helper()
	if answer := s.Do(t, http.MethodPost, s.identities(id), first.AccessToken, map[string]string{"link_with": second.IDToken}, nil); answer.StatusCode != http.StatusCreated {
		t.Fatalf("link: %s", answer.Status)
	}
}

// renews reports whether a refresh token works. It is not used up: the next one comes back.
func (s *stream) renews(t *testing.T, tokens *tenanttest.Tokens) bool {
	t.Helper()
	var next tenanttest.Tokens
	answer := s.Do(t, http.MethodPost, "/oauth/token", "", map[string]string{
		"grant_type": "refresh_token", "client_id": s.ClientID, "refresh_token": tokens.RefreshToken}, &next)
	if answer.StatusCode == http.StatusOK {
		tokens.RefreshToken = next.RefreshToken
	}
	return answer.StatusCode == http.StatusOK
}

func (s *stream) signedIn(t *testing.T, b *tenanttest.Browser) bool {
	t.Helper()
	return b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path).Callback.Get("code") != ""
}

// mailed returns who has got mail since the last call, and checks that no mail tells of an
// account what its reader may not know.
func (s *stream) mailed(t *testing.T, before int, wants string) []string {
	t.Helper()
	var to []string
	for _, m := range s.Outbox(t)[before:] {
		to = append(to, m.To)
		if !strings.Contains(m.Subject, wants) || !strings.Contains(m.Text, "https://accounts.example.com/") {
			t.Errorf("mail: %+v", m)
		}
		for _, private := range []string{"@", "Ada", "Lovelace", "|"} {
			if strings.Contains(m.Subject+m.Text, private) {
				t.Errorf("%q is in the mail to %s: %+v", private, m.To, m)
			}
		}
	}
	slices.Sort(to)
	return to
}

// A link is told to both addresses and ends nothing. An unlink is told to both too, and ends
// what was signed in through either account, and nobody else's.
func TestIdentitiesChanged(t *testing.T) {
	s := startStream(t, outbox, endScopes...)
	id, both := s.idOf(t, ada), []string{google, ada}
	slices.Sort(both)
	adas, googles, charless := s.Browser(t), s.Browser(t), s.Browser(t)
	first, others := adas.Login(t, ada, tenant.Database, offline()), charless.Login(t, charles, tenant.Database, offline())
	s.link(t, first, s.Login(t, google, tenant.Google, nil), id)
	if got := s.mailed(t, 0, "Google was added to your account at Acme"); !slices.Equal(got, both) || s.err != nil {
		t.Errorf("a link is told to %v, %v", got, s.err)
	}
	second := googles.Login(t, google, tenant.Google, offline())
	if !s.renews(t, &first) || !s.renews(t, &second) || !s.signedIn(t, adas) {
		t.Error("a link ends something")
	}

	// The API answers 200 to an id that it does not know, and removes nothing.
	at := len(s.Users(t)[id].Identities) - 1
	linked := s.Users(t)[id].Identities[at].UserID
	s.Do(t, http.MethodDelete, s.identities(id)+"/google-oauth2/"+url.PathEscape("google-oauth2|"+linked), first.AccessToken, nil, nil)
	s.Do(t, http.MethodPatch, strings.TrimSuffix(s.identities(id), "/identities"), first.AccessToken,
		map[string]any{"user_metadata": map[string]string{"theme": "light"}}, nil)
	if got := s.mailed(t, 2, ""); len(got) > 0 || !s.renews(t, &first) {
		t.Errorf("what is no change of identities is told to %v, or ends something", got)
	}

	if answer := s.Do(t, http.MethodDelete, s.identities(id)+"/google-oauth2/"+linked, first.AccessToken, nil, nil); answer.StatusCode != http.StatusOK {
		t.Fatalf("unlink: %s", answer.Status)
	}
	if got := s.mailed(t, 2, "Google was removed from your account at Acme"); !slices.Equal(got, both) || s.err != nil {
		t.Errorf("an unlink is told to %v, %v", got, s.err)
	}
	if s.renews(t, &first) || s.renews(t, &second) || s.signedIn(t, adas) {
		t.Error("what was signed in before an unlink goes on")
	}
	if !s.renews(t, &others) || !s.signedIn(t, charless) {
		t.Error("somebody else's session has ended")
	}
	lines := s.recipe.Log()
	if len(lines) != 2 {
		t.Fatalf("audit: %q", lines)
	}
	for n, want := range []string{"linked", "unlinked"} {
		var line map[string]string
		if err := json.Unmarshal([]byte(lines[n]), &line); err != nil || len(lines[n]) > 256 || line["twinlock"] != want ||
			line["user"] != id || line["identity"] != "google-oauth2|"+linked || !strings.HasPrefix(line["event"], "evt_") {
			t.Errorf("audit: %v %q", err, lines[n])
		}
	}
}

// Only verified addresses get mail: another may be a stranger's.
func TestIdentitiesChangedUnverified(t *testing.T) {
	s := startStream(t, outbox, endScopes...)
	first := s.Login(t, ada, tenant.Database, nil)
	s.link(t, first, s.Login(t, mallory, tenant.Database, nil), s.idOf(t, ada))
	if got := s.mailed(t, 0, "Email and password was added"); !slices.Equal(got, []string{ada}) {
		t.Errorf("told to %v", got)
	}
}

// Events that an operator sends to try the stream, of other types, or without what was before,
// do nothing.
func TestIdentitiesChangedIgnores(t *testing.T) {
	s := startStream(t, outbox, endScopes...)
	s.link(t, s.Login(t, ada, tenant.Database, nil), s.Login(t, google, tenant.Google, nil), s.idOf(t, ada))
	at := slices.IndexFunc(s.events, func(e action.Event) bool { return e.Type == action.Updated && len(e.Data.Object.Identities) == 2 })
	told := s.events[at]
	sent := len(s.Outbox(t))
	for name, change := range map[string]func(e *action.Event){
		"test":   func(e *action.Event) { e.Purpose = "test" },
		"type":   func(e *action.Event) { e.Type = action.Deleted },
		"before": func(e *action.Event) { e.Data.Previous = nil },
	} {
		e := told
		change(&e)
		if err := s.recipe.EventStream(e); err != nil || len(s.Outbox(t)) != sent {
			t.Errorf("%s: %v, %d mails", name, err, len(s.Outbox(t))-sent)
		}
	}
	if err := s.recipe.EventStream(told); err != nil || len(s.Outbox(t)) != 2*sent {
		t.Errorf("the event itself: %v, %d mails", err, len(s.Outbox(t))-sent)
	}
}

// What fails keeps nothing else from being done, and has Auth0 deliver the event again.
func TestIdentitiesChangedFails(t *testing.T) {
	for name, tt := range map[string]struct {
		scopes []string
		mail   string
		fault  tenant.Fault
		mails  int
		ends   bool
	}{
		"no scope":    {scopes: []string{"read:users"}, mail: outbox, mails: 2},
		"no token":    {scopes: endScopes, mail: outbox, fault: tenant.Fault{Path: "/oauth/token", Status: 500, Times: -1}, mails: 2},
		"no sessions": {scopes: endScopes[1:], mail: outbox, mails: 2, ends: true},
		"no mail":     {scopes: endScopes, mail: "nowhere", ends: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := startStream(t, tt.mail, tt.scopes...)
			id := s.idOf(t, "grace@example.com")
			tokens := s.Login(t, "grace@example.com", tenant.Database, offline())
			if tt.fault.Path != "" {
				s.Fault(t, tt.fault)
			}
			linked := s.Users(t)[id].Identities[1].UserID
			s.Do(t, http.MethodDelete, s.identities(id)+"/google-oauth2/"+linked, tokens.AccessToken, nil, nil)
			if !errors.Is(s.err, script.ErrRejected) || len(s.Outbox(t)) != tt.mails {
				t.Errorf("%v, %d mails", s.err, len(s.Outbox(t)))
			}
			s.Do(t, http.MethodDelete, "/_emulator/faults", "", nil, nil)
			if s.renews(t, &tokens) == tt.ends {
				t.Errorf("ends: %t", !tt.ends)
			}
		})
	}
}

// claims reads an ID token that a test has just got.
func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// claim is what the page looks for.
const claim = oidc.OtherAccountClaim

// startSuggesting starts a tenant with the recipe for logins.
func startSuggesting(t *testing.T, opts ...tenanttest.Option) (*tenanttest.Server, *script.Script) {
	t.Helper()
	var s *script.Script
	return tenanttest.Start(t, append(opts, func(o *tenant.Options) {
		s = recipe(t, o, setup.SuggestLink, outbox, "read:users")
		o.Actions.PostLogin = s.PostLogin
	})...), s
}

// asked is how often the tenant was searched for an address.
func asked(t *testing.T, s *tenanttest.Server) (times int) {
	t.Helper()
	for _, r := range s.Requests(t) {
		if r.Path == byEmail {
			times++
		}
	}
	return times
}

// other is a second account with Ada's address, changed.
func other(changes ...string) string {
	document := `{"user_id":"google-oauth2|9","name":"Augusta","email":"ada@example.com","email_verified":true,"blocked":false,
		"identities":[{"provider":"google-oauth2","user_id":"9","connection":"google-oauth2","isSocial":true}]}`
	return strings.NewReplacer(changes...).Replace(document)
}

// Who has verified the address learns that there is another account with it, and nothing of it.
func TestSuggestLink(t *testing.T) {
	for name, tt := range map[string]struct {
		other string
		want  bool
	}{
		"another account":       {other(), true},
		"nobody else":           {other("ada@", "augusta@"), false},
		"not verified":          {other(`"email_verified":true`, `"email_verified":false`), false},
		"verified in words":     {other(`"email_verified":true`, `"email_verified":"true"`), false},
		"blocked":               {other(`"blocked":false`, `"blocked":true`), false},
		"a way not on the page": {other(`"connection":"google-oauth2"`, `"connection":"facebook"`), false},
	} {
		t.Run(name, func(t *testing.T) {
			s, code := startSuggesting(t)
			s.Put(t, tt.other)
			got := claims(t, s.Login(t, ada, tenant.Database, nil).IDToken)
			if _, there := got[claim]; there != tt.want || there && got[claim] != true {
				t.Errorf("claim: %v", got[claim])
			}
			delete(got, claim)
			told, _ := json.Marshal(got)
			if strings.Contains(string(told), "Augusta") || strings.Contains(string(told), "google") || len(code.Log()) > 0 {
				t.Errorf("more is told: %s %q", told, code.Log())
			}
		})
	}
}

// Who only claims the address causes no search, so that neither the answer nor its time tells
// anything; nor does another application's login, or a renewal.
func TestSuggestLinkAsksNothing(t *testing.T) {
	s, _ := startSuggesting(t, func(o *tenant.Options) {
		c := o.Clients[0]
		c.ID = "another"
		o.Clients = append(o.Clients, c)
	})
	s.Put(t, other(`"email_verified":true`, `"email_verified":false`))
	got := claims(t, s.Login(t, ada, tenant.Google, nil).IDToken)
	if got["email"] != ada || got["email_verified"] != false || got[claim] != nil || asked(t, s) > 0 {
		t.Errorf("not verified: %v, %d searches", got, asked(t, s))
	}

	s.Put(t, other())
	stranger := *s
	stranger.ClientID = "another"
	if got := claims(t, stranger.Login(t, ada, tenant.Database, nil).IDToken); got[claim] != nil || asked(t, s) > 0 {
		t.Errorf("another application: %v, %d searches", got, asked(t, s))
	}

	tokens := s.Login(t, ada, tenant.Database, offline())
	if claims(t, tokens.IDToken)[claim] != true || asked(t, s) != 1 {
		t.Errorf("login: %d searches", asked(t, s))
	}
	renewing := stream{Server: s}
	if !renewing.renews(t, &tokens) || asked(t, s) != 1 {
		t.Errorf("renewal: %d searches", asked(t, s))
	}
}

// One token of the machine serves several logins.
func TestSuggestLinkKeepsItsToken(t *testing.T) {
	s, _ := startSuggesting(t)
	before := func() (tokens int) {
		for _, r := range s.Requests(t) {
			if r.Path == "/oauth/token" {
				tokens++
			}
		}
		return tokens
	}
	s.Login(t, ada, tenant.Database, nil)
	once := before()
	s.Login(t, ada, tenant.Database, nil)
	if again := before(); once != 2 || again != 3 {
		t.Errorf("%d requests of tokens, then %d", once, again)
	}
}

// A suggestion that cannot be made keeps nobody from signing in.
func TestSuggestLinkFails(t *testing.T) {
	for name, fault := range map[string]tenant.Fault{
		"busy": {Path: byEmail, Status: 429, Times: -1}, "lost": {Path: byEmail, Drop: true, Times: -1},
		"no JSON": {Path: byEmail, Status: 200, Body: json.RawMessage(`"x"`), Times: -1},
	} {
		s, code := startSuggesting(t)
		s.Put(t, other())
		s.Fault(t, fault)
		if got := claims(t, s.Login(t, ada, tenant.Database, nil).IDToken); got[claim] != nil || len(code.Log()) != 1 {
			t.Errorf("%s: %v %q", name, got, code.Log())
		}
	}
}

// The address is searched for as it is written, and as a database writes it.
func TestSuggestLinkMindsCase(t *testing.T) {
	s, _ := startSuggesting(t)
	s.Put(t, other("ada@example.com", "Charles@Example.com"))
	if got := claims(t, s.Login(t, "Charles@Example.com", tenant.Google, nil).IDToken); got["email"] != "Charles@Example.com" || got[claim] != true {
		t.Errorf("%v", got)
	}
}
