//go:build !js

package browser

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"twinlock/app/platform"
)

func TestFetch(t *testing.T) {
	release := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-RateLimit-Reset", "12")
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte(r.Header.Get("Authorization")))
	})
	mux.HandleFunc("GET /moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	mux.HandleFunc("GET /large", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(make([]byte, platform.MaxBody+1))
	})
	mux.HandleFunc("GET /slow", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	defer close(release)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()

	for _, test := range []struct {
		name    string
		ctx     context.Context
		request platform.Request
		wantErr error
	}{
		{name: "redirect", request: platform.Request{Method: "GET", URL: server.URL + "/moved"}, wantErr: platform.ErrNetwork},
		{name: "too large", request: platform.Request{Method: "GET", URL: server.URL + "/large"}, wantErr: platform.ErrTooLarge},
		{name: "no server", request: platform.Request{Method: "GET", URL: "http://127.0.0.1:1/"}, wantErr: platform.ErrNetwork},
		{name: "cancelled", ctx: cancelled, request: platform.Request{Method: "GET", URL: server.URL + "/slow"}, wantErr: context.Canceled},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx := test.ctx
			if ctx == nil {
				ctx = context.Background()
			}
			if _, err := Fetch(ctx, test.request); !errors.Is(err, test.wantErr) {
				t.Errorf("Fetch: %v, want %v", err, test.wantErr)
			}
		})
	}

	large := platform.Request{Method: "GET", URL: server.URL + "/large", MaxBody: platform.MaxBody + 1}
	if got, err := Fetch(context.Background(), large); err != nil || len(got.Body) != large.MaxBody {
		t.Errorf("an answer as long as the request allows: %v", err)
	}

	got, err := Fetch(context.Background(), platform.Request{Method: "POST", URL: server.URL + "/echo", Header: map[string]string{"Authorization": "Bearer x"}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != http.StatusTeapot || string(got.Body) != "Bearer x" || got.Header["x-ratelimit-reset"] != "12" {
		t.Errorf("got %+v", got)
	}
}

func TestFetchOnlyHTTP(t *testing.T) {
	for _, url := range []string{"", "/api", "data:,x", "file:///etc/passwd", "blob:https://a/b", "https://", "//host/x", "http://[::1"} {
		if _, err := Fetch(context.Background(), platform.Request{Method: "GET", URL: url}); err == nil || errors.Is(err, platform.ErrNetwork) {
			t.Errorf("Fetch(%q): %v, want it to be refused unsent", url, err)
		}
	}
}

func TestStorage(t *testing.T) {
	var s platform.Memory
	if _, ok := s.Get("a"); ok {
		t.Error("an empty storage has a value")
	}
	if err := s.Set("a", "1"); err != nil {
		t.Fatal(err)
	}
	if v, ok := s.Get("a"); v != "1" || !ok {
		t.Errorf("got %q, %v", v, ok)
	}
	if got := strings.Join(s.Keys(), ","); got != "a" {
		t.Errorf("keys are %s", got)
	}
	s.Delete("a")
	if len(s.Keys()) != 0 {
		t.Error("a deleted key is still there")
	}
}

func TestVaultBindsItsEntries(t *testing.T) {
	ctx, v := context.Background(), scope.Vault()
	defer v.Wipe(ctx)
	if err := v.Put(ctx, "profile", "auth0|1", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if got, err := v.Get(ctx, "profile", "auth0|1"); string(got) != "x" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := v.Get(ctx, "profile", "auth0|2"); !errors.Is(err, platform.ErrSealBroken) {
		t.Errorf("opened for another subject: %v", err)
	}
	if err := v.Delete(ctx, "profile"); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(ctx, "profile", "auth0|1"); !errors.Is(err, platform.ErrNoEntry) {
		t.Errorf("after Delete: %v", err)
	}
}
