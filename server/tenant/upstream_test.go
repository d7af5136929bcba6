package tenant_test

import (
	"net/url"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/tenanttest"
)

// The provider is given what the connection says, whichever way it was chosen, and nothing
// of another request's.
func TestUpstreamParameters(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) {
		o.Connections = connection.Default()
		o.Connections[1].UpstreamParams = map[string]tenant.UpstreamParam{
			"access_type": {Value: "offline"}, "screen_name": {Alias: "login_hint"}, "prompt": {Alias: "prompt"}, "locale": {Alias: "ui_locales"},
		}
	})
	given := func(p tenanttest.Page) url.Values {
		query := p.URL.Query()
		query.Del("state")
		query.Del("redirect_uri")
		for name, values := range query {
			if row := "<dt>" + name + "</dt><dd>" + strings.ReplaceAll(values[0], "<", "&lt;") + "</dd>"; !strings.Contains(p.Body, row) {
				t.Errorf("the page lacks %s: %s", row, p.Body)
			}
		}
		if len(query) == 0 && strings.Contains(p.Body, "<dl") {
			t.Errorf("the page has a list: %s", p.Body)
		}
		return query
	}
	for _, tt := range []struct {
		name, connection string
		params           url.Values
		want             string
	}{
		{"static", tenant.Google, nil, "access_type=offline"},
		{"dynamic", tenant.Google, url.Values{"login_hint": {"a<b@gmail.example"}, "prompt": {"login"}},
			"access_type=offline&prompt=login&screen_name=a%3Cb%40gmail.example"},
		{"a parameter that no alias names", tenant.Google, url.Values{"screen_name": {"x"}, "access_type": {"online"}, "ui_locales": {"de"}},
			"access_type=offline&locale=de"},
		{"another connection", tenant.Facebook, url.Values{"login_hint": {"x"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := given(s.Browser(t).Get(t, s.Flow(tt.connection, tt.params).Path)).Encode(); got != tt.want {
				t.Errorf("asked by the request: %s, want %s", got, tt.want)
			}
			b := s.Browser(t)
			page := b.Get(t, s.Flow("", tt.params).Path)
			if got := given(b.Submit(t, page, "connection", url.Values{"connection": {tt.connection}})).Encode(); got != tt.want {
				t.Errorf("chosen on the page: %s, want %s", got, tt.want)
			}
		})
	}
}
