package ui

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"twinlock/app/config"
	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
)

// The operator's links are on every page, in the person's language, and tell the page that
// they lead to nothing of this one.
func TestOwnLinks(t *testing.T) {
	p := parts(t)
	for name, set := range map[string]func(*flow.State){
		"starting":   func(*flow.State) {},
		"signed out": func(s *flow.State) { s.Phase = flow.SignedOut },
		"loading":    func(s *flow.State) { s.Phase = flow.Loading },
		"ready":      showing(ada()),
	} {
		p.config.HomeURL, p.config.SupportURL, p.config.PrivacyURL, p.config.TermsURL, p.config.Links = "", "", "", "", nil
		if bare := html(t, p, set); strings.Contains(bare, "navigation") || strings.Contains(bare, "<a ") {
			t.Errorf("%s: there are links: %s", name, bare)
		}
		p.config.HomeURL, p.config.SupportURL = "/home", "mailto:help@acme.example"
		p.config.PrivacyURL, p.config.TermsURL = "https://acme.example/privacy", "/terms"
		p.config.Links = []config.Link{
			{Label: "Password", URL: "/password", Language: "en"},
			{Label: "Passwort", URL: "/passwort", Language: "de"},
			{Label: "Sessions", URL: "/sessions"},
		}
		got := html(t, p, set)
		if hidden := otherLanguage.FindString(got); !strings.Contains(hidden, "/passwort") {
			t.Errorf("%s: the link of another language is not there for the boot script: %q", name, hidden)
		}
		got = otherLanguage.ReplaceAllString(got, "")
		var links []string
		for _, a := range regexp.MustCompile(`(?s)<a [^>]*>`).FindAllString(got, -1) {
			links = append(links, regexp.MustCompile(`href="([^"]*)"`).FindStringSubmatch(a)[1])
			if !strings.Contains(a, `rel="noopener noreferrer"`) {
				t.Errorf("%s: %s", name, a)
			}
		}
		want := "/home /home /password /sessions mailto:help@acme.example https://acme.example/privacy /terms"
		if strings.Join(links, " ") != want {
			t.Errorf("%s: links %v, want %s", name, links, want)
		}
		for _, want := range []string{
			text.Fill(say.Of(text.BackTo), "name", p.config.Brand.Name), `aria-label="` + say.Of(text.OwnLinks) + `"`, say.Of(text.Help), say.Of(text.Privacy), say.Of(text.Terms),
		} {
			if !strings.Contains(letters(got), letters(want)) && !strings.Contains(got, want) {
				t.Errorf("%s: lacks %q", name, want)
			}
		}
	}
}

var otherLanguage = regexp.MustCompile(`(?s)<li [^>]*\bhidden[ >].*?</li>`)

// A sentence that sends the person to the people who run the page has the link to their help
// beside it, and no other sentence has. In each language the same sentences have it.
func TestHelpBesideFailure(t *testing.T) {
	p := parts(t)
	for _, language := range text.Languages() {
		p.say = texttest.In(language)
		sends := regexp.MustCompile(`people who run|\{support\}`)
		helped := 0
		for _, f := range failureSentences {
			p.config.SupportURL = "https://acme.example/help"
			failed := func(s *flow.State) {
				s.Phase, s.Notice = flow.SignedOut, flow.Notice{Kind: flow.Failed, Err: f.err}
			}
			got := html(t, p, failed)
			has := strings.Contains(got, p.say.Of(text.GetHelpTab))
			english := texttest.In("en").Of(f.key)
			want := sends.MatchString(english) || f.key == text.Unverified || f.key == text.Unvouched || f.key == text.NeedsEmail
			if has != want {
				t.Errorf("%s: %v: help %v, want %v", language, f.err, has, want)
			}
			if has && !strings.Contains(got, `target="_blank"`) {
				t.Errorf("%s: %v: the failure is left for the help", language, f.err)
			}
			p.config.SupportURL = ""
			if strings.Contains(html(t, p, failed), p.say.Of(text.GetHelpTab)) {
				t.Errorf("%s: %v: there is no help", language, f.err)
			}
			if has {
				helped++
			}
		}
		if helped < 8 {
			t.Errorf("%s: only %d", language, helped)
		}
	}
	p.say, p.config.SupportURL = say, "mailto:help@acme.example"
	got := html(t, p, func(s *flow.State) { s.Notice = flow.Notice{Kind: flow.Failed, Err: errors.New("?")} })
	if !strings.Contains(got, say.Of(text.GetHelp)) || strings.Contains(got, say.Of(text.GetHelpTab)) {
		t.Errorf("a letter opens a tab: %s", got)
	}
	if !strings.Contains(got, `href="mailto:help@acme.example"`) || strings.Contains(got, "{support}") ||
		!strings.Contains(letters(got), letters(sentenceOf(say, errors.New("?"), false))) {
		t.Errorf("support is no link in the sentence: %s", got)
	}
	p.config.VerifyEmailURL = "/verify"
	got = html(t, p, func(s *flow.State) { s.Notice = flow.Notice{Kind: flow.Failed, Err: linking.ErrUnverified} })
	if strings.Contains(got, say.Of(text.GetHelp)) {
		t.Error("who can verify an address is sent for help")
	}
}
