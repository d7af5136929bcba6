package config

import (
	"slices"
	"testing"
)

// Attack case 38.
func TestMayShow(t *testing.T) {
	c := Config{
		Issuer:       "https://id.example.com/",
		PictureHosts: []string{"*.cdn.example", "pictures.example"},
	}
	tests := []struct {
		name, picture string
		want          bool
	}{
		{"the tenant's own", "https://id.example.com/a.png", true},
		{"a host", "https://pictures.example/a/b.png?s=96#c", true},
		{"a host in capitals", "HTTPS://Pictures.Example/a.png", true},
		{"below a host", "https://a.cdn.example/a.png", true},
		{"far below", "https://a.b.cdn.example/a.png", true},
		{"the domain of a wildcard itself", "https://cdn.example/a.png", false},
		{"ends alike", "https://evilcdn.example/a.png", false},
		{"begins alike", "https://pictures.example.evil.test/a.png", false},
		{"below a host without a wildcard", "https://a.pictures.example/a.png", false},
		{"a wildcard taken by its word", "https://*.cdn.example.evil.test/a.png", false},
		{"a tracker", "https://s.gravatar.com/avatar/5f0e", false},
		{"another port", "https://pictures.example:8443/a.png", false},
		{"another port of the tenant's host", "https://id.example.com:8443/a.png", false},
		{"plain http", "http://pictures.example/a.png", false},
		{"plain http of the tenant's host", "http://id.example.com/a.png", false},
		{"with a user", "https://pictures.example@evil.test/a.png", false},
		{"the host as user", "https://id.example.com:a@pictures.example/a.png", false},
		{"with a backslash", `https://evil.test\.cdn.example/a.png`, false},
		{"no scheme", "//pictures.example/a.png", false},
		{"a path", "/a.png", false},
		{"script", "javascript:alert(1)", false},
		{"data", "data:image/svg+xml,<svg/>", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.MayShow(tt.picture); got != tt.want {
				t.Errorf("MayShow(%q) = %v", tt.picture, got)
			}
		})
	}
}

func TestDefaultPictureHosts(t *testing.T) {
	c := valid()
	for picture, want := range map[string]bool{
		"https://lh3.googleusercontent.com/a/x=s96-c":                       true,
		"https://platform-lookaside.fbsbx.com/platform/profilepic/?asid=1":  true,
		"https://scontent-fra3-1.xx.fbcdn.net/v/t1.jpg":                     true,
		"https://avatars.githubusercontent.com/u/1?v=4":                     true,
		"https://s.gravatar.com/avatar/a?d=https%3A%2F%2Fcdn.auth0.com%2Fa": false,
		"https://secure.gravatar.com/avatar/a":                              false,
		"https://i0.wp.com/cdn.auth0.com/avatars/ad.png":                    false,
	} {
		if got := c.MayShow(picture); got != want {
			t.Errorf("MayShow(%q) = %v", picture, got)
		}
	}
	c.PictureHosts = []string{}
	if got := c.WithDefaults().PictureSources(); !slices.Equal(got, []string{"https://tenant.eu.auth0.com"}) {
		t.Errorf("an empty list stands for %q", got)
	}
}
