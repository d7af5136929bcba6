// Package referral reads the address with which an application sends a person here, to link or
// to unlink an account: see [Parse].
//
// Such an address carries no authority. It begins nothing: the person is shown what is asked
// for and presses a button, and all that follows is as if they had found it themselves. No
// words of it are shown, only the operator's own and those of the person's profile. It leads
// back to an address of the operator's list and to no other.
package referral

import (
	"net/url"
	"strings"
	"unicode"
)

const (
	maxQuery = 4096 // bytes
	maxHint  = 320  // bytes: an e-mail address has at most 254
)

// Outcome is what has become of a referral. Its text is the value of the parameter twinlock in
// the address that leads back.
//
//sentence:none the notice of what has happened is told
type Outcome string

// The outcomes.
const (
	// Cancelled is what it is until something else has become of it.
	Cancelled Outcome = "cancelled"
	// Linked: an account of the connection is linked.
	Linked Outcome = "linked"
	// Unlinked: the identity is an account of its own.
	Unlinked Outcome = "unlinked"
	// Refused: the page's rules, or the tenant's, do not allow it.
	Refused Outcome = "refused"
)

// An Application is one that the operator knows.
type Application struct {
	// Label is what people know it by.
	Label string
	// URL is where people go back to: an https URL or a path of the origin.
	URL string
	// Language is that in which it has the label; "" for all.
	Language string
}

// A Referral is what an application has sent the person here for. The zero value is none.
type Referral struct {
	// Link is the name of the connection of which an account is to be linked; "" if none is.
	Link string
	// Unlink is the identity to unlink, "provider|user_id"; "" if none is.
	Unlink string
	// LoginHint is what the tenant is told of the account to link; "" for nothing. It is not
	// shown.
	LoginHint string
	// Application is what people know the application by that they are to go back to, and
	// ReturnTo its address; both "" if it is not one of the operator's.
	Application, ReturnTo string
	// Outcome is what has become of it.
	Outcome Outcome
}

// Parse reads the query of an address: link or unlink, login_hint and return_to. It returns
// false if the query asks for nothing, or for two things. Of a return_to that is not, letter by
// letter, one of the known addresses nothing is left. A label is in the language or in none.
func Parse(query string, known []Application, language string) (Referral, bool) {
	values, err := url.ParseQuery(query)
	if err != nil || len(query) > maxQuery {
		return Referral{}, false
	}
	r := Referral{Link: one(values, "link"), Unlink: one(values, "unlink"), Outcome: Cancelled}
	if (r.Link == "") == (r.Unlink == "") {
		return Referral{}, false
	}
	if hint := one(values, "login_hint"); len(hint) <= maxHint && !strings.ContainsFunc(hint, unicode.IsControl) {
		r.LoginHint = hint
	}
	for i := range known {
		if k := &known[i]; k.URL == one(values, "return_to") && (k.Language == "" || k.Language == language) {
			r.Application, r.ReturnTo = k.Label, k.URL
			break
		}
	}
	return r, true
}

// one returns the value of a parameter that is given once; "" for any other.
func one(values url.Values, name string) string {
	if len(values[name]) != 1 {
		return ""
	}
	return values[name][0]
}

// Back returns the address that leads back to the application with the outcome; "" if there is
// none.
func (r Referral) Back() string {
	if r.ReturnTo == "" {
		return ""
	}
	separator := "?"
	if strings.Contains(r.ReturnTo, "?") {
		separator = "&"
	}
	return r.ReturnTo + separator + "twinlock=" + string(r.Outcome)
}
