package oidc

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

func TestFinish(t *testing.T) {
	p := newIDP(t)
	c, store, _ := newClient(p)
	tx := begin(t, c, Request{Purpose: "linking", Connection: "google-oauth2", MaxAge: seconds(0), Subject: ada, ReturnTo: "/account"})
	claims := p.claims(tx.Nonce)
	claims["auth_time"] = start.Unix()
	p.answer(sign(claims))
	got, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "code-1"}, ada)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"grant_type":    "authorization_code",
		"client_id":     testClient,
		"redirect_uri":  "https://app.example/callback",
		"code":          "code-1",
		"code_verifier": tx.Verifier, // attack case 7
	} {
		if values := p.form[name]; len(values) != 1 || values[0] != want {
			t.Errorf("sent %s = %q, want %q", name, values, want)
		}
	}
	if got.Transaction.ReturnTo != "/account" || got.Transaction.Connection != "google-oauth2" || got.Transaction.Purpose != "linking" {
		t.Errorf("transaction %+v", got.Transaction)
	}
	if got.Tokens.Access.Reveal() != "access-1" || got.Tokens.Refresh.Reveal() != "refresh-1" ||
		!got.Tokens.Expires.Equal(start.Add(24*time.Hour)) || strings.Join(got.Tokens.Scope, " ") != "openid profile email" {
		t.Errorf("tokens %+v", got.Tokens)
	}
	want := Claims{
		Issuer: p.issuer(), Subject: ada, Name: "Ada Lovelace", Email: "ada@example.com", EmailVerified: true,
		SessionID: "session-1", AuthTime: start, IssuedAt: start, Expires: start.Add(10 * time.Hour),
	}
	if got.Claims != want {
		t.Errorf("claims %+v\nwant   %+v", got.Claims, want)
	}
	if keys := store.Keys(); len(keys) != 0 {
		t.Errorf("%q is left", keys)
	}
	if n := p.asked("GET /.well-known/openid-configuration"); n != 1 {
		t.Errorf("metadata fetched %d times", n)
	}
}

// rewrite keeps a transaction in the place of what it was.
func rewrite(s platform.Storage, tx Transaction) {
	text, _ := json.Marshal(tx)
	s.Set("twinlock.tx."+tx.State, string(text))
}

func TestFinishRefuses(t *testing.T) {
	const good = "code-1"
	tests := []struct {
		name    string
		request Request
		later   time.Duration
		tamper  func(store platform.Storage, tx Transaction)
		cb      func(tx Transaction) Callback
		subject string
		wantErr error
	}{
		{ // attack case 1
			name:    "nothing begun",
			cb:      func(Transaction) Callback { return Callback{State: "linking.AAAAAAAAAAAAAAAAAAAAAA", Code: good} },
			wantErr: ErrNoTransaction,
		},
		{ // attack case 2
			name:    "no state",
			cb:      func(Transaction) Callback { return Callback{Code: good} },
			wantErr: ErrNoTransaction,
		},
		{
			name:    "constant state",
			cb:      func(Transaction) Callback { return Callback{State: "linking", Code: good} },
			wantErr: ErrNoTransaction,
		},
		{
			name:    "state leads to another key",
			tamper:  func(s platform.Storage, tx Transaction) { s.Set("twinlock.tx.x", goldenShort) },
			cb:      func(Transaction) Callback { return Callback{State: "x", Code: good} },
			wantErr: ErrNoTransaction,
		},
		{
			name: "stored under another state",
			tamper: func(s platform.Storage, tx Transaction) {
				text, _ := s.Get("twinlock.tx." + tx.State)
				s.Set("twinlock.tx.login.AAAAAAAAAAAAAAAAAAAAAA", text)
			},
			cb:      func(Transaction) Callback { return Callback{State: "login.AAAAAAAAAAAAAAAAAAAAAA", Code: good} },
			wantErr: ErrNoTransaction,
		},
		{
			name:    "too old",
			later:   defaultTransactionAge + time.Second,
			wantErr: ErrTransactionExpired,
		},
		{
			name:    "from the future",
			later:   -time.Hour,
			wantErr: ErrTransactionExpired,
		},
		{
			name: "another purpose in the record",
			tamper: func(s platform.Storage, tx Transaction) {
				text, _ := s.Get("twinlock.tx." + tx.State)
				s.Set("twinlock.tx."+tx.State, strings.Replace(text, `"purpose":"login"`, `"purpose":"linking"`, 1))
			},
			wantErr: ErrPurpose,
		},
		{
			name: "begun at another tenant",
			tamper: func(s platform.Storage, tx Transaction) {
				tx.Issuer = "https://other.example/"
				rewrite(s, tx)
			},
			wantErr: ErrNoTransaction,
		},
		{
			name: "begun by another client",
			tamper: func(s platform.Storage, tx Transaction) {
				tx.ClientID = "other"
				rewrite(s, tx)
			},
			wantErr: ErrNoTransaction,
		},
		{
			name: "begun by a version that kept no tenant",
			tamper: func(s platform.Storage, tx Transaction) {
				text, _ := s.Get("twinlock.tx." + tx.State)
				s.Set("twinlock.tx."+tx.State, strings.Replace(text, `"v":2`, `"v":1`, 1))
			},
			wantErr: ErrNoTransaction,
		},
		{ // attack cases 3 and 4
			name:    "somebody else signed in meanwhile",
			request: Request{Subject: ada},
			subject: "auth0|mallory",
			wantErr: ErrOtherSubject,
		},
		{
			name:    "signed out meanwhile",
			request: Request{Subject: ada},
			wantErr: ErrOtherSubject,
		},
		{ // attack case 6
			name: "another issuer",
			cb: func(tx Transaction) Callback {
				return Callback{State: tx.State, Code: good, Issuer: "https://evil.example/"}
			},
			wantErr: ErrResponseIssuer,
		},
		{
			name: "another issuer's error",
			cb: func(tx Transaction) Callback {
				return Callback{State: tx.State, Error: "access_denied", Issuer: "https://evil.example/"}
			},
			wantErr: ErrResponseIssuer,
		},
		{
			name:    "no code",
			cb:      func(tx Transaction) Callback { return Callback{State: tx.State} },
			wantErr: ErrCallback,
		},
		// attack case 47
		{name: "denied", cb: answers("access_denied"), wantErr: ErrAccessDenied},
		{name: "login required", cb: answers("login_required"), wantErr: ErrLoginRequired},
		{name: "consent required", cb: answers("consent_required"), wantErr: ErrInteraction},
		{name: "interaction required", cb: answers("interaction_required"), wantErr: ErrInteraction},
		{name: "account selection required", cb: answers("account_selection_required"), wantErr: ErrInteraction},
		{name: "unauthorized", cb: answers("unauthorized"), wantErr: ErrUnauthorized},
		{name: "server error", cb: answers("server_error"), wantErr: ErrUnavailable},
		{name: "unknown code", cb: answers("invalid_request"), wantErr: ErrAuthorization},
	}
	for _, tt := range tests {
		everywhere(t, tt.name, func(t *testing.T, place place) {
			p := newIDP(t)
			p.token = func(http.ResponseWriter, url.Values) { t.Error("a code was exchanged") }
			c, memory, clock := newClient(p)
			store := place(c, memory)
			tx := begin(t, c, tt.request)
			if tt.tamper != nil {
				tt.tamper(store, tx)
			}
			clock.add(tt.later)
			cb := Callback{State: tx.State, Code: good}
			if tt.cb != nil {
				cb = tt.cb(tx)
			}
			waiting := store.Keys()
			got, err := c.Finish(t.Context(), cb, tt.subject)
			if got != nil || !errors.Is(err, tt.wantErr) {
				t.Fatalf("Finish = %v, %v, want %v", got, err, tt.wantErr)
			}
			if strings.Contains(err.Error(), good) || strings.Contains(err.Error(), tx.Verifier) || strings.Contains(err.Error(), tx.State) {
				t.Errorf("the error tells secrets: %v", err)
			}
			if cb.State != tx.State {
				// It touches nothing that it does not name rightly.
				want := len(waiting)
				if validState(cb.State) && want > 1 {
					want--
				}
				if len(store.Keys()) != want {
					t.Errorf("%q is left of %q", store.Keys(), waiting)
				}
				return
			}
			// Attack case 8: used up.
			if len(store.Keys()) != len(waiting)-1 {
				t.Errorf("%q is left", store.Keys())
			}
			clock.add(-tt.later)
			if _, err := c.Finish(t.Context(), Callback{State: tx.State, Code: good}, tx.Subject); !errors.Is(err, ErrNoTransaction) {
				t.Errorf("second Finish = %v, want ErrNoTransaction", err)
			}
		})
	}
}

func answers(code string) func(Transaction) Callback {
	return func(tx Transaction) Callback { return Callback{State: tx.State, Error: code, ErrorDescription: "why"} }
}

func TestAuthorizationError(t *testing.T) {
	c, _, _ := newClient(newIDP(t))
	tx := begin(t, c, Request{})
	// Not through ParseCallback: a pop-up's message is as foreign as a URL.
	_, err := c.Finish(t.Context(), Callback{State: tx.State, Error: "unauthorized\u202e", ErrorDescription: "user is\x00 blocked" + strings.Repeat("!", 1000)}, "")
	var refused *AuthorizationError
	if !errors.As(err, &refused) {
		t.Fatalf("Finish = %v", err)
	}
	if refused.Code != "unauthorized" || !strings.HasPrefix(refused.Description, "user is blocked!") || len(refused.Description) > maxDescription+len("…") {
		t.Errorf("%+v", refused)
	}
}

// What a tenant says, for an answer that belongs to a transaction: at most 300 characters,
// cut between two letters.
func TestWordsOf(t *testing.T) {
	const family = "👨\u200d👩\u200d👧" // one letter of five characters
	for _, tt := range []struct{ given, want string }{
		{"", ""},
		{"Please verify your email before logging in.", "Please verify your email before logging in."},
		{"<b>a</b>\u202e\x00 b", "<b>a</b> b"},
		{strings.Repeat("a", 301), strings.Repeat("a", 299) + "…"},
		{strings.Repeat("a", 296) + strings.Repeat(family, 2), strings.Repeat("a", 296) + "…"},
		{strings.Repeat("ä", 300), strings.Repeat("ä", 300)},
	} {
		p := newIDP(t)
		c, _, _ := newClient(p)
		answered := begin(t, c, Request{})
		_, err := c.Finish(t.Context(), Callback{State: answered.State, Error: "access_denied", ErrorDescription: tt.given}, "")
		if got := WordsOf(err); got != tt.want {
			t.Errorf("WordsOf(%v) = %q, want %q", err, got, tt.want)
		}
		p.token = func(w http.ResponseWriter, _ url.Values) {
			respond(w, 403, map[string]any{"error": "access_denied", "error_description": tt.given})
		}
		exchanged := begin(t, c, Request{})
		_, err = c.Finish(t.Context(), Callback{State: exchanged.State, Code: "c"}, "")
		if got := WordsOf(err); got != tt.want {
			t.Errorf("of the token endpoint: WordsOf(%v) = %q, want %q", err, got, tt.want)
		}
	}
}

// Anybody can write a link to the callback: what it says is not repeated.
func TestWordsOfStrangers(t *testing.T) {
	const words = "Call 0900 123 456 now"
	state := func(tx Transaction) Callback { return Callback{State: tx.State} }
	for _, tt := range []struct {
		name string
		cb   func(Transaction) Callback
		// Who is signed in when the login begins, and when it is answered.
		begun, subject string
		later          time.Duration
		wantErr        error
	}{
		{"no transaction", func(Transaction) Callback { return Callback{State: "login.AAAAAAAAAAAAAAAAAAAAAA"} }, "", "", 0, ErrNoTransaction},
		{"no state", func(Transaction) Callback { return Callback{} }, "", "", 0, ErrNoTransaction},
		{"too late", state, "", "", defaultTransactionAge + time.Second, ErrTransactionExpired},
		{"another account", state, "auth0|ada", "auth0|mallory", 0, ErrOtherSubject},
		{"another issuer", func(tx Transaction) Callback {
			return Callback{State: tx.State, Issuer: "https://evil.example/"}
		}, "", "", 0, ErrResponseIssuer},
		{"used", state, "", "", 0, ErrNoTransaction},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _, clock := newClient(newIDP(t))
			tx := begin(t, c, Request{Subject: tt.begun})
			if tt.name == "used" {
				c.Cancel(tx.State)
			}
			clock.add(tt.later)
			cb := tt.cb(tx)
			cb.Error, cb.ErrorDescription = "access_denied", words
			_, err := c.Finish(t.Context(), cb, tt.subject)
			if !errors.Is(err, tt.wantErr) || errors.Is(err, ErrAccessDenied) {
				t.Fatalf("Finish = %v, want %v", err, tt.wantErr)
			}
			if WordsOf(err) != "" || strings.Contains(err.Error(), words) {
				t.Errorf("the error repeats what a stranger says: %v", err)
			}
		})
	}
	if _, err := ParseCallback("?error=access_denied&error_description=" + url.QueryEscape(words)); err == nil ||
		WordsOf(err) != "" || strings.Contains(err.Error(), words) {
		t.Errorf("ParseCallback = %v", err)
	}
}

// An error answer that nobody waits for touches nothing.
func TestFinishLeavesOthersAlone(t *testing.T) {
	p := newIDP(t)
	c, _, _ := newClient(p)
	mine := begin(t, c, Request{})
	_, err := c.Finish(t.Context(), Callback{State: "login.AAAAAAAAAAAAAAAAAAAAAA", Error: "access_denied"}, "")
	if !errors.Is(err, ErrNoTransaction) || errors.Is(err, ErrAccessDenied) {
		t.Fatalf("Finish = %v", err)
	}
	p.answer(sign(p.claims(mine.Nonce)))
	if _, err := c.Finish(t.Context(), Callback{State: mine.State, Code: "c"}, ""); err != nil {
		t.Errorf("the one that waits: %v", err)
	}
}

// Attack case 8: of many answers to one transaction, one is accepted, whichever page they
// come to.
func TestFinishOnce(t *testing.T) {
	everywhere(t, "once", func(t *testing.T, place place) {
		p := newIDP(t)
		c, memory, _ := newClient(p)
		place(c, memory)
		twin := New(c.settings, c.deps)
		tx := begin(t, c, Request{})
		p.answer(sign(p.claims(tx.Nonce)))
		var accepted atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			page := []*Client{c, twin}[i%2]
			wg.Go(func() {
				_, err := page.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, "")
				if err == nil {
					accepted.Add(1)
				} else if !errors.Is(err, ErrNoTransaction) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := accepted.Load(); n != 1 || p.asked("POST /oauth/token") != 1 {
			t.Errorf("accepted %d times, exchanged %d times", n, p.asked("POST /oauth/token"))
		}
	})
}

// place has a client keep its transactions in one place, and returns that.
type place func(c *Client, memory *platform.Memory) platform.Storage

// everywhere runs a test with transactions where they usually wait, and with those that
// wait in the database because localStorage keeps nothing.
func everywhere(t *testing.T, name string, test func(*testing.T, place)) {
	t.Run(name, func(t *testing.T) {
		test(t, func(_ *Client, memory *platform.Memory) platform.Storage { return memory })
	})
	t.Run(name+", in the database", func(t *testing.T) {
		scope := browser.NewScope("/"+rand.Text()+"/", "https://tenant.example/", testClient, "")
		test(t, func(c *Client, _ *platform.Memory) platform.Storage {
			c.deps.Store, c.deps.Fallback = &failingStore{}, scope.TabDatabase()
			return c.deps.Fallback
		})
	})
}

// A new program, as after a redirect, finishes what the old one began.
func TestFinishAfterReload(t *testing.T) {
	p := newIDP(t)
	old, store, clock := newClient(p)
	tx := begin(t, old, Request{MaxAge: seconds(60)})
	fresh := New(old.settings, Deps{Fetch: browser.Fetch, Verify: browser.VerifyRS256, Store: store, Now: clock.now})
	claims := p.claims(tx.Nonce)
	claims["auth_time"] = start.Unix()
	p.answer(sign(claims))
	got, err := fresh.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, "")
	if err != nil || !got.Transaction.Created.Equal(tx.Created) || *got.Transaction.MaxAge != time.Minute {
		t.Fatalf("Finish = %+v, %v", got, err)
	}
}

func TestFinishResponseIssuer(t *testing.T) {
	for _, tt := range []struct {
		name     string
		required bool
		issuer   func(p *idp) string
		wantErr  error
	}{
		{"absent, not promised", false, func(*idp) string { return "" }, nil},
		{"absent, promised", true, func(*idp) string { return "" }, ErrResponseIssuer},
		{"right, promised", true, (*idp).issuer, nil},
		{"right, not promised", false, (*idp).issuer, nil},
		{"without its slash", true, func(p *idp) string { return p.URL }, ErrResponseIssuer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newIDP(t)
			p.metadata["authorization_response_iss_parameter_supported"] = tt.required
			c, _, _ := newClient(p)
			tx := begin(t, c, Request{})
			p.answer(sign(p.claims(tx.Nonce)))
			_, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c", Issuer: tt.issuer(p)}, "")
			if !errors.Is(err, tt.wantErr) {
				t.Errorf("Finish = %v, want %v", err, tt.wantErr)
			}
		})
	}
}

func ExampleClient() {
	// In a browser the stores must outlast a redirect.
	issuer := newExampleIssuer()
	client := New(Settings{
		Issuer:      "https://tenant.example/",
		ClientID:    "client-1",
		RedirectURI: "https://app.example/callback",
		Scopes:      []string{"openid", "profile"},
	}, Deps{
		Verify: browser.VerifyRS256, Fetch: issuer.fetch, Store: &platform.Memory{},
		Now: func() time.Time { return start },
	})

	address, tx, err := client.Begin(ctx, Request{Purpose: "login", ReturnTo: "/account"})
	if err != nil {
		fmt.Println(err)
		return
	}
	back := issuer.signIn(address) // the person is sent there and comes back

	cb, err := ParseCallback(back)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := client.Finish(ctx, cb, tx.Subject)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Claims.Subject, result.Transaction.ReturnTo, result.Tokens.Access)

	_, err = client.Finish(ctx, cb, tx.Subject)
	fmt.Println(err)
	// Output:
	// auth0|ada /account [redacted]
	// finish sign-in: no sign-in is waiting for this answer: it was finished here before
}
