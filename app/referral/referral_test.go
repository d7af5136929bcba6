package referral

import (
	"net/url"
	"strings"
	"testing"
)

const shop = "https://shop.example/settings"

var known = []Application{
	{Label: "Laden", URL: shop, Language: "de"},
	{Label: "Shop", URL: shop},
	{Label: "Files", URL: "/files?tab=1"},
}

func TestParse(t *testing.T) {
	for query, want := range map[string]Referral{
		"link=google-oauth2":     {Link: "google-oauth2", Outcome: Cancelled},
		"unlink=facebook%7C1%7C": {Unlink: "facebook|1|", Outcome: Cancelled},
		"link=g&login_hint=ada%40example.com&ui_locales=de&x=1&return_to=" + url.QueryEscape(shop): {
			Link: "g", LoginHint: "ada@example.com", Application: "Shop", ReturnTo: shop, Outcome: Cancelled},
		"link=g&return_to=%2Ffiles%3Ftab%3D1": {Link: "g", Application: "Files", ReturnTo: "/files?tab=1", Outcome: Cancelled},
		// The outcome is the page's to say.
		"link=g&twinlock=linked": {Link: "g", Outcome: Cancelled},
		// A hint that is none is not sent.
		"link=g&login_hint=a%0Ab":                       {Link: "g", Outcome: Cancelled},
		"link=g&login_hint=" + strings.Repeat("a", 321): {Link: "g", Outcome: Cancelled},
		"link=g&login_hint=a&login_hint=b":              {Link: "g", Outcome: Cancelled},
	} {
		if got, ok := Parse(query, known, "en"); !ok || got != want {
			t.Errorf("%s: %+v, %v", query, got, ok)
		}
	}
	for _, query := range []string{"", "x=1", "link=", "link=a&unlink=b", "link=a&link=b", "link=%zz", "link=a;b&%",
		"link=" + strings.Repeat("a", maxQuery)} {
		if got, ok := Parse(query, known, "en"); ok {
			t.Errorf("%s: %+v", query, got)
		}
	}
}

// An address that is not on the list letter by letter is not returned to (attack case 5).
func TestReturnsOnlyToKnownAddresses(t *testing.T) {
	for _, address := range []string{
		"", "https://shop.example/", "https://shop.example/settings/", shop + "?a=b", shop + "#a", "HTTPS://shop.example/settings",
		"https://shop.example:443/settings", "https://shop.example.evil.example/settings", "https://shop.example@evil.example/settings",
		"//shop.example/settings", "javascript:alert(1)", "/files", "/files?tab=1&", "/\\evil.example", " " + shop, shop + "\n",
	} {
		r, ok := Parse(url.Values{"link": {"g"}, "return_to": {address}}.Encode(), known, "en")
		if !ok || r.ReturnTo != "" || r.Application != "" || r.Back() != "" {
			t.Errorf("%q: %+v, back to %q", address, r, r.Back())
		}
	}
}

func TestLabelIsOfTheLanguage(t *testing.T) {
	for language, want := range map[string]string{"de": "Laden", "en": "Shop"} {
		if r, _ := Parse("link=g&return_to="+url.QueryEscape(shop), known, language); r.Application != want {
			t.Errorf("%s: %+v", language, r)
		}
	}
}

func TestBack(t *testing.T) {
	for returnTo, want := range map[string]string{
		shop:           shop + "?twinlock=linked",
		"/files?tab=1": "/files?tab=1&twinlock=linked",
		"":             "",
	} {
		if got := (Referral{ReturnTo: returnTo, Outcome: Linked}).Back(); got != want {
			t.Errorf("%q: %q", returnTo, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("link=google-oauth2&login_hint=a&return_to=" + url.QueryEscape(shop))
	f.Add("unlink=facebook%7C1")
	f.Fuzz(func(t *testing.T, query string) {
		r, ok := Parse(query, known, "en")
		if ok == (r == Referral{}) || ok && (r.Link == "") == (r.Unlink == "") {
			t.Errorf("%+v, %v", r, ok)
		}
		if back := r.Back(); back != "" && !strings.HasPrefix(back, shop+"?twinlock=") && !strings.HasPrefix(back, "/files?tab=1&twinlock=") {
			t.Errorf("back to %q", back)
		}
	})
}
