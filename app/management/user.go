package management

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"twinlock/app/platform"
	"twinlock/app/strictjson"
)

// User is a user's profile, as far as it is shown or compared.
type User struct {
	ID, Name, Nickname, Email, Picture, Username string
	EmailVerified                                bool // for a JSON true only
	Created, Updated, LastLogin                  time.Time
	Logins                                       int
	// Identities holds at least one; the first is the user's own.
	Identities []Identity
	// Metadata is user_metadata, AppMetadata is app_metadata: JSON values,
	// numbers as json.Number so that none is changed by being read. Both nil if
	// absent.
	Metadata, AppMetadata map[string]any
}

// Identity is one way of signing in to a user.
type Identity struct {
	Connection, Provider string
	UserID               string // as the list gives it, mostly without the provider's prefix
	Social               bool
	Profile              Profile // what the provider said; of a user's own identity mostly empty
}

// Profile is what an identity provider says about its account (profileData).
type Profile struct {
	Name, Nickname, Email, Username, Picture string
	GivenName, FamilyName, Phone             string
	EmailVerified                            bool // for a JSON true only
}

// ID returns "provider|user_id": the id of the user that this identity is when
// it stands alone, the sub of its tokens. Both parts may hold a bar, so it does
// not tell identities apart: [Identity.Same] does.
func (i Identity) ID() string { return i.Provider + "|" + i.UserID }

// Same tells whether two identities are one, whatever else is said of them.
func (i Identity) Same(other Identity) bool {
	return i.Provider == other.Provider && i.UserID == other.UserID
}

// Primary returns the identity that gives the user its id and cannot be
// unlinked; false if the user has no identities.
func (u User) Primary() (Identity, bool) {
	at := u.primary()
	if at < 0 {
		return Identity{}, false
	}
	return u.Identities[at], true
}

// Linked returns the identities besides the primary one.
func (u User) Linked() []Identity {
	at := u.primary()
	var linked []Identity
	for i, identity := range u.Identities {
		if i != at {
			linked = append(linked, identity)
		}
	}
	return linked
}

// primary returns the place of the primary identity, -1 if there are none. It
// is the first in every answer seen, and the one with the user's id.
func (u User) primary() int {
	for i, identity := range u.Identities {
		if identity.ID() == u.ID {
			return i
		}
	}
	return min(len(u.Identities), 1) - 1
}

// notUnderstood makes the error for an answer that is not what the API sends.
func notUnderstood(format string, args ...any) error {
	return fmt.Errorf("%w: %s", &Error{Kind: ErrAnswer}, fmt.Sprintf(format, args...))
}

// object is a JSON object whose members are looked up by their exact names.
type object map[string]json.RawMessage

// check refuses what no reader should be asked to read.
func check(body []byte) error {
	if len(body) > platform.MaxBody {
		return notUnderstood("longer than %d bytes", platform.MaxBody)
	}
	if err := strictjson.Check(body, nil); err != nil {
		return notUnderstood("%v", err)
	}
	return nil
}

// parseUser reads the user with this id; another user is an error.
func parseUser(body []byte, id string) (User, error) {
	if err := check(body); err != nil {
		return User{}, err
	}
	o, err := readObject(body)
	if err != nil {
		return User{}, err
	}
	u := User{
		ID: o.text("user_id"), Name: o.text("name"), Nickname: o.text("nickname"),
		Email: o.text("email"), Picture: o.text("picture"), Username: o.text("username"),
		EmailVerified: o.yes("email_verified"),
		Created:       o.time("created_at"),
		Updated:       o.time("updated_at"),
		LastLogin:     o.time("last_login"),
		Logins:        o.count("logins_count"),
	}
	if u.ID != id {
		return User{}, notUnderstood("it is about another user")
	}
	if u.Identities, err = readIdentities(o["identities"]); err != nil {
		return User{}, err
	}
	if u.Metadata, err = o.metadata("user_metadata"); err != nil {
		return User{}, err
	}
	if u.AppMetadata, err = o.metadata("app_metadata"); err != nil {
		return User{}, err
	}
	return u, nil
}

// parseIdentities reads the answer to linking and unlinking: the identities of
// primary, its own among them.
func parseIdentities(body []byte, primary string) ([]Identity, error) {
	if err := check(body); err != nil {
		return nil, err
	}
	identities, err := readIdentities(body)
	if err != nil {
		return nil, err
	}
	for _, identity := range identities {
		if identity.ID() == primary || identity.UserID == primary { // some lists give the prefix, too
			return identities, nil
		}
	}
	return nil, notUnderstood("it is about another user")
}

func readIdentities(raw json.RawMessage) ([]Identity, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
		return nil, notUnderstood("no list of identities")
	}
	identities := make([]Identity, len(list))
	for i, item := range list {
		identity, err := readIdentity(item)
		if err != nil {
			return nil, err
		}
		identities[i] = identity
	}
	return identities, nil
}

func readIdentity(raw json.RawMessage) (Identity, error) {
	o, err := readObject(raw)
	if err != nil {
		return Identity{}, err
	}
	identity := Identity{
		Connection: o.text("connection"), Provider: o.text("provider"),
		UserID: o.id("user_id"), Social: o.yes("isSocial"),
	}
	if _, err := segment("provider", identity.Provider); err != nil {
		return Identity{}, notUnderstood("an identity without a provider")
	}
	if _, err := segment("identity id", identity.UserID); err != nil {
		return Identity{}, notUnderstood("an identity without a user_id")
	}
	// Absent in some answers, and for a user's own identity.
	profile, _ := readObject(o["profileData"])
	identity.Profile = Profile{
		Name: profile.text("name"), Nickname: profile.text("nickname"),
		Email: profile.text("email"), Username: profile.text("username"),
		Picture: profile.text("picture"), GivenName: profile.text("given_name"),
		FamilyName: profile.text("family_name"), Phone: profile.text("phone_number"),
		EmailVerified: profile.yes("email_verified"),
	}
	return identity, nil
}

func readObject(raw json.RawMessage) (object, error) {
	var o object
	if err := json.Unmarshal(raw, &o); err != nil || o == nil {
		return nil, notUnderstood("no object where one must be")
	}
	return o, nil
}

// text returns a member that is a string, "" for anything else: providers put
// all sorts of things where a name is expected.
func (o object) text(name string) string {
	var s string
	if json.Unmarshal(o[name], &s) != nil {
		return ""
	}
	return s
}

// id returns a member that is a string or an integer, as digits.
func (o object) id(name string) string {
	if s := o.text(name); s != "" {
		return s
	}
	digits := string(o[name])
	if strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return digits
}

func (o object) yes(name string) bool { return string(o[name]) == "true" }

func (o object) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, o.text(name))
	if err != nil {
		return time.Time{}
	}
	return t
}

func (o object) count(name string) int {
	var n int
	if json.Unmarshal(o[name], &n) != nil || n < 0 {
		return 0
	}
	return n
}

func (o object) metadata(name string) (map[string]any, error) {
	raw, ok := o[name]
	if !ok {
		return nil, nil
	}
	var metadata map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&metadata); err != nil {
		return nil, notUnderstood("%s is not an object", name)
	}
	return metadata, nil
}
