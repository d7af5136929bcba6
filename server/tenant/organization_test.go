package tenant_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

const (
	engineHouse   = "org_5d1019061906b2c3"
	grace         = "grace@example.com"
	graceID       = "auth0|5d1019061906b2c3d4e5f6a4"
	graceAtGoogle = "grace.hopper@gmail.example"
)

// withOrganizations lets the client sign people in as members.
func withOrganizations(usage tenant.OrganizationUsage) tenanttest.Option {
	return func(o *tenant.Options) {
		o.Clients[0].OrganizationUsage = usage
		o.Clients[0].Grants = []string{tenant.GrantCode, tenant.GrantImplicit, tenant.GrantRefreshToken}
	}
}

func byName(o *tenant.Options) { o.OrganizationNames = true }

func asMember(of string) url.Values { return url.Values{"organization": {of}} }

// The claims are in both tokens, of every way in which they are issued.
func TestSignInAsMember(t *testing.T) {
	for _, tt := range []struct {
		name, asked, id string
		opts            []tenanttest.Option
		orgName         any
	}{
		{"id", engineHouse, engineHouse, nil, nil},
		{"id where names may be", engineHouse, engineHouse, []tenanttest.Option{byName}, "engine-house"},
		{"name", "engine-house", engineHouse, []tenanttest.Option{byName}, "engine-house"},
		{"name in capitals", "Engine-House", engineHouse, []tenanttest.Option{byName}, "engine-house"},
		{"none", "", "", []tenanttest.Option{byName}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := tenanttest.Start(t, append(tt.opts, withOrganizations("allow"))...)
			check := func(way, token string) {
				t.Helper()
				claims := mustVerify(t, s, token)
				id, _ := claims["org_id"].(string)
				if _, has := claims["org_id"]; id != tt.id || has != (tt.id != "") || claims["org_name"] != tt.orgName {
					t.Errorf("%s: org_id %v, org_name %v", way, claims["org_id"], claims["org_name"])
				}
			}
			b := s.Browser(t)
			params := url.Values{"organization": {tt.asked}, "scope": {"openid offline_access read:current_user"}}
			tokens := b.Login(t, grace, tenant.Database, params)
			check("ID token", tokens.IDToken)
			check("access token", tokens.AccessToken)
			_, renewed := refresh(t, s, tokens.RefreshToken)
			check("renewed ID token", renewed.IDToken)
			check("renewed access token", renewed.AccessToken)
			silent := b.Get(t, s.Flow("", withoutPKCE("token id_token",
				url.Values{"organization": {tt.asked}, "prompt": {"none"}})).Path).Callback
			check("ID token of the front channel", silent.Get("id_token"))
			check("access token of the front channel", silent.Get("access_token"))
		})
	}
}

// Nobody but a member gets in: neither with a password nor with a session, whatever comes
// of the account.
func TestStrangerToOrganization(t *testing.T) {
	s := tenanttest.Start(t, withOrganizations("allow"))
	refused := func(p tenanttest.Page, id string) {
		t.Helper()
		want := "user " + id + " is not part of the " + engineHouse + " organization"
		if p.Callback.Get("error") != "access_denied" || p.Callback.Get("error_description") != want || p.Callback.Has("code") {
			t.Errorf("got %d at %s, want %q", p.Status, p.URL, want)
		}
	}
	b := s.Browser(t)
	f := s.Flow(tenant.Database, asMember(engineHouse))
	refused(b.SignIn(t, b.Get(t, f.Path), ada, tenant.Database), adaID)
	if p := b.Get(t, s.Flow("", url.Values{"prompt": {"none"}}).Path); p.Callback.Get("error") != "login_required" {
		t.Errorf("a refused sign-in began a session: %s", p.URL)
	}
	b.Login(t, ada, tenant.Database, nil)
	refused(b.Get(t, s.Flow("", asMember(engineHouse)).Path), adaID)
	refused(b.Get(t, s.Flow("", url.Values{"organization": {engineHouse}, "prompt": {"none"}}).Path), adaID)

	// The identities of a member are ways to be one. An account that was linked and unlinked is
	// a new one, and no member.
	tokens := s.Login(t, graceAtGoogle, tenant.Google, asMember(engineHouse))
	if claims := mustVerify(t, s, tokens.IDToken); claims["sub"] != graceID {
		t.Errorf("signed in as %v", claims["sub"])
	}
	primary := s.Login(t, charles, tenant.Database, nil)
	second := s.Login(t, grace, tenant.Database, nil)
	own := userPath(graceID) + "/identities/google-oauth2/109061992185211271536"
	if answer := s.Do(t, http.MethodDelete, own, second.AccessToken, nil, nil); answer.StatusCode != http.StatusOK {
		t.Fatalf("unlink: %s", answer.Status)
	}
	b = s.Browser(t)
	f = s.Flow(tenant.Google, asMember(engineHouse))
	refused(b.SignIn(t, b.Get(t, f.Path), graceAtGoogle, tenant.Google), "google-oauth2|109061992185211271536")

	if status, _, fail := link(t, s, primary, charlesID, second.IDToken); status != http.StatusCreated {
		t.Fatalf("link: %d %+v", status, fail)
	}
	b = s.Browser(t)
	f = s.Flow(tenant.Database, asMember(engineHouse))
	refused(b.SignIn(t, b.Get(t, f.Path), grace, tenant.Database), charlesID)
	unlink := userPath(charlesID) + "/identities/auth0/" + strings.TrimPrefix(graceID, "auth0|")
	if answer := s.Do(t, http.MethodDelete, unlink, primary.AccessToken, nil, nil); answer.StatusCode != http.StatusOK {
		t.Fatalf("unlink: %s", answer.Status)
	}
	b = s.Browser(t)
	f = s.Flow(tenant.Database, asMember(engineHouse))
	refused(b.SignIn(t, b.Get(t, f.Path), grace, tenant.Database), graceID)
}

func TestOrganizationParameter(t *testing.T) {
	const required, denied = "parameter organization is required for this client",
		"parameter organization is not allowed for this client"
	for _, tt := range []struct {
		name  string
		usage tenant.OrganizationUsage
		asked string
		names bool
		want  string // "": somebody may sign in
	}{
		{"a client of individuals", "", engineHouse, false, denied},
		{"a client of individuals by name", "deny", "engine-house", true, denied},
		{"a client of individuals, none asked", "deny", "", false, ""},
		{"a client of members", "require", "", false, required},
		{"a client of members, asked", "require", engineHouse, false, ""},
		{"both", "allow", "", false, ""},
		{"a name where ids are wanted", "allow", "engine-house", false,
			"authorization request parameter organization must be an organization id"},
		{"an unknown id", "allow", "org_5d1019061906b2c4", false, "the organization was not found"},
		{"an id in capitals", "allow", "org_5D1019061906B2C3", false, "the organization was not found"},
		{"an unknown name", "allow", "engine", true, "the organization was not found"},
		{"a display name", "allow", "The Engine House", true, "the organization was not found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := tenanttest.Start(t, withOrganizations(tt.usage), func(o *tenant.Options) { o.OrganizationNames = tt.names })
			f := s.Flow(tenant.Database, asMember(tt.asked))
			p := s.Browser(t).Get(t, f.Path)
			if tt.want == "" {
				if p.Callback != nil || !strings.Contains(p.Body, `name="password"`) || strings.Contains(p.Body, "The Engine House") != (tt.asked != "") {
					t.Errorf("got %d at %s: %s", p.Status, p.URL, p.Body)
				}
				return
			}
			if p.Callback.Get("error") != "invalid_request" || p.Callback.Get("error_description") != tt.want || p.Callback.Get("state") != f.State {
				t.Errorf("got %d at %s", p.Status, p.URL)
			}
		})
	}
}

// A ticket of /co/authenticate leads past the sign-in page, but not into an organization.
func TestLoginTicketOfStranger(t *testing.T) {
	s := startOpen(t, func(o *tenant.Options) { o.Clients[0].OrganizationUsage = "allow" })
	c := newScript(t, s)
	_, _, body := c.post(t, "/co/authenticate", credentials(s, nil))
	_, rest, _ := strings.Cut(body, `"login_ticket":"`)
	ticket, _, _ := strings.Cut(rest, `"`)
	_, h, _ := c.get(t, s.Flow("", withoutPKCE("token",
		url.Values{"login_ticket": {ticket}, "organization": {engineHouse}})).Path)
	if got := answered(t, h); ticket == "" || got.Get("error") != "access_denied" || got.Has("access_token") {
		t.Errorf("%s: %v", body, got)
	}
}

// A document has no member for this: the organization names it.
func TestDocumentAsMember(t *testing.T) {
	const id = "samlp|adp|ada@acme.example"
	s := tenanttest.Start(t, withOrganizations("require"), func(o *tenant.Options) {
		o.Connections = []tenant.Connection{{Name: "adp", Strategy: "samlp"}}
		o.UserDocuments = []json.RawMessage{json.RawMessage(`{"user_id": "` + id + `", "email": "ada@acme.example",
			"identities": [{"provider": "samlp", "user_id": "adp|ada@acme.example", "connection": "adp", "isSocial": false}]}`)}
		o.Organizations = []tenant.Organization{{Name: "acme", Members: []string{id}}}
	})
	own := asMember("org_" + hex.EncodeToString([]byte("none")))
	if p := s.Browser(t).Get(t, s.Flow("adp", own).Path); p.Callback.Get("error") != "invalid_request" {
		t.Errorf("got %d at %s", p.Status, p.URL)
	}
	sum := sha256.Sum256([]byte("acme"))
	own = asMember("org_" + hex.EncodeToString(sum[:8]))
	if claims := mustVerify(t, s, s.Login(t, "ada@acme.example", "adp", own).IDToken); claims["org_id"] != own.Get("organization") || claims["sub"] != id {
		t.Errorf("ID token = %v", claims)
	}
}
