package ui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/config"
	"twinlock/app/flow"
	"twinlock/app/oidc"
	"twinlock/app/session"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
)

// told returns what the page draws for a failure: its alert, without what is hidden.
func told(t *testing.T, language string, err error) string {
	t.Helper()
	v := view{
		parts: &Parts{},
		say:   texttest.In(language),
		state: flow.State{Notice: flow.Notice{Kind: flow.Failed, Err: err}},
	}
	drawn := regexp.MustCompile(`\n *`).ReplaceAllString(app.HTMLString(v.failureNotice()), "")
	alert := regexp.MustCompile(`role="alert"[^>]*>(.*?)</p>`).FindStringSubmatch(drawn)
	if alert == nil {
		t.Fatalf("no alert in %s", drawn)
	}
	return strings.ReplaceAll(alert[1], `<span hidden></span>`, "")
}

// What the tenant says stands in the alert, as its words, and harmless.
func TestTheServicesOwnWords(t *testing.T) {
	const said = `Please <b>verify</b> your {account} e-mail.`
	for _, language := range text.Languages() {
		say := texttest.In(language)
		want := `<span class="said"><span>` + say.Of(text.ServiceSays) + ` </span>` +
			`<bdi lang="und">Please &lt;b&gt;verify&lt;/b&gt; your {account} e-mail.</bdi></span>`
		for _, err := range []error{
			fmt.Errorf("finish sign-in: %w", &oidc.AuthorizationError{Code: "access_denied", Description: said}),
			fmt.Errorf("finish sign-in: %w", &oidc.TokenError{Status: 403, Code: "unauthorized", Description: said}),
		} {
			got := told(t, language, err)
			if sentence, words, _ := strings.Cut(got, `<span class="said">`); `<span class="said">`+words != want || sentence == "" {
				t.Errorf("%s: %v is told as %s, want %s at its end", language, err, got, want)
			}
		}
		for _, err := range []error{
			oidc.ErrNoTransaction, oidc.ErrAccessDenied, fmt.Errorf("%w: "+said, oidc.ErrCallback),
			&oidc.AuthorizationError{Code: "access_denied"},
		} {
			if got := told(t, language, err); strings.Contains(got, "said") || strings.Contains(got, "verify") {
				t.Errorf("%s: %v is told as %s", language, err, got)
			}
		}
	}
}

// What a tenant answers has its own sentence, and only a known no of the person's is told as
// cancelled.
func TestAnswersOfATenant(t *testing.T) {
	authorization := func(code, description string) error {
		return &oidc.AuthorizationError{Code: code, Description: description}
	}
	token := func(status int, code, description string) error {
		return &oidc.TokenError{Status: status, Code: code, Description: description}
	}
	for _, tt := range []struct {
		err  error
		want text.Key
	}{
		{authorization("access_denied", "Please verify your email before logging in."), text.Refused},
		{authorization("access_denied", ""), text.Refused},
		{authorization("access_denied", "User did not authorize the request"), text.Denied},
		{authorization("access_denied", "Service not found: https://t/api/v2/"), text.NoAccess},
		{authorization("unauthorized", "Please verify your email before logging in."), text.NotLetIn},
		{authorization("unauthorized", "user is blocked"), text.Blocked},
		{authorization("invalid_request", "the connection was not found"), text.Connection},
		{authorization("invalid_request", "the connection was disabled"), text.Connection},
		{authorization("invalid_request", "Missing required parameter: nonce"), text.Authorization},
		{authorization("unauthorized_client", ""), text.Configuration},
		{authorization("temporarily_unavailable", ""), text.Server},
		{authorization("consent_required", ""), text.LoginRequired},
		{token(429, "", ""), text.RateLimited},
		{token(429, "too_many_attempts", ""), text.Attempts},
		{token(503, "", ""), text.Server},
		{token(403, "unauthorized", "user is blocked"), text.Blocked},
		{token(403, "mfa_required", ""), text.SecondFactor},
		{fmt.Errorf("%w: %w", session.ErrExpired, token(403, "mfa_required", "")), text.SecondFactor},
		{token(401, "access_denied", "Unauthorized"), text.Configuration},
		{token(403, "access_denied", "Not on Sundays."), text.Refused},
		{token(403, "invalid_grant", "Invalid authorization code"), text.Exchange},
		{oidc.ErrNoAuthTime, text.NoAuthTime},
		{oidc.ErrAlgorithm, text.Algorithm},
	} {
		if got := failureKey(tt.err, false); got != tt.want {
			t.Errorf("%v is told as %q, want %q", tt.err, got, tt.want)
		}
	}
}

// Where trying again does not help, no sentence asks for it.
func TestWhereTryingAgainDoesNotHelp(t *testing.T) {
	ask := regexp.MustCompile(`(?i)try again|start again|versuchen Sie es erneut|beginnen Sie neu`)
	if !ask.MatchString(texttest.In("en").Of(text.Refused)) ||
		!ask.MatchString(texttest.In("de").Of(text.Refused)) {
		t.Fatal("the pattern finds nothing")
	}
	for _, language := range text.Languages() {
		say := texttest.In(language)
		for _, err := range []error{oidc.ErrAPI, oidc.ErrConnection, oidc.ErrSetup, oidc.ErrBlocked, oidc.ErrAlgorithm, oidc.ErrNoAuthTime} {
			if sentence := sentenceOf(say, err, false); ask.MatchString(sentence) {
				t.Errorf("%s: %v is told as %q", language, err, sentence)
			}
		}
	}
}

// A suggestion has two answers and no other button, and names no account.
func TestSuggestion(t *testing.T) {
	for _, language := range text.Languages() {
		say := texttest.In(language)
		v := view{parts: &Parts{}, say: say, state: flow.State{Phase: flow.Ready,
			Notice: flow.Notice{Kind: flow.Suggested, Next: flow.Next{Kind: flow.LinkSuggested}}}}
		drawn := app.HTMLString(v.statusNotice())
		for _, want := range []string{say.Of(text.Suggested), say.Of(text.LinkIt), say.Of(text.NotMine)} {
			if strings.Contains(want, "{") || !strings.Contains(drawn, ">"+want+"<") {
				t.Errorf("%s: %q is not in %s", language, want, drawn)
			}
		}
		if strings.Count(drawn, "<button") != 2 || strings.Contains(drawn, "×") {
			t.Errorf("%s: %s", language, drawn)
		}
	}
}

// What comes of a press is in sight, and the focus is never at what has gone.
func TestFocusFollowsTheWork(t *testing.T) {
	ready := flow.State{Phase: flow.Ready, Started: true}
	state := func(work flow.WorkKind, kind flow.NoticeKind, number int) flow.State {
		s := ready
		s.Work.Kind, s.Notice.Kind, s.Notice.Number = work, kind, number
		return s
	}
	for _, tt := range []struct {
		name        string
		before, now flow.State
		want        string
	}{
		{"an unlink begins", ready, state(flow.Unlinking, flow.NoNotice, 0), statusID},
		{"it goes on", state(flow.Unlinking, flow.NoNotice, 0), state(flow.Unlinking, flow.NoNotice, 0), ""},
		{"it is done", state(flow.Unlinking, flow.NoNotice, 0), state(flow.NoWork, flow.Unlinked, 1), statusID},
		{"a link fails", state(flow.Linking, flow.NoNotice, 0), state(flow.NoWork, flow.Failed, 1), failureID},
		{"a check fails", state(flow.CheckingSecond, flow.NoNotice, 0), state(flow.NoWork, flow.Failed, 1), failureID},
		{"refused without a network", ready, state(flow.NoWork, flow.RefusedOffline, 1), asOfID},
		{"another tab has changed it", state(flow.Reading, flow.NoNotice, 0), state(flow.NoWork, flow.UpdatedElsewhere, 1), ""},
		{"a question takes its place", state(flow.NoWork, flow.Unlinked, 1), ready, ""},
	} {
		if got := (&Page{}).focus(tt.before, tt.now); got != tt.want {
			t.Errorf("%s: the focus moves to %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What can be dismissed has a button for it, and a step that waits for the tenant counts down
// without being read each second.
func TestStatusNotice(t *testing.T) {
	v := &view{parts: &Parts{}, say: texttest.In("en"), state: flow.State{Phase: flow.Ready}}
	v.state.Notice = flow.Notice{Kind: flow.NothingChanged, Number: 1}
	if drawn := app.HTMLString(v.statusNotice()); !strings.Contains(drawn, "notice-quiet") || !strings.Contains(drawn, "dismiss") {
		t.Errorf("drawn %s", drawn)
	}
	v.state.Notice = flow.Notice{}
	v.state.Work = flow.Work{Kind: flow.Linking, Wait: flow.Wait{Kind: flow.RateLimit, Seconds: 30}}
	drawn := app.HTMLString(v.statusNotice())
	if strings.Contains(drawn, "dismiss") || !strings.Contains(drawn, "aria-hidden") || strings.Count(drawn, "30") != 2 {
		t.Errorf("drawn %s", drawn)
	}
}

// After an unlink, and before, the page says what goes on at the provider, and leads to the
// provider's own page where people end that.
func TestWhatAnUnlinkLeaves(t *testing.T) {
	p := parts(t)
	unlinked := func(connection string) string {
		return html(t, p, func(s *flow.State) {
			showing(ada())(s)
			s.Notice = flow.Notice{Kind: flow.Unlinked, Account: "ada.lovelace@gmail.example", Connection: connection,
				Next: flow.Next{Kind: flow.SignOutToo}}
		})
	}
	still := letters(text.Fill(say.Of(text.StillKnown), "connection", "Google"))
	acts := letters(text.Fill(say.Of(text.StillActs), "connection", "Google"))
	const there = `href="https://myaccount.google.com/connections"`
	if got := unlinked("google-oauth2"); !strings.Contains(letters(got), still) || !strings.Contains(got, there) || strings.Contains(letters(got), acts) {
		t.Errorf("after: %s", got)
	}
	if got := unlinked("db"); strings.Contains(got, "myaccount") || strings.Contains(letters(got), letters(say.Of(text.RemoveThere)[:9])) {
		t.Errorf("after the unlink of a password account: %s", got)
	}
	asked := func() string {
		return html(t, p, func(s *flow.State) {
			showing(ada())(s)
			s.Question = flow.Question{Number: 1, Version: 1, Unlink: &s.User.Identities[1]}
		})
	}
	if got := letters(asked()); !strings.Contains(got, still) || strings.Contains(got, acts) {
		t.Errorf("before: %s", got)
	}
	p.config.TokenVault = config.TokenVaultOn
	for _, got := range []string{asked(), unlinked("google-oauth2")} {
		if got = letters(got); !strings.Contains(got, acts) {
			t.Errorf("nothing of what acts for the person: %s", got)
		}
	}
}
