package password

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrTooLong is returned when a password is longer than MaxBytes.
var ErrTooLong = fmt.Errorf("the password is longer than %d bytes", MaxBytes)

// A WeakError is Auth0's answer to a password that its connection's policy refuses.
type WeakError struct {
	Name        string   `json:"name"`
	Message     string   `json:"message"`
	Code        string   `json:"code"`
	Description RuleList `json:"description"`
	// Policy has the rules as text, one a line.
	Policy     string `json:"policy"`
	StatusCode int    `json:"statusCode"`
}

func (e WeakError) Error() string { return e.Message }

// A RuleList has the rules of a policy; Verified tells whether all are met.
type RuleList struct {
	Rules    []Rule `json:"rules"`
	Verified bool   `json:"verified"`
}

// A Rule is one that a password meets (Verified) or not.
type Rule struct {
	// Message is a format for the values of Format.
	Message string `json:"message"`
	Format  []any  `json:"format,omitempty"`
	Code    string `json:"code"`
	// Items are the rules of which some must be met.
	Items    []Rule `json:"items,omitempty"`
	Verified bool   `json:"verified"`
}

// policies has the rules of each policy.
// https://auth0.com/docs/authenticate/database-connections/password-strength
var policies = map[string]func(password string) []Rule{
	"none": func(p string) []Rule {
		return []Rule{{Message: "Non-empty password required", Code: "nonEmpty", Verified: p != ""}}
	},
	"low": func(p string) []Rule { return []Rule{lengthAtLeast(p, 6)} },
	"fair": func(p string) []Rule {
		return []Rule{lengthAtLeast(p, 8), {Message: "Should contain:", Code: "shouldContain",
			Items: characterTypes(p)[:3], Verified: verified(characterTypes(p)[:3]) == 3}}
	},
	"good": func(p string) []Rule { return []Rule{lengthAtLeast(p, 8), containsThreeTypes(p)} },
	"excellent": func(p string) []Rule {
		return []Rule{lengthAtLeast(p, 10), containsThreeTypes(p),
			{Message: `No more than %d identical characters in a row (e.g., "%s" not allowed)`, Code: "identicalChars",
				Format: []any{2, "aaa"}, Verified: longestRun(p) <= 2}}
	},
}

// Policies returns the names of all policies, sorted.
func Policies() []string { return slices.Sorted(maps.Keys(policies)) }

// Check returns what the policy, one of Policies, has against the password.
// Errors: ErrTooLong, WeakError.
func Check(policy, password string) error {
	if len(password) > MaxBytes {
		return ErrTooLong
	}
	rules := policies[policy](password)
	if verified(rules) == len(rules) {
		return nil
	}
	return WeakError{
		Name: "PasswordStrengthError", Message: "Password is too weak", Code: "invalid_password",
		Description: RuleList{Rules: rules}, Policy: describe(rules, "* "), StatusCode: 400,
	}
}

func lengthAtLeast(p string, n int) Rule {
	return Rule{Message: "At least %d characters in length", Format: []any{n}, Code: "lengthAtLeast",
		Verified: utf8.RuneCountInString(p) >= n}
}

func containsThreeTypes(p string) Rule {
	items := characterTypes(p)
	return Rule{Message: "Contain at least %d of the following %d types of characters:", Format: []any{3, 4},
		Code: "containsAtLeast", Items: items, Verified: verified(items) >= 3}
}

func characterTypes(p string) []Rule {
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(p, is) }
	special := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsSpace(r) }
	return []Rule{
		{Message: "lower case letters (a-z)", Code: "lowerCase", Verified: has(unicode.IsLower)},
		{Message: "upper case letters (A-Z)", Code: "upperCase", Verified: has(unicode.IsUpper)},
		{Message: "numbers (i.e. 0-9)", Code: "numbers", Verified: has(unicode.IsDigit)},
		{Message: "special characters (e.g. !@#$%^&*)", Code: "specialCharacters", Verified: has(special)},
	}
}

// verified counts the rules that are met.
func verified(rules []Rule) int {
	n := 0
	for _, r := range rules {
		if r.Verified {
			n++
		}
	}
	return n
}

// longestRun is the length of the longest run of one character.
func longestRun(p string) int {
	longest, run, last := 0, 0, rune(-1)
	for _, r := range p {
		if r != last {
			run, last = 0, r
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// describe writes the rules as Auth0's text.
func describe(rules []Rule, bullet string) string {
	var lines []string
	for _, r := range rules {
		message := r.Message
		if len(r.Format) > 0 {
			message = fmt.Sprintf(message, r.Format...)
		}
		lines = append(lines, bullet+message)
		if len(r.Items) > 0 {
			lines = append(lines, describe(r.Items, " "+bullet))
		}
	}
	return strings.Join(lines, "\n")
}
