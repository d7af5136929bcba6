package oidc

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

func TestBegin(t *testing.T) {
	p := newIDP(t)
	c, store, _ := newClient(p)
	// Every random byte is known, so that the whole URL is.
	random := make([]byte, 80)
	for i := range random {
		random[i] = byte(i)
	}
	c.deps.Random = bytes.NewReader(random)
	address, tx, err := c.Begin(t.Context(), Request{
		Purpose: "linking", Connection: "google-oauth2", Prompt: "login", MaxAge: seconds(0),
		LoginHint: "ada@example.com", ScreenHint: "signup", UILocales: "de en",
		Subject: ada, ReturnTo: "/?a=b#c",
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := u.Scheme+"://"+u.Host+u.Path, p.URL+"/authorize"; got != want {
		t.Errorf("sent to %s, want %s", got, want)
	}
	wantState := "linking.AAECAwQFBgcICQoLDA0ODw"
	for name, want := range map[string]string{
		"response_type":         "code",
		"client_id":             testClient,
		"redirect_uri":          "https://app.example/callback",
		"scope":                 "openid profile email read:current_user",
		"audience":              p.issuer() + "api/v2/",
		"state":                 wantState,
		"nonce":                 tx.Nonce,
		"code_challenge":        goldenChallenge,
		"code_challenge_method": "S256",
		"connection":            "google-oauth2",
		"prompt":                "login",
		"max_age":               "0",
		"login_hint":            "ada@example.com",
		"screen_hint":           "signup",
		"ui_locales":            "de en",
	} {
		if got := u.Query()[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if strings.Contains(address, tx.Verifier) {
		t.Error("the URL gives the verifier away")
	}
	if tx.Created != start || tx.Subject != ada || tx.ReturnTo != "/?a=b#c" || tx.Mode != ModeRedirect {
		t.Errorf("transaction = %+v", tx)
	}
	if keys := store.Keys(); len(keys) != 1 || keys[0] != "twinlock.tx."+wantState {
		t.Errorf("stored under %q", keys)
	}
}

// A window's login waits where no other page can take it up.
func TestBeginInAWindow(t *testing.T) {
	p := newIDP(t)
	c, store, _ := newClient(p)
	_, tx, err := c.Begin(t.Context(), Request{Purpose: "login", Mode: ModePopup})
	if err != nil {
		t.Fatal(err)
	}
	if keys := store.Keys(); len(keys) != 0 {
		t.Errorf("stored under %q", keys)
	}
	if _, err := c.pop(tx.State); err != nil {
		t.Errorf("this page cannot take it up: %v", err)
	}
	if _, err := c.pop(tx.State); !errors.Is(err, ErrNoTransaction) {
		t.Errorf("taken up twice: %v", err)
	}
}

// The boot script begins logins, too: server/e2e holds it to the same vectors.
func TestVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/begin.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name   string
		Config struct {
			Issuer, Audience string
			ClientID         string `json:"client_id"`
			Scopes           []string
		}
		RedirectURI string `json:"redirect_uri"`
		Connection  string
		Params      struct {
			Purpose, Prompt string
			MaxAge          *int   `json:"max_age"`
			UILocales       string `json:"ui_locales"`
		}
		Random      string
		Now         int64
		Scope, Key  string
		Transaction json.RawMessage
		URL         string
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			random, err := hex.DecodeString(v.Random)
			if err != nil {
				t.Fatal(err)
			}
			store := &platform.Memory{}
			c := New(Settings{
				Issuer: v.Config.Issuer, ClientID: v.Config.ClientID, RedirectURI: v.RedirectURI,
				Audience: v.Config.Audience, Scopes: v.Config.Scopes,
			}, Deps{Fetch: browser.Fetch, Verify: browser.VerifyRS256, Store: store, Random: bytes.NewReader(random), Now: func() time.Time { return time.UnixMilli(v.Now) }})
			c.metadata = &Metadata{Issuer: v.Config.Issuer, AuthorizationEndpoint: v.Config.Issuer + "authorize"}
			address, _, err := c.Begin(t.Context(), Request{
				Purpose: v.Params.Purpose, Connection: v.Connection, Prompt: v.Params.Prompt,
				MaxAge: maxAgeOf(v.Params.MaxAge), UILocales: v.Params.UILocales,
			})
			if err != nil {
				t.Fatal(err)
			}
			if address != v.URL {
				t.Errorf("sent to\n%s, want\n%s", address, v.URL)
			}
			base := strings.TrimSuffix(strings.TrimPrefix(v.RedirectURI, "https://app.example"), "callback")
			if scope := browser.NewScope(base, v.Config.Issuer, v.Config.ClientID, v.Config.Audience); scope.String() != v.Scope {
				t.Errorf("scope %q, want %q", scope, v.Scope)
			}
			kept, _ := store.Get(v.Key)
			if !sameJSON(t, kept, string(v.Transaction)) {
				t.Errorf("kept %s, want %s", kept, v.Transaction)
			}
		})
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal([]byte(a), &x), json.Unmarshal([]byte(b), &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

// RFC 7636 appendix B.
func TestChallenge(t *testing.T) {
	got := challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
	if want := "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"; got != want {
		t.Errorf("challenge = %s, want %s", got, want)
	}
}

func TestBeginLeavesOutWhatIsNotAsked(t *testing.T) {
	c, _, _ := newClient(newIDP(t))
	address, _, err := c.Begin(t.Context(), Request{Purpose: "login"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"connection", "prompt", "max_age", "login_hint", "screen_hint", "ui_locales"} {
		if strings.Contains(address, name+"=") {
			t.Errorf("%s is in %s", name, address)
		}
	}
}

func TestBeginReturnsHome(t *testing.T) {
	c, _, _ := newClient(newIDP(t))
	if tx := begin(t, c, Request{ReturnTo: "//evil.example"}); tx.ReturnTo != "/" || tx.Mode != ModeRedirect {
		t.Errorf("%+v", tx)
	}
}

// Attack case 9: two begun alike share nothing that could be guessed.
func TestBeginIsNeverTheSame(t *testing.T) {
	c, _, _ := newClient(newIDP(t))
	a, b := begin(t, c, Request{}), begin(t, c, Request{})
	if a.State == b.State || a.Nonce == b.Nonce || a.Verifier == b.Verifier || a.Nonce == a.Verifier {
		t.Errorf("%+v and %+v", a, b)
	}
}

type failingStore struct{ platform.Memory }

func (*failingStore) Set(string, string) error { return platform.ErrFull }

// silentStore does not say that it keeps nothing.
type silentStore struct{ platform.Memory }

func (*silentStore) Set(string, string) error { return nil }

// What the store does not keep is kept elsewhere, and found there.
func TestBeginFallsBack(t *testing.T) {
	for name, store := range map[string]platform.Storage{"none": nil, "full": &failingStore{}, "silent": &silentStore{}} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			c, _, _ := newClient(p)
			fallback := &platform.Memory{}
			c.deps.Store, c.deps.Fallback = store, fallback
			tx := begin(t, c, Request{})
			if keys := fallback.Keys(); len(keys) != 1 || keys[0] != "twinlock.tx."+tx.State {
				t.Errorf("stored under %q", keys)
			}
			fresh := New(c.settings, c.deps)
			p.answer(sign(p.claims(tx.Nonce)))
			if _, err := fresh.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, ""); err != nil {
				t.Error(err)
			}
			if keys := fallback.Keys(); len(keys) != 0 {
				t.Errorf("%q is left", keys)
			}
		})
	}
}

// Where nothing can be kept it is known before the network is asked, and a window, whose
// login is in memory, works.
func TestBeginWithoutAStore(t *testing.T) {
	p := newIDP(t)
	c, _, _ := newClient(p)
	c.deps.Store = nil
	if _, _, err := c.Begin(t.Context(), Request{Purpose: "login"}); !errors.Is(err, ErrNotKept) {
		t.Errorf("Begin = %v", err)
	}
	if n := p.asked("GET /.well-known/openid-configuration"); n != 0 {
		t.Errorf("the network was asked %d times", n)
	}
	tx := begin(t, c, Request{Mode: ModePopup})
	p.answer(sign(p.claims(tx.Nonce)))
	if _, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, ""); err != nil {
		t.Error(err)
	}
}

func TestBeginRefuses(t *testing.T) {
	tests := []struct {
		name    string
		request Request
		change  func(*Client)
		wantErr error  // or
		want    string // in the text
	}{
		{name: "no purpose", wantErr: ErrPurpose},
		{name: "purpose with a dot", request: Request{Purpose: "a.b"}, wantErr: ErrPurpose},
		{name: "upper-case purpose", request: Request{Purpose: "Login"}, wantErr: ErrPurpose},
		{name: "long purpose", request: Request{Purpose: strings.Repeat("a", 17)}, wantErr: ErrPurpose},
		{name: "negative age", request: Request{Purpose: "login", MaxAge: seconds(-1)}, want: "max age"},
		{name: "age beyond reason", request: Request{Purpose: "login", MaxAge: new(maxMaxAge + 1)}, want: "max age"},
		{name: "unknown mode", request: Request{Purpose: "login", Mode: "iframe"}, want: "mode"},
		{
			name: "no random bytes", request: Request{Purpose: "login"},
			change:  func(c *Client) { c.deps.Random = bytes.NewReader(make([]byte, 79)) },
			wantErr: io.ErrUnexpectedEOF,
		},
		{
			name: "the store refuses", request: Request{Purpose: "login"},
			change: func(c *Client) { c.deps.Store = &failingStore{} }, wantErr: ErrNotKept,
		},
		{
			name: "the store is full", request: Request{Purpose: "login"},
			change: func(c *Client) { c.deps.Store = &failingStore{} }, wantErr: platform.ErrFull,
		},
		{
			name: "both stores are full", request: Request{Purpose: "login"},
			change:  func(c *Client) { c.deps.Store, c.deps.Fallback = &failingStore{}, &failingStore{} },
			wantErr: platform.ErrFull,
		},
		{
			name: "the store keeps nothing, and does not say so", request: Request{Purpose: "login"},
			change: func(c *Client) { c.deps.Store = &silentStore{} }, wantErr: ErrNotKept,
		},
		{
			name: "no store", request: Request{Purpose: "login"},
			change: func(c *Client) { c.deps.Store = nil }, wantErr: ErrNotKept,
		},
		{
			name: "no network", request: Request{Purpose: "login"},
			change: func(c *Client) {
				c.deps.Fetch = func(context.Context, platform.Request) (*platform.Response, error) { return nil, platform.ErrNetwork }
			},
			wantErr: platform.ErrNetwork,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, store, _ := newClient(newIDP(t))
			if tt.change != nil {
				tt.change(c)
			}
			address, tx, err := c.Begin(t.Context(), tt.request)
			if err == nil || tt.wantErr != nil && !errors.Is(err, tt.wantErr) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Begin = %v, want %v%s", err, tt.wantErr, tt.want)
			}
			if address != "" || tx.State != "" || len(store.Keys()) != 0 {
				t.Error("something was begun all the same")
			}
		})
	}
}

// Attack case 37.
func TestReturnTo(t *testing.T) {
	tests := []struct {
		in   string
		stay bool
	}{
		{"/", true},
		{"/account", true},
		{"/account/", true},
		{"/a/b?x=//evil.example&y=%2f%2f#z", true},
		{"/%E2%82%AC", true},
		{"", false},
		{"account", false},
		{"//evil.example", false},
		{"///evil.example", false},
		{`/\evil.example`, false},
		{`\\evil.example`, false},
		{"https:evil.example", false},
		{"https://evil.example/", false},
		{"https://app.example.evil.example/", false},
		{"javascript:alert(1)", false},
		{"/\t/evil.example", false},
		{"/\n/evil.example", false},
		{"/?a=\tb", false},
		{"/\x7f", false},
		{" //evil.example", false},
		{"/%2f/evil.example", false},
		{"/%2Fevil.example", false},
		{"/%5cevil.example", false},
		{"/%09/evil.example", false},
		{"/.//evil.example", false},
		{"/a/..//evil.example", false},
		{"/a/../b", false},
		{"/%2e%2e//evil.example", false},
		{"/a//b", false},
		{"/%", false},
		{"/" + strings.Repeat("a", maxReturnTo), false},
	}
	for _, tt := range tests {
		want := "/"
		if tt.stay {
			want = tt.in
		}
		if got := localPath(tt.in); got != want {
			t.Errorf("localPath(%q) = %q, want %q", tt.in, got, want)
		}
	}
}

func TestSeveralAtOnce(t *testing.T) {
	c, store, clock := newClient(newIDP(t))
	begun := make(map[string]bool)
	first := begin(t, c, Request{})
	for range maxTransactions - 1 {
		clock.add(time.Second)
		begun["twinlock.tx."+begin(t, c, Request{Purpose: "linking"}).State] = true
	}
	if got := len(store.Keys()); got != maxTransactions {
		t.Fatalf("%d wait, want %d", got, maxTransactions)
	}
	clock.add(time.Second)
	begun["twinlock.tx."+begin(t, c, Request{}).State] = true
	for _, key := range store.Keys() {
		if !begun[key] {
			t.Errorf("%s is kept: the oldest had to go (%s)", key, first.State)
		}
	}
	if got := len(store.Keys()); got != maxTransactions {
		t.Errorf("%d wait, want %d", got, maxTransactions)
	}
}

func TestBeginPrunes(t *testing.T) {
	c, store, clock := newClient(newIDP(t))
	old := begin(t, c, Request{})
	clock.add(defaultTransactionAge + time.Second)
	store.Set("twinlock.tx.login.broken", "{")
	store.Set("twinlock.tx.login.AAAAAAAAAAAAAAAAAAAAAA", `{"v":2}`)
	earlier := strings.Replace(goldenShort, `"v":2,`, `"v":1,`, 1)
	store.Set("twinlock.tx.login.AAECAwQFBgcICQoLDA0ODw", strings.Replace(earlier, "1700000000123", fmt.Sprint(clock.now().UnixMilli()), 1))
	store.Set("twinlock.profile", "not ours")
	fresh := begin(t, c, Request{})
	got := transactionKeys(store)
	if len(got) != 2 || got[0] != "twinlock.profile" || got[1] != "twinlock.tx."+fresh.State {
		t.Errorf("%q is kept; expired was %s", got, old.State)
	}
}

func TestCancel(t *testing.T) {
	c, store, _ := newClient(newIDP(t))
	store.Set("twinlock.tx.", "not ours")
	a, b := begin(t, c, Request{}), begin(t, c, Request{})
	store.Set("twinlock.tx.", "not ours") // Begin cleared it away
	c.Cancel(a.State)
	c.Cancel("")
	if got := transactionKeys(store); len(got) != 2 || got[1] != "twinlock.tx."+b.State {
		t.Errorf("%q is kept", got)
	}
	if _, err := c.Finish(t.Context(), Callback{State: a.State, Code: "c"}, ""); !errors.Is(err, ErrNoTransaction) {
		t.Errorf("Finish after Cancel = %v", err)
	}
}

func TestForgetAccounts(t *testing.T) {
	c, store, _ := newClient(newIDP(t))
	nobodys := begin(t, c, Request{})
	begin(t, c, Request{Purpose: "linking", Subject: ada})
	begin(t, c, Request{Purpose: "proof", Expected: ada})
	store.Set("twinlock.tx.login.broken", "{")
	store.Set("twinlock.profile", "not ours")
	ForgetAccounts(store)
	if got := transactionKeys(store); len(got) != 2 || got[0] != "twinlock.profile" || got[1] != "twinlock.tx."+nobodys.State {
		t.Errorf("%q is kept", got)
	}
}
