package tenant

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A passwordStrengthError is the vendor's answer to a password that its
// connection's policy refuses.
type passwordStrengthError struct {
	Name        string               `json:"name"`
	Message     string               `json:"message"`
	Code        string               `json:"code"`
	Description passwordStrengthList `json:"description"`
	Policy      string               `json:"policy"`
	StatusCode  int                  `json:"statusCode"`
}

func (e passwordStrengthError) Error() string { return e.Message }

type passwordStrengthList struct {
	Rules    []passwordRule `json:"rules"`
	Verified bool           `json:"verified"`
}

// A passwordRule is one that a password keeps or not.
type passwordRule struct {
	Message  string         `json:"message"`
	Format   []any          `json:"format,omitempty"`
	Code     string         `json:"code"`
	Items    []passwordRule `json:"items,omitempty"`
	Verified bool           `json:"verified"`
}

// passwordPolicies lists the rules of each policy.
// https://auth0.com/docs/authenticate/database-connections/password-strength
var passwordPolicies = map[string]func(password string) []passwordRule{
	"none": func(p string) []passwordRule {
		return []passwordRule{{Message: "Non-empty password required", Code: "nonEmpty", Verified: p != ""}}
	},
	"low": func(p string) []passwordRule { return []passwordRule{lengthAtLeast(p, 6)} },
	"fair": func(p string) []passwordRule {
		return []passwordRule{lengthAtLeast(p, 8), {Message: "Should contain:", Code: "shouldContain",
			Items: characterTypes(p)[:3], Verified: verified(characterTypes(p)[:3]) == 3}}
	},
	"good": func(p string) []passwordRule { return []passwordRule{lengthAtLeast(p, 8), containsThreeTypes(p)} },
	"excellent": func(p string) []passwordRule {
		return []passwordRule{lengthAtLeast(p, 10), containsThreeTypes(p),
			{Message: `No more than %d identical characters in a row (e.g., "%s" not allowed)`, Code: "identicalChars",
				Format: []any{2, "aaa"}, Verified: longestRun(p) <= 2}}
	},
}

// maxPassword is bcrypt's limit, in bytes.
const maxPassword = 72

// checkPassword says what the policy has against the password.
func checkPassword(policy, password string) error {
	if len(password) > maxPassword {
		return authError{Status: 400, Name: "BadRequestError", Code: "invalid_password", Description: fmt.Sprintf("Password is longer than %d bytes", maxPassword)}
	}
	rules := passwordPolicies[policy](password)
	if verified(rules) == len(rules) {
		return nil
	}
	return passwordStrengthError{
		Name: "PasswordStrengthError", Message: "Password is too weak", Code: "invalid_password",
		Description: passwordStrengthList{Rules: rules}, Policy: describe(rules, "* "), StatusCode: 400,
	}
}

func lengthAtLeast(p string, n int) passwordRule {
	return passwordRule{Message: "At least %d characters in length", Format: []any{n}, Code: "lengthAtLeast", Verified: utf8.RuneCountInString(p) >= n}
}

func containsThreeTypes(p string) passwordRule {
	items := characterTypes(p)
	return passwordRule{Message: "Contain at least %d of the following %d types of characters:", Format: []any{3, 4},
		Code: "containsAtLeast", Items: items, Verified: verified(items) >= 3}
}

func characterTypes(p string) []passwordRule {
	has := func(is func(rune) bool) bool { return strings.ContainsFunc(p, is) }
	special := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsSpace(r) }
	return []passwordRule{
		{Message: "lower case letters (a-z)", Code: "lowerCase", Verified: has(unicode.IsLower)},
		{Message: "upper case letters (A-Z)", Code: "upperCase", Verified: has(unicode.IsUpper)},
		{Message: "numbers (i.e. 0-9)", Code: "numbers", Verified: has(unicode.IsDigit)},
		{Message: "special characters (e.g. !@#$%^&*)", Code: "specialCharacters", Verified: has(special)},
	}
}

func verified(rules []passwordRule) int {
	n := 0
	for _, r := range rules {
		if r.Verified {
			n++
		}
	}
	return n
}

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

// describe writes the rules as the vendor's text.
func describe(rules []passwordRule, bullet string) string {
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
