package oidc

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

func TestDiscover(t *testing.T) {
	tests := []struct {
		name   string
		change func(p *idp)
		want   string // in the error; "" accepts
	}{
		{"good", func(*idp) {}, ""},
		{"lists absent", func(p *idp) {
			delete(p.metadata, "code_challenge_methods_supported")
			delete(p.metadata, "id_token_signing_alg_values_supported")
		}, ""},
		{"another issuer", func(p *idp) { p.metadata["issuer"] = p.URL + "/other/" }, "another name"},
		{"issuer without its slash", func(p *idp) { p.metadata["issuer"] = p.URL }, "another name"},
		{"no issuer", func(p *idp) { delete(p.metadata, "issuer") }, "no issuer"},
		{"no token endpoint", func(p *idp) { delete(p.metadata, "token_endpoint") }, "no token_endpoint"},
		{"token endpoint elsewhere", func(p *idp) { p.metadata["token_endpoint"] = "https://evil.example/oauth/token" }, "token_endpoint is not on"},
		{"token endpoint on another port", func(p *idp) { p.metadata["token_endpoint"] = "http://127.0.0.1:1/oauth/token" }, "token_endpoint is not on"},
		{"no revocation endpoint", func(p *idp) { delete(p.metadata, "revocation_endpoint") }, ""},
		{"revocation endpoint elsewhere", func(p *idp) { p.metadata["revocation_endpoint"] = "https://evil.example/oauth/revoke" }, "revocation_endpoint is not on"},
		{"same host by another scheme", func(p *idp) {
			p.metadata["jwks_uri"] = strings.Replace(p.URL, "http:", "https:", 1) + "/keys"
		}, "jwks_uri is not on"},
		{"user in the endpoint", func(p *idp) {
			p.metadata["authorization_endpoint"] = strings.Replace(p.URL, "//", "//a@", 1) + "/authorize"
		}, "authorization_endpoint is not on"},
		{"script for an endpoint", func(p *idp) { p.metadata["authorization_endpoint"] = "javascript:alert(1)" }, "authorization_endpoint is not on"},
		{"relative endpoint", func(p *idp) { p.metadata["authorization_endpoint"] = "/authorize" }, "authorization_endpoint is not on"},
		{"plain PKCE only", func(p *idp) { p.metadata["code_challenge_methods_supported"] = []string{"plain"} }, "S256"}, // attack case 7
		{"HS256 only", func(p *idp) { p.metadata["id_token_signing_alg_values_supported"] = []string{"HS256"} }, "RS256"},
		{"no JSON object", func(p *idp) { p.metadata = nil }, "not an object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newIDP(t)
			tt.change(p)
			c, store, _ := newClient(p)
			got, err := c.Discover(t.Context())
			if tt.want == "" {
				if err != nil || got.TokenEndpoint != p.URL+"/oauth/token" {
					t.Errorf("Discover = %+v, %v", got, err)
				}
				return
			}
			if got != nil || !errors.Is(err, ErrDiscovery) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Discover = %+v, %v, want %q", got, err, tt.want)
			}
			if _, _, err := c.Begin(t.Context(), Request{Purpose: "login"}); !errors.Is(err, ErrDiscovery) || len(store.Keys()) != 0 {
				t.Errorf("Begin = %v, %q", err, store.Keys())
			}
		})
	}
}

// Nobody leaves for an answer that cannot be checked: nothing is asked, nothing is stored.
func TestBeginWhereNothingCanBeVerified(t *testing.T) {
	var store platform.Memory
	c := New(Settings{Issuer: "https://tenant.example/", ClientID: testClient}, Deps{
		Verify:    browser.VerifyRS256,
		CanVerify: func() error { return platform.ErrInsecure },
		Store:     &store,
		Fetch: func(context.Context, platform.Request) (*platform.Response, error) {
			t.Error("the tenant was asked")
			return nil, platform.ErrNetwork
		},
	})
	address, _, err := c.Begin(t.Context(), Request{Purpose: "login"})
	if !errors.Is(err, platform.ErrInsecure) || address != "" || len(store.Keys()) != 0 {
		t.Errorf("Begin = %q, %v, and %q are stored", address, err, store.Keys())
	}
}

func TestDiscoverOnlySecurely(t *testing.T) {
	for _, issuer := range []string{
		"", "tenant.example", "http://tenant.example/", "ftp://tenant.example/", "https://", "https://a@tenant.example/",
		"http://127.0.0.1.evil.example/", "http://localhost.evil.example/", "javascript:alert(1)//",
	} {
		c := New(Settings{Issuer: issuer}, Deps{Verify: browser.VerifyRS256, Fetch: func(context.Context, platform.Request) (*platform.Response, error) {
			t.Errorf("%q was asked", issuer)
			return nil, platform.ErrNetwork
		}})
		if _, err := c.Discover(t.Context()); !errors.Is(err, ErrDiscovery) {
			t.Errorf("%q: %v", issuer, err)
		}
	}
	for _, address := range []string{"https://tenant.example/", "http://localhost:1/", "http://127.0.0.1/", "http://[::1]:1/", "http://a.localhost/"} {
		if !secureURL(address) {
			t.Errorf("%s is refused", address)
		}
	}
}

func TestDiscoverStatus(t *testing.T) {
	c := New(Settings{Issuer: "https://tenant.example/"}, Deps{Verify: browser.VerifyRS256, Fetch: func(context.Context, platform.Request) (*platform.Response, error) {
		return &platform.Response{Status: 404, Body: []byte(`{}`)}, nil
	}})
	if _, err := c.Discover(t.Context()); !errors.Is(err, ErrDiscovery) || !strings.Contains(err.Error(), "404") {
		t.Errorf("Discover = %v", err)
	}
}

// A failure is not kept: the next attempt asks again.
func TestDiscoverAgain(t *testing.T) {
	i := newExampleIssuer()
	i.failing = platform.ErrNetwork
	c := New(Settings{Issuer: "https://tenant.example/"}, Deps{Verify: browser.VerifyRS256, Fetch: i.fetch})
	if _, err := c.Discover(t.Context()); !errors.Is(err, platform.ErrNetwork) || errors.Is(err, ErrDiscovery) {
		t.Errorf("Discover = %v, want the network's error and no other", err)
	}
	i.failing = nil
	if _, err := c.Discover(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNetworkErrors(t *testing.T) {
	i := newExampleIssuer()
	c := New(Settings{Issuer: "https://tenant.example/", ClientID: testClient}, Deps{Verify: browser.VerifyRS256, Fetch: i.fetch, Store: &platform.Memory{}, Now: func() time.Time { return start }})
	tx := begin(t, c, Request{})
	i.failing = platform.ErrNetwork
	if _, err := c.Finish(t.Context(), Callback{State: tx.State, Code: "c"}, ""); !errors.Is(err, platform.ErrNetwork) || errors.Is(err, ErrExchange) {
		t.Errorf("Finish = %v", err)
	}
	if _, _, err := c.Refresh(t.Context(), "r", ada); !errors.Is(err, platform.ErrNetwork) || errors.Is(err, ErrReuse) {
		t.Errorf("Refresh = %v", err)
	}
}

// hang answers nothing until the request is given up.
func hang(ctx context.Context, _ platform.Request) (*platform.Response, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Settings{Issuer: "https://tenant.example/"}, Deps{Verify: browser.VerifyRS256, Fetch: hang})
		began := time.Now()
		_, err := c.Discover(t.Context())
		if !errors.Is(err, platform.ErrNetwork) || time.Since(began) != fetchTimeout {
			t.Errorf("Discover = %v after %v", err, time.Since(began))
		}
	})
}

func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Settings{Issuer: "https://tenant.example/"}, Deps{Verify: browser.VerifyRS256, Fetch: hang})
		first, cancelFirst := context.WithCancel(t.Context())
		second, cancelSecond := context.WithCancel(t.Context())
		errs := make(chan error, 2)
		go func() { _, err := c.Discover(first); errs <- err }()
		synctest.Wait()
		go func() { _, err := c.Discover(second); errs <- err }()
		synctest.Wait()
		cancelSecond() // it waits for its turn
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("second: %v", err)
		}
		cancelFirst()
		if err := <-errs; !errors.Is(err, context.Canceled) || errors.Is(err, platform.ErrNetwork) {
			t.Errorf("first: %v", err)
		}
	})
}

func TestLogoutURL(t *testing.T) {
	c := New(Settings{Issuer: "https://tenant.example/", ClientID: "client 1"}, Deps{Fetch: browser.Fetch})
	for returnTo, want := range map[string]string{
		"https://app.example/?a=b": "https://tenant.example/v2/logout?client_id=client+1&returnTo=https%3A%2F%2Fapp.example%2F%3Fa%3Db",
		"":                         "https://tenant.example/v2/logout?client_id=client+1",
	} {
		if got := c.LogoutURL(returnTo); got != want {
			t.Errorf("LogoutURL(%q) = %s, want %s", returnTo, got, want)
		}
	}
}
