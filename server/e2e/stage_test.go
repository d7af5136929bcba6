package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	native "twinlock/app/browser"
	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/app/text/texttest"
	"twinlock/server/picture"
	"twinlock/server/site"
	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// The seeded accounts by the names that the tests know them by.
const (
	ada      = "ada@example.com"            // a database
	lovelace = "ada.lovelace@gmail.example" // Google
	byron    = "ada@facebook.example"       // Facebook
	charles  = "charles@example.com"        // a database
	mallory  = "mallory@example.com"        // a database, not verified
	mary     = "mary@gmail.example"         // Google
)

// The user ids of the seeded accounts.
const (
	adaID      = "auth0|5d1018150a1b2c3d4e5f6a01"
	lovelaceID = "google-oauth2|118151210185211271536"
	byronID    = "facebook|10218151210185211"
	charlesID  = "auth0|5d1017911226b2c3d4e5f6a2"
	maryID     = "google-oauth2|117801226187211290072"
)

// idOf are those ids by account.
var idOf = map[string]string{ada: adaID, lovelace: lovelaceID, byron: byronID, charles: charlesID, mary: maryID}

// linkedBefore furnishes a tenant in which the second account has been linked to the
// first. The others that tests know are there too.
func linkedBefore(first, second string) func(*tenant.Options) {
	identity := func(email string) tenant.Identity {
		_, id, _ := strings.Cut(idOf[email], "|")
		i := tenant.Identity{Connection: connectionOf(email), ID: id, Email: email, EmailVerified: true}
		if i.Connection == tenant.Database {
			i.Password = tenant.Password
		}
		return i
	}
	return func(o *tenant.Options) {
		o.Users = []tenant.User{{
			Identity:     identity(first),
			UserMetadata: map[string]any{"theme": "dark", "phone": "+1"},
			Linked:       []tenant.Identity{identity(second)},
		}}
		for _, email := range []string{ada, lovelace, byron, charles, mary} {
			if email != first && email != second {
				o.Users = append(o.Users, tenant.User{Identity: identity(email)})
			}
		}
	}
}

// say is what the page says.
var say = texttest.In("en")

// renewableScopes have the tenant give the session a refresh token.
var renewableScopes = slices.Concat(config.DefaultScopes, []string{"offline_access"})

// A stage is a site and a tenant, each on an origin of its own, that one test
// has to itself.
type stage struct {
	t       *testing.T
	site    string // origin and base path, without a slash at the end
	origin  string
	issuer  string // the tenant's origin with a slash
	tenant  *tenant.Tenant
	courier *courier
	config  config.Config // the site's
}

// setup is how a stage differs from the usual one.
type setup struct {
	interaction provider.Interaction // provider.Redirect if empty
	basePath    string
	scopes      []string
	brand       config.Brand
	pictures    []picture.Picture // the operator's
	users       string            // the tenant's users.json; the seeded ones if empty
	skew        time.Duration     // how far the tenant's clock is ahead of the browser's
	tokenLife   tenant.Seconds
	history     string
	static      fs.FS // see site.Options
	// What else is different; nil where nothing is.
	configure func(*config.Config)
	furnish   func(*tenant.Options)
	around    func(http.Handler) http.Handler // stands between browser and tenant
	front     func(http.Handler) http.Handler // stands between browser and site
}

func newStage(t *testing.T, o setup) *stage {
	t.Helper()
	needsBrowser(t)
	front, back := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	s := &stage{
		t:      t,
		origin: "http://" + front.Listener.Addr().String(),
		// A host of its own and not merely a port: to the browser the two are
		// different sites, as they are in life.
		issuer: fmt.Sprintf("http://tenant.localhost:%s/", port(back)),
	}
	s.site = s.origin + o.basePath
	s.startTenant(back, o)
	s.startSite(front, o)
	return s
}

// scope is whose everything is that the site keeps in a browser.
func (s *stage) scope() native.Scope {
	return native.NewScope(strings.TrimPrefix(s.site, s.origin)+"/", s.config.Issuer, s.config.ClientID, s.config.Audience)
}

func port(s *httptest.Server) string {
	_, port, _ := strings.Cut(s.Listener.Addr().String(), ":")
	return port
}

func (s *stage) startTenant(server *httptest.Server, o setup) {
	options := tenant.Options{
		Issuer: s.issuer,
		Clients: []tenant.Client{{
			ID:         tenant.DefaultClientID,
			Callbacks:  []string{s.site + "/callback"},
			WebOrigins: []string{s.origin},
			LogoutURLs: []string{s.site + "/"},

			AccessTokenLifetime: o.tokenLife,
		}},
		SigningKey: tenanttest.SigningKey(),
		Logger:     slog.New(slog.DiscardHandler),
		Now:        func() time.Time { return time.Now().Add(o.skew) },
	}
	if o.users != "" {
		options.DataDir = s.t.TempDir()
		users := strings.ReplaceAll(o.users, "ISSUER", s.issuer)
		if err := os.WriteFile(filepath.Join(options.DataDir, "users.json"), []byte(users), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	if o.furnish != nil {
		o.furnish(&options)
	}
	var err error
	if s.tenant, err = tenant.New(options); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { s.tenant.Close() })
	s.courier = &courier{callback: s.site + "/callback"}
	served := s.courier.carry(s.tenant)
	if o.around != nil {
		served = o.around(served)
	}
	s.serve(server, served)
}

func (s *stage) startSite(server *httptest.Server, o setup) {
	c := config.Config{
		Issuer:   s.issuer,
		ClientID: tenant.DefaultClientID,
		Connections: []config.Connection{
			{Name: tenant.Database}, {Name: tenant.Google}, {Name: tenant.Facebook},
		},
		Scopes:      o.scopes,
		Interaction: o.interaction,
		Brand:       o.brand,
		History:     o.history,
	}
	if o.configure != nil {
		o.configure(&c)
	}
	c = c.WithDefaults()
	if err := c.Validate(); err != nil {
		s.t.Fatal(err)
	}
	s.config = c
	rendered, err := site.New(site.Options{Config: c, BasePath: o.basePath, Pictures: o.pictures, Static: o.static, Version: "e2e"})
	if err != nil {
		s.t.Fatal(err)
	}
	served := http.Handler(rendered)
	if o.front != nil {
		served = o.front(served)
	}
	s.serve(server, served)
}

func (s *stage) serve(server *httptest.Server, h http.Handler) {
	server.Config.Handler = h
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	s.t.Cleanup(server.Close)
}

// control asks the tenant's emulator for something.
func (s *stage) control(method, path string, body any) []byte {
	s.t.Helper()
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		sent = strings.NewReader(string(data))
	}
	r := httptest.NewRequest(method, s.issuer+"_emulator/"+path, sent)
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	s.tenant.ServeHTTP(w, r)
	if w.Code >= 400 {
		s.t.Fatalf("tenant: %s %s: status %d: %s", method, path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// fault makes the tenant misbehave.
type fault = tenant.Fault

// identities is the path that links are made at.
const identities = "/api/v2/users/*/identities"

func (s *stage) fault(f fault) {
	s.t.Helper()
	s.control("POST", "faults", f)
}

// summary is all that matters of a user: who it is, what is linked, and its data.
func summary(u tenant.StoredUser) string {
	var ids []string
	for _, i := range u.Identities {
		ids = append(ids, i.Provider+"|"+i.UserID)
	}
	metadata, _ := json.Marshal(u.UserMetadata)
	return fmt.Sprintf("%s: %s %s", u.UserID, strings.Join(ids, " + "), metadata)
}

// users returns what the tenant holds, a line for each user.
func (s *stage) users() []string {
	s.t.Helper()
	var users []tenant.StoredUser
	if err := json.Unmarshal(s.control("GET", "users", nil), &users); err != nil {
		s.t.Fatal(err)
	}
	var lines []string
	for _, u := range users {
		lines = append(lines, summary(u))
	}
	slices.Sort(lines)
	return lines
}

// held returns what the tenant holds of a user, "" where there is none.
func (s *stage) held(id string) string {
	s.t.Helper()
	for _, line := range s.users() {
		if strings.HasPrefix(line, id+": ") {
			return line
		}
	}
	return ""
}

// wantHeld checks what the tenant holds by user id.
func (s *stage) wantHeld(want map[string]string) {
	s.t.Helper()
	for _, id := range slices.Sorted(maps.Keys(want)) {
		full := want[id]
		if full != "" {
			full = id + ": " + full
		}
		if got := s.held(id); got != full {
			s.t.Errorf("the tenant holds %q, want %q", got, full)
		}
	}
}

// request is one that the tenant was asked.
type request = tenant.LoggedRequest

func (s *stage) requests() []request {
	s.t.Helper()
	var list []request
	if err := json.Unmarshal(s.control("GET", "requests", nil), &list); err != nil {
		s.t.Fatal(err)
	}
	return list
}

// writes lists the requests that were to change something, answered or not.
func (s *stage) writes() []string {
	s.t.Helper()
	var writes []string
	for _, r := range s.requests() {
		if strings.HasPrefix(r.Path, "/api/v2/") && r.Method != "GET" && r.Method != "OPTIONS" {
			path, _ := url.PathUnescape(r.Path)
			writes = append(writes, fmt.Sprintf("%s %s %d", r.Method, path, r.Status))
		}
	}
	return writes
}

// same returns a check that the tenant's users are then as they are now.
func (s *stage) same() (check func()) {
	s.t.Helper()
	before := s.users()
	return func() {
		s.t.Helper()
		if after := s.users(); !slices.Equal(before, after) {
			s.t.Errorf("the tenant held\n\t%s\nand now holds\n\t%s", strings.Join(before, "\n\t"), strings.Join(after, "\n\t"))
		}
	}
}

// untouched is [stage.same], and nobody may even have asked for a change.
func (s *stage) untouched() (check func()) {
	s.t.Helper()
	same, asked := s.same(), len(s.writes())
	return func() {
		s.t.Helper()
		same()
		if writes := s.writes()[asked:]; len(writes) > 0 {
			s.t.Errorf("the tenant was asked to %s", strings.Join(writes, ", "))
		}
	}
}
