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

// User is a user's profile: those parts of it that are shown or compared. A text is "",
// a time zero and a number 0 where the API gives none that can be read.
type User struct {
	// ID is user_id, the sub of the user's tokens; never "".
	ID string
	// Name, Nickname, Email and Username are what the person may know the account by.
	Name     string
	Nickname string
	Email    string
	Username string
	// Picture is a URL that anybody may have chosen.
	Picture string
	// EmailVerified is true only for a JSON true.
	EmailVerified bool
	// Created, Updated and LastLogin are by the tenant's clock.
	Created   time.Time
	Updated   time.Time
	LastLogin time.Time
	// Logins is how often the person has signed in.
	Logins int
	// Identities are the ways of signing in, at least one. The first is mostly the user's
	// own: [User.Primary] tells which one is.
	Identities []Identity
	// Metadata is user_metadata: JSON values, numbers as json.Number, so that none is
	// changed by being read. Nil if absent.
	Metadata map[string]any
	// AppMetadata is app_metadata, likewise.
	AppMetadata map[string]any
}

// Identity is one way of signing in to a user.
type Identity struct {
	// Connection is the Auth0 connection; "" if the API does not say.
	Connection string
	// Provider is the connection's strategy, such as "auth0" or "google-oauth2"; never "".
	Provider string
	// UserID is user_id as the list gives it, mostly without the provider's prefix; never
	// "". Danger: a changed one names another identity.
	UserID string
	// Social tells whether the provider is a social one.
	Social bool
	// Profile is what the provider says; of a user's own identity mostly empty.
	Profile Profile
}

// Profile is what an identity provider says about its account (profileData). A text is ""
// where it says nothing.
type Profile struct {
	// Name, Nickname, Email and Username are what the person may know the account by.
	Name     string
	Nickname string
	Email    string
	Username string
	// Picture is a URL that anybody may have chosen.
	Picture string
	// GivenName and FamilyName are parts of the name.
	GivenName  string
	FamilyName string
	// Phone is phone_number.
	Phone string
	// EmailVerified is true only for a JSON true.
	EmailVerified bool
}

// ID returns "provider|user_id": the id that the identity's user has when it is not linked,
// and the sub of its tokens. Either part may contain a bar, so it does not tell identities
// apart: [Identity.Same] does.
func (i Identity) ID() string { return i.Provider + "|" + i.UserID }

// Same tells whether two identities are one, whatever else they say.
func (i Identity) Same(other Identity) bool {
	return i.Provider == other.Provider && i.UserID == other.UserID
}

// Primary returns the identity that gives the user its id and cannot be unlinked, and
// false if the user has no identities.
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

// primary returns the index of the primary identity, -1 if there are none. It is the one
// with the user's id or, where no id agrees, the first.
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

// check refuses an answer that is too long or not strict JSON.
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

// text returns a member that is a string, "" for anything else: providers put all kinds of
// values where a name is expected.
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
