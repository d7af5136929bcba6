package management

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"twinlock/app/browser"
	"twinlock/app/platform"
	"twinlock/app/secret"
)

func TestUser(t *testing.T) {
	a, c := newAPI(t, reply(200, recorded(t, "user.json")))
	got, err := c.User(t.Context(), adaID)
	if err != nil {
		t.Fatal(err)
	}
	want := User{
		ID: adaID, Name: "ada@example.com", Nickname: "Ada", Email: "ada@example.com",
		Picture: "https://pictures.example/ada.jpg", Username: "ada", EmailVerified: true,
		Created: time.Date(2023, 1, 25, 19, 0, 26, 539e6, time.UTC),
		Updated: time.Date(2023, 1, 25, 19, 0, 27, 321e6, time.UTC),
		Identities: []Identity{{
			Connection: "Username-Password-Authentication", Provider: "auth0", UserID: "63d17c4a9d503d76c056c160",
		}},
		Metadata:    map[string]any{"theme": "dark"},
		AppMetadata: map[string]any{"facts": []any{"first", "second"}},
		Size:        601, ProfileSize: 433,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("User =\n%+v, want\n%+v", got, want)
	}
	r := a.requests[0]
	if r.Method != "GET" || r.URL != base+"users/auth0%7C63d17c4a9d503d76c056c160" || r.Body != nil {
		t.Errorf("asked %s %s %s", r.Method, r.URL, r.Body)
	}
	if r.Header["Authorization"] != "Bearer access-1" || r.Header["Content-Type"] != "" {
		t.Errorf("headers %v", r.Header)
	}
}

func TestLink(t *testing.T) {
	const primary = "auth0|63d17c6a9d503d76c056c177"
	a, c := newAPI(t, reply(201, recorded(t, "linked.json")))
	got, err := c.Link(t.Context(), primary, "second.id.token")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].ID() != primary || got[1].ID() != "auth0|63d17c6b77d74b740960460a" ||
		got[1].Profile.Email != "countess@example.com" || !got[1].Profile.EmailVerified || got[1].Profile.GivenName != "Augusta" {
		t.Errorf("Link = %+v", got)
	}
	r := a.requests[0]
	if r.Method != "POST" || r.URL != base+"users/auth0%7C63d17c6a9d503d76c056c177/identities" ||
		string(r.Body) != `{"link_with":"second.id.token"}` || r.Header["Content-Type"] != "application/json" {
		t.Errorf("asked %s %s %s %v", r.Method, r.URL, r.Body, r.Header)
	}
}

func TestLinkWithoutProof(t *testing.T) {
	a, c := newAPI(t, reply(201, recorded(t, "linked.json")))
	if _, err := c.Link(t.Context(), adaID, ""); !errors.Is(err, ErrLinkToken) || len(a.requests) != 0 {
		t.Errorf("Link = %v after %d requests", err, len(a.requests))
	}
}

// Attack case 20: an id is sent as the list gives it, never cut.
func TestUnlink(t *testing.T) {
	const primary = "auth0|63d17c6b8869daf88ed7dbb8"
	for id, path := range map[Identity]string{
		{Provider: "auth0", UserID: "63d17c6ce99d3933163bddc2"}:       "auth0/63d17c6ce99d3933163bddc2",
		{Provider: "google-oauth2", UserID: "google-oauth2|7"}:        "google-oauth2/google-oauth2%7C7",
		{Provider: "oauth2", UserID: "oauth2|discord|9"}:              "oauth2/oauth2%7Cdiscord%7C9",
		{Provider: "oauth2", UserID: "discord|9"}:                     "oauth2/discord%7C9",
		{Provider: "samlp", UserID: "corp|ada@example.com"}:           "samlp/corp%7Cada@example.com",
		{Provider: "auth0", UserID: "auth0|63d17c6b8869daf88ed7dbb8"}: "auth0/auth0%7C63d17c6b8869daf88ed7dbb8",
	} {
		a, c := newAPI(t, reply(200, recorded(t, "unlinked.json")))
		got, err := c.Unlink(t.Context(), primary, id)
		if err != nil || len(got) != 1 || got[0].ID() != primary {
			t.Fatalf("Unlink = %+v, %v", got, err)
		}
		want := base + "users/auth0%7C63d17c6b8869daf88ed7dbb8/identities/" + path
		if r := a.requests[0]; r.Method != "DELETE" || r.URL != want || r.Body != nil {
			t.Errorf("asked %s %s %s", r.Method, r.URL, r.Body)
		}
	}
}

// The API answers 200 to an id that it does not know and removes nothing.
func TestUnlinkRemovedNothing(t *testing.T) {
	const primary, second = "auth0|613282adac819400692c0dd9", "613282ad45244d0069782b56"
	_, c := newAPI(t, reply(200, recorded(t, "unlinked_prefixed.json")))
	if got, err := c.Unlink(t.Context(), primary, Identity{Provider: "auth0", UserID: second}); got != nil || !errors.Is(err, ErrNotRemoved) {
		t.Errorf("Unlink = %v, %v", got, err)
	}
	// The same of a profile whose list gives the prefixes.
	_, prefixing := newAPI(t, reply(200, strings.ReplaceAll(recorded(t, "unlinked_prefixed.json"), `"user_id":"`, `"user_id":"auth0|`)))
	if got, err := prefixing.Unlink(t.Context(), primary, Identity{Provider: "auth0", UserID: "auth0|" + second}); got != nil || !errors.Is(err, ErrNotRemoved) {
		t.Errorf("Unlink = %v, %v", got, err)
	}
	// Another identity is no answer to what was asked.
	if got, err := c.Unlink(t.Context(), primary, Identity{Provider: "auth0", UserID: "auth0|" + second}); len(got) != 2 || err != nil {
		t.Errorf("Unlink = %v, %v", got, err)
	}
}

// "provider|user_id" can be read in two ways.
func TestIdentitySame(t *testing.T) {
	a, b := Identity{Provider: "oauth2", UserID: "discord|9"}, Identity{Provider: "oauth2|discord", UserID: "9"}
	if a.ID() != b.ID() || a.Same(b) || !a.Same(Identity{Provider: "oauth2", UserID: "discord|9", Connection: "other"}) {
		t.Error("identities are told apart by their joined form")
	}
}

// Attack case 34.
func TestPatchMetadata(t *testing.T) {
	a, c := newAPI(t, reply(200, recorded(t, "user.json")))
	got, err := c.PatchMetadata(t.Context(), adaID, map[string]any{
		"theme": "dark", "phone": nil, "big": json.Number("12345678901234567890"),
		"email_verified": true, "identities": []any{}, "app_metadata": map[string]any{"role": "admin"},
	})
	if err != nil || got.Metadata["theme"] != "dark" {
		t.Fatalf("PatchMetadata = %+v, %v", got, err)
	}
	want := `{"user_metadata":{"app_metadata":{"role":"admin"},"big":12345678901234567890,"email_verified":true,"identities":[],"phone":null,"theme":"dark"}}`
	if r := a.requests[0]; r.Method != "PATCH" || string(r.Body) != want {
		t.Errorf("sent %s %s\nwant  %s", r.Method, r.Body, want)
	}
	for _, patch := range []map[string]any{nil, {}, {"f": func() {}}} {
		a, c := newAPI(t, reply(200, recorded(t, "user.json")))
		if _, err := c.PatchMetadata(t.Context(), adaID, patch); err == nil || len(a.requests) != 0 {
			t.Errorf("patch %v: %v after %d requests", patch, err, len(a.requests))
		}
	}
}

// Attack case 20.
func TestIDs(t *testing.T) {
	tests := []struct {
		name, id string
		want     string // the segment; "" refused
	}{
		{"plain", "auth0|x", "auth0%7Cx"},
		{"slash", "a|b/c", "a%7Cb%2Fc"},
		{"escaped slash", "a|b%2Fc", "a%7Cb%252Fc"},
		{"dots after the provider", "a|..", "a%7C.."},
		{"escaped dots", "%2e%2e", "%252e%252e"},
		{"query and fragment", "a|b?c#d", "a%7Cb%3Fc%23d"},
		{"markup", "a|<!--", "a%7C%3C%21--"},
		{"space", "a|b c", "a%7Cb%20c"},
		{"beyond ASCII", "a|é", "a%7C%C3%A9"},
		{"255 bytes", strings.Repeat("a", 255), strings.Repeat("a", 255)},
		{"empty", "", ""},
		{"empty after the provider", "auth0|", ""},
		{"undefined", "undefined", ""},
		{"null", "null", ""},
		{"undefined after the provider", "auth0|undefined", ""},
		{"null after the provider", "auth0|null", ""},
		{"dot", ".", ""},
		{"dots", "..", ""},
		{"NUL", "auth0|a\x00b", ""},
		{"line end", "auth0|a\r\nX-Admin: 1", ""},
		{"not UTF-8", "auth0|\xff", ""},
		{"256 bytes", strings.Repeat("a", 256), ""},
		{"4 kB", strings.Repeat("a", 4096), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			unlink := func(c *Client, primary, provider, userID string) error {
				_, err := c.Unlink(t.Context(), primary, Identity{Provider: provider, UserID: userID})
				return err
			}
			calls := []struct {
				path string
				call func(*Client) error
			}{
				{"users/%s", func(c *Client) error { _, err := c.User(t.Context(), tt.id); return err }},
				{"users/%s", func(c *Client) error {
					_, err := c.PatchMetadata(t.Context(), tt.id, map[string]any{"a": 1})
					return err
				}},
				{"users/%s/identities", func(c *Client) error { _, err := c.Link(t.Context(), tt.id, "t"); return err }},
				{"users/%s/identities/x/1", func(c *Client) error { return unlink(c, tt.id, "x", "1") }},
				{"users/a/identities/%s/1", func(c *Client) error { return unlink(c, "a", tt.id, "1") }},
				{"users/a/identities/x/%s", func(c *Client) error { return unlink(c, "a", "x", tt.id) }},
			}
			for _, tc := range calls {
				a, c := newAPI(t, reply(404, `{}`))
				err := tc.call(c)
				if tt.want == "" {
					if !errors.Is(err, ErrRequest) || len(a.requests) != 0 {
						t.Errorf("%s: %v after %d requests", tc.path, err, len(a.requests))
					}
					continue
				}
				if want := base + fmt.Sprintf(tc.path, tt.want); len(a.requests) != 1 || a.requests[0].URL != want {
					t.Errorf("asked %v, want %s", a.requests, want)
				}
			}
		})
	}
}

// A server reads what was escaped as one segment.
func TestIDOverHTTP(t *testing.T) {
	const id = "oauth2|a/../b%2Fc d?e"
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		body, _ := json.Marshal(map[string]any{
			"user_id":    r.PathValue("id"),
			"identities": []any{map[string]any{"provider": "oauth2", "user_id": "a/../b%2Fc d?e"}},
		})
		w.Write(body)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	c := &Client{Fetch: browser.Fetch, Base: server.URL + "/api/v2", Token: func(context.Context) (secret.Token, error) { return "t", nil }}
	if u, err := c.User(t.Context(), id); err != nil || u.ID != id {
		t.Errorf("User = %+v, %v", u, err)
	}
}

func limited(header ...string) *platform.Response {
	r := reply(429, `{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}`)
	for i := 0; i < len(header); i += 2 {
		r.Header[header[i]] = header[i+1]
	}
	return r
}

// Attack case 47.
func TestRateLimit(t *testing.T) {
	good := reply(200, recorded(t, "user.json"))
	tests := []struct {
		name     string
		answers  []any
		wantErr  error
		slept    []time.Duration
		wantLast time.Time // Error.Reset
	}{
		{name: "reset", answers: []any{limited("x-ratelimit-reset", "1700000007"), good}, slept: []time.Duration{7 * time.Second}},
		{name: "retry after seconds", answers: []any{limited("retry-after", "3"), good}, slept: []time.Duration{3 * time.Second}},
		{name: "retry after a date", answers: []any{limited("retry-after", "Tue, 14 Nov 2023 22:13:25 GMT"), good}, slept: []time.Duration{5 * time.Second}},
		{name: "both", answers: []any{limited("retry-after", "3", "x-ratelimit-reset", "1700000007"), good}, slept: []time.Duration{3 * time.Second}},
		{name: "not said", answers: []any{limited(), limited(), good}, slept: []time.Duration{time.Second, 2 * time.Second}},
		{name: "said in nonsense", answers: []any{limited("retry-after", "soon", "x-ratelimit-reset", "-1"), good}, slept: []time.Duration{time.Second}},
		{name: "in the past", answers: []any{limited("x-ratelimit-reset", "1600000000"), good}, slept: []time.Duration{time.Second}},
		{name: "far away", answers: []any{limited("x-ratelimit-reset", "1800000000"), good}, slept: []time.Duration{maxWait}},
		{
			name: "three times", answers: []any{limited("retry-after", "2")}, wantErr: ErrRateLimited,
			slept: []time.Duration{2 * time.Second, 2 * time.Second}, wantLast: start.Add(6 * time.Second),
		},
		{
			name: "then another error", answers: []any{limited("retry-after", "2"), reply(403, `{"errorCode":"insufficient_scope"}`)},
			wantErr: ErrScope, slept: []time.Duration{2 * time.Second},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, c := newAPI(t, tt.answers...)
			_, err := c.User(t.Context(), adaID)
			if !errors.Is(err, tt.wantErr) {
				t.Fatalf("User = %v, want %v", err, tt.wantErr)
			}
			if !reflect.DeepEqual(a.slept, tt.slept) {
				t.Errorf("slept %v, want %v", a.slept, tt.slept)
			}
			if len(a.told) != len(tt.slept) || !a.told[0].Equal(start.Add(tt.slept[0])) {
				t.Errorf("told to wait until %v", a.told)
			}
			if len(a.requests) != len(tt.slept)+1 || a.tokens != len(a.requests) {
				t.Errorf("%d requests with %d tokens", len(a.requests), a.tokens)
			}
			var e *Error
			if errors.As(err, &e) && !e.Reset.Equal(tt.wantLast) && !tt.wantLast.IsZero() {
				t.Errorf("reset %v, want %v", e.Reset, tt.wantLast)
			}
		})
	}
}

// A rate limit has changed nothing: writing, too, waits for it.
func TestRateLimitOfWriting(t *testing.T) {
	a, c := newAPI(t, limited("retry-after", "1"), reply(201, recorded(t, "linked.json")))
	if _, err := c.Link(t.Context(), "auth0|63d17c6a9d503d76c056c177", "t"); err != nil || len(a.requests) != 2 {
		t.Errorf("Link = %v after %d requests", err, len(a.requests))
	}
}

func TestRateLimitGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		a, c := newAPI(t, limited("retry-after", "20"))
		c.Now, c.Sleep = nil, nil
		c.OnWait = func(time.Time) { cancel() }
		began := time.Now()
		if _, err := c.User(ctx, adaID); !errors.Is(err, context.Canceled) || len(a.requests) != 1 || time.Since(began) != 0 {
			t.Errorf("User = %v after %d requests and %v", err, len(a.requests), time.Since(began))
		}
	})
}

func TestRateLimitWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := newAPI(t, limited("retry-after", "20"), reply(200, recorded(t, "user.json")))
		c.Now, c.Sleep, c.OnWait = nil, nil, nil
		began := time.Now()
		if _, err := c.User(t.Context(), adaID); err != nil || time.Since(began) != 20*time.Second {
			t.Errorf("User = %v after %v", err, time.Since(began))
		}
	})
}

// Only reading is tried again where nobody knows what happened.
func TestRetry(t *testing.T) {
	failed := reply(503, `{"statusCode":503,"error":"Service Unavailable","message":"try later"}`)
	silent := fmt.Errorf("%w: dropped", platform.ErrNetwork)
	calls := map[string]func(*Client) error{
		"GET":  func(c *Client) error { _, err := c.User(t.Context(), adaID); return err },
		"POST": func(c *Client) error { _, err := c.Link(t.Context(), adaID, "t"); return err },
		"DELETE": func(c *Client) error {
			_, err := c.Unlink(t.Context(), adaID, Identity{Provider: "a", UserID: "b"})
			return err
		},
		"PATCH": func(c *Client) error {
			_, err := c.PatchMetadata(t.Context(), adaID, map[string]any{"a": 1})
			return err
		},
	}
	for method, call := range calls {
		for _, tt := range []struct {
			failure any
			wantErr error
		}{{failed, ErrServer}, {silent, platform.ErrNetwork}} {
			a, c := newAPI(t, tt.failure)
			want := 1
			if method == "GET" {
				want = 2
			}
			if err := call(c); !errors.Is(err, tt.wantErr) || len(a.requests) != want {
				t.Errorf("%s: %v after %d requests, want %v after %d", method, err, len(a.requests), tt.wantErr, want)
			}
		}
	}
	a, c := newAPI(t, silent, reply(200, recorded(t, "user.json")))
	if _, err := c.User(t.Context(), adaID); err != nil || len(a.slept) != 1 {
		t.Errorf("User = %v, slept %v", err, a.slept)
	}
	a, c = newAPI(t, reply(404, `{"errorCode":"inexistent_user"}`))
	if _, err := c.User(t.Context(), adaID); !errors.Is(err, ErrNoUser) || len(a.requests) != 1 {
		t.Errorf("User = %v after %d requests", err, len(a.requests))
	}
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for timeout, want := range map[time.Duration]time.Duration{0: defaultTimeout, 3 * time.Second: 3 * time.Second} {
			_, c := newAPI(t)
			c.Timeout = timeout
			c.Fetch = func(ctx context.Context, _ platform.Request) (*platform.Response, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			began := time.Now()
			_, err := c.Link(t.Context(), adaID, "t")
			if !errors.Is(err, platform.ErrNetwork) || time.Since(began) != want {
				t.Errorf("Link = %v after %v, want %v", err, time.Since(began), want)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, c := newAPI(t)
		c.Fetch = func(ctx context.Context, _ platform.Request) (*platform.Response, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		if _, err := c.User(ctx, adaID); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, platform.ErrNetwork) {
			t.Errorf("User = %v, want the caller's deadline", err)
		}
	})
}

func TestNoToken(t *testing.T) {
	errGone := errors.New("signed out")
	a, c := newAPI(t, reply(200, `{}`))
	c.Token = func(context.Context) (secret.Token, error) { return "", errGone }
	if _, err := c.User(t.Context(), adaID); !errors.Is(err, errGone) || len(a.requests) != 0 {
		t.Errorf("User = %v after %d requests", err, len(a.requests))
	}
}

func ExampleClient() {
	answer := `{"user_id":"auth0|1","email":"ada@example.com","email_verified":true,"identities":[
		{"provider":"auth0","user_id":"1","connection":"Username-Password-Authentication","isSocial":false},
		{"provider":"google-oauth2","user_id":"1843","connection":"google-oauth2","isSocial":true,"profileData":{"email":"ada.lovelace@gmail.example"}}]}`
	c := &Client{
		Base:  "https://tenant.example/api/v2/",
		Token: func(context.Context) (secret.Token, error) { return "access token", nil },
		// Left out in real programs.
		Fetch: func(context.Context, platform.Request) (*platform.Response, error) {
			return &platform.Response{Status: 200, Body: []byte(answer)}, nil
		},
	}
	user, err := c.User(context.Background(), "auth0|1")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, identity := range user.Linked() {
		fmt.Println(user.Email, "and", identity.Profile.Email, identity.ID())
	}
	// Output: ada@example.com and ada.lovelace@gmail.example google-oauth2|1843
}
