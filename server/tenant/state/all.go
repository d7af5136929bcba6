package state

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"twinlock/server/tenant/fault"
)

const (
	ada      = "ada@example.com"
	adaID    = "auth0|5d1018150a1b2c3d4e5f6a01"
	mallory  = "mallory@example.com"
	anyUser  = "/api/v2/users/*"
	linkPath = anyUser + "/identities"
)

var all = []State{
	{Name: "usual", Label: "As it should be", Account: ada,
		See: "Sign in as ada@example.com: her profile, nothing linked."},
	{Name: "not-verified", Label: "Address not verified", Account: mallory,
		See: "Sign in as mallory@example.com: the page says that the address is not verified."},
	{Name: "no-email", Label: "No e-mail address", Account: ada,
		documents: []string{adaWith(`,{"provider":"twitter","user_id":"17","connection":"twitter","isSocial":true,`+
			`"profileData":{"name":"Ada K."}}`, `{}`)},
		See: "Sign in as ada@example.com: the linked account of X has a name and no address."},
	{Name: "unvouched", Label: "Organisation's address, nobody vouches", Account: ada,
		documents: []string{adaWith(`,{"provider":"samlp","user_id":"acme|ada","connection":"acme","isSocial":false,`+
			`"profileData":{"name":"Ada at Acme","email":"ada@acme.example"}}`, `{}`)},
		See: "Sign in as ada@example.com: the address of the linked organisation's account is not called verified."},
	{Name: "many-rows", Label: "Fifty linked accounts", Account: ada,
		documents: []string{adaWith(manyIdentities(50), `{}`)},
		See:       "Sign in as ada@example.com: a long list, each account from another connection."},
	{Name: "odd-metadata", Label: "Odd metadata", Account: ada,
		documents: []string{adaWith("", `{"theme":null,"":"empty key","__proto__":{"a":[1.0,[],{}]},"big":12345678901234567890,`+
			`"html":"<img src=x>","long":"`+strings.Repeat("words ", 80)+`","rtl":"\u202eabc"}`)},
		See: "Sign in as ada@example.com and link another account: settings with odd names and values."},
	{Name: "unusable-ids", Label: "Identity without a usable id", Account: ada,
		documents: []string{adaWith(`,{"provider":"oauth2","user_id":"","connection":"broken","isSocial":true},`+
			`{"provider":"","user_id":"9","connection":"nameless","isSocial":true}`, `{}`)},
		See: "Sign in as ada@example.com: accounts that cannot be unlinked, with the reason."},
	{Name: "blocked", Label: "Account blocked", Account: ada, SignIn: true,
		documents: []string{strings.Replace(adaWith("", `{}`), "{", `{"blocked":true,`, 1)},
		See:       "Sign in as ada@example.com: the tenant's own sign-in page says that the user is blocked."},
	{Name: "refused", Label: "Refused by an Action, with words", Account: ada, SignIn: true,
		faults: constant(fault.Fault{Path: "/authorize", Times: -1, Refuse: map[string]string{
			"error": "access_denied", "error_description": "Your contract ended on 1 May. Please call 555-0100."}}),
		See: "Press Sign in: the page shows the Action's words as the tenant's."},
	{Name: "clock", Label: "Clock off by two days", Account: ada, SignIn: true,
		faults: func(now time.Time) []fault.Fault {
			at := now.Add(48 * time.Hour)
			return []fault.Fault{{Path: "/oauth/token", Times: -1, Token: map[string]any{
				"iat": at.Unix(), "auth_time": at.Unix(), "exp": at.Add(10 * time.Hour).Unix()}}}
		},
		See: "Sign in: the page says that the device's clock is wrong."},
	{Name: "coop", Label: "Sign-in page leaves its window (COOP)", Account: ada,
		faults: constant(fault.Fault{Path: "/u/login", Times: -1,
			Headers: map[string]string{"Cross-Origin-Opener-Policy": "same-origin"}}),
		See: "With interaction: popup, sign in: the page goes on although it cannot see the window."},
	{Name: "slow", Label: "Slow API", Account: ada,
		faults: constant(fault.Fault{Method: "GET", Path: anyUser, DelayMS: 20_000, Times: -1}),
		See:    "Reload while signed in: for twenty seconds the page says what loads."},
	{Name: "failing", Label: "API answers 500", Account: ada,
		faults: constant(fault.Fault{Path: anyUser, Status: 500, Times: -1}, fault.Fault{Path: linkPath, Status: 500, Times: -1},
			fault.Fault{Path: linkPath + "/*/*", Status: 500, Times: -1}),
		See: "Reload while signed in: the page says that the profile could not be loaded."},
	{Name: "rate-limit", Label: "API answers 429, for a minute", Account: ada,
		faults: func(now time.Time) []fault.Fault {
			reset := strconv.FormatInt(now.Add(time.Minute).Unix(), 10)
			return []fault.Fault{{Path: anyUser, Status: 429, Times: -1, Headers: map[string]string{
				"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}}}
		},
		See: "Reload while signed in: the page says that it waits, and counts down."},
	{Name: "deleted", Label: "Account deleted", Account: ada, removed: []string{adaID},
		See: "Reload while signed in as ada@example.com: the account is gone. Nobody can sign in to it."},
}

// constant are faults that are the same at any time.
func constant(faults ...fault.Fault) func(time.Time) []fault.Fault {
	return func(time.Time) []fault.Fault { return faults }
}

// adaWith is the document of ada@example.com with more identities, each after a comma.
func adaWith(identities, metadata string) string {
	return fmt.Sprintf(`{"user_id":%q,"email":%q,"email_verified":true,"name":"Ada King","user_metadata":%s,`+
		`"identities":[{"provider":"auth0","user_id":"5d1018150a1b2c3d4e5f6a01",`+
		`"connection":"Username-Password-Authentication","isSocial":false}%s]}`, adaID, ada, metadata, identities)
}

func manyIdentities(n int) string {
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, `,{"provider":"oauth2","user_id":"team-%d|ada","connection":"team-%d","isSocial":true,`+
			`"profileData":{"name":"Ada %d","email":"ada.lovelace.of.the.analytical.society.%d@team.example"}}`, i, i, i, i)
	}
	return list.String()
}
