package oidc

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"twinlock/app/platform"
)

func TestRevoke(t *testing.T) {
	tests := []struct {
		name   string
		change func(p *idp)
		want   error // nil: revoked
	}{
		{"good", func(*idp) {}, nil},
		{"refused", func(p *idp) {
			p.revoke = func(w http.ResponseWriter) {
				respond(w, 400, map[string]any{"error": "invalid_request", "error_description": "no refresh-1 here"})
			}
		}, ErrExchange},
		{"no endpoint", func(p *idp) { delete(p.metadata, "revocation_endpoint") }, ErrExchange},
		{"no metadata", func(p *idp) { p.metadata = nil }, ErrDiscovery},
		{"no issuer", func(p *idp) { p.Close() }, platform.ErrNetwork},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newIDP(t)
			p.revoke = func(w http.ResponseWriter) { w.WriteHeader(200) } // no body: RFC 7009 section 2.2
			tt.change(p)
			c, _, _ := newClient(p)
			err := c.Revoke(t.Context(), "refresh-1")
			if !errors.Is(err, tt.want) || tt.want == nil && err != nil {
				t.Fatalf("Revoke: %v, want %v", err, tt.want)
			}
			if err != nil {
				if strings.Contains(err.Error(), "refresh-1") {
					t.Errorf("the error tells the token: %v", err)
				}
				return
			}
			want := url.Values{"client_id": {testClient}, "token": {"refresh-1"}, "token_type_hint": {"refresh_token"}}
			if !reflect.DeepEqual(p.form, want) {
				t.Errorf("sent %v, want %v", p.form, want)
			}
		})
	}
}
