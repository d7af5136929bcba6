package management

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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
	// NoEmail tells that the user is known to have no e-mail address: the document that was
	// read has none, neither at its root nor in the profile of the user's own identity. It is
	// false where that cannot be told for certain.
	NoEmail bool `json:",omitempty"`
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
	//
	// A value with half a surrogate pair in it, or in its key, would be changed all the same:
	// it is a [json.RawMessage], to be shown and never to be written.
	Metadata map[string]any
	// AppMetadata is app_metadata, likewise.
	AppMetadata map[string]any
	// OddMetadata tells whether there is a user_metadata that is not an object, is nested too
	// deep or has a key twice. Metadata is nil then, and nothing may be written into it.
	OddMetadata bool
	// OddAppMetadata tells it of app_metadata.
	OddAppMetadata bool
	// Size is how many bytes the document has that was read; 0 if it is not known. ProfileSize
	// are those of them that are neither identities nor metadata: about what the profile of an
	// identity has, once the user is linked to another one.
	Size, ProfileSize int `json:"-"`
}

// Unusable is the reason why an identity can only be shown.
type Unusable string

// The reasons.
const (
	// NoID means that the API gives no provider, or no user_id that is text or a whole
	// number.
	NoID Unusable = "no id"
	// BadID means that the id cannot be sent, or not without changing it.
	BadID Unusable = "an id that cannot be sent"
)

// Identity is one way of signing in to a user.
type Identity struct {
	// Connection is the Auth0 connection; "" if the API does not say.
	Connection string
	// Provider is the connection's strategy, such as "auth0" or "google-oauth2"; "" only if
	// the identity is unusable.
	Provider string
	// UserID is user_id as the list gives it, mostly without the provider's prefix; "" if and
	// only if the identity is unusable. Danger: a changed one names another identity.
	UserID string
	// Unusable is why the identity can only be shown; "" for one that can be used.
	Unusable Unusable `json:",omitempty"`
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
	// OddEmail tells that the profile, or its e-mail address, is of a form that cannot be
	// read: there may be an address.
	OddEmail bool `json:",omitempty"`
}

// ID returns "provider|user_id": the id that the identity's user has when it is not linked,
// and the sub of its tokens. Either part may contain a bar, so it does not tell identities
// apart: [Identity.Same] does.
func (i Identity) ID() string { return i.Provider + "|" + i.UserID }

// Same tells whether two identities are one, whatever else they say. Of one that is
// unusable nobody can tell, not even whether it is itself.
func (i Identity) Same(other Identity) bool {
	return i.Unusable == "" && other.Unusable == "" && i.Provider == other.Provider && i.UserID == other.UserID
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
// with the user's id, in either of Auth0's forms. Where no id agrees, it may be one that is
// unusable, and otherwise it is the first.
func (u User) primary() int {
	for _, is := range []func(Identity) bool{
		func(i Identity) bool { return i.ID() == u.ID },
		func(i Identity) bool { return i.names(u.ID) },
		func(i Identity) bool { return i.Unusable != "" },
	} {
		if at := slices.IndexFunc(u.Identities, is); at >= 0 {
			return at
		}
	}
	return min(len(u.Identities), 1) - 1
}

// names tells whether an identity gives a user this id, in either of Auth0's forms.
func (i *Identity) names(id string) bool {
	return i.ID() == id || i.UserID == id && strings.HasPrefix(id, i.Provider+"|")
}

// Own returns the identity that gives the user its id, and true if it is certain which one
// does; nil if there are none.
// Danger: [User.Primary] may be a guess, which nothing may be trusted for.
func (u *User) Own() (*Identity, bool) {
	at := u.primary()
	if at < 0 {
		return nil, false
	}
	named := 0
	for i := range u.Identities {
		if u.Identities[i].names(u.ID) {
			named++
		}
	}
	own := &u.Identities[at]
	alone := len(u.Identities) == 1
	return own, own.Unusable == "" && (alone || named == 1)
}

// notUnderstood makes the error for an answer that is not what the API sends.
func notUnderstood(format string, args ...any) error {
	return fmt.Errorf("%w: %s", &Error{Kind: ErrAnswer}, fmt.Sprintf(format, args...))
}

// object is a JSON object whose members are looked up by their exact names.
type object map[string]json.RawMessage

// parseUser reads the user with this id; another user is an error.
func parseUser(body []byte, id string) (User, error) {
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
	own, certain := u.Own()
	u.NoEmail = certain && o.none("email") && own.Profile.Email == "" && !own.Profile.OddEmail
	u.Metadata, u.OddMetadata = o.metadata("user_metadata")
	u.AppMetadata, u.OddAppMetadata = o.metadata("app_metadata")
	u.Size = len(body)
	u.ProfileSize = u.Size - len(o["identities"]) - len(o["user_metadata"]) - len(o["app_metadata"])
	return u, nil
}

// parseIdentities reads the answer to linking and unlinking: the identities of
// primary, its own among them.
func parseIdentities(body []byte, primary string) ([]Identity, error) {
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
	if !utf8.Valid(raw) || json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		return nil, notUnderstood("no list of identities")
	}
	identities := make([]Identity, len(list))
	for i, item := range list {
		identities[i] = readIdentity(item)
	}
	return identities, nil
}

// readIdentity reads one identity. Whatever is wrong with it, it is one row of the list.
func readIdentity(raw json.RawMessage) Identity {
	o, err := readObject(raw)
	if err != nil {
		return Identity{Unusable: NoID}
	}
	identity := Identity{
		Connection: o.text("connection"), Provider: o.text("provider"),
		UserID: o.id("user_id"), Social: o.yes("isSocial"),
	}
	_, noProvider := segment("provider", identity.Provider)
	_, noID := segment("identity id", identity.UserID)
	switch {
	case identity.Provider == "" || identity.UserID == "":
		identity.Unusable = NoID
	case noProvider != nil, noID != nil, !strictjson.Exact(o["provider"]), !strictjson.Exact(o["user_id"]):
		identity.Unusable = BadID
	}
	if identity.Unusable != "" {
		identity.UserID = "" // so that nothing can be asked about it
	}
	if noProvider != nil {
		identity.Provider = ""
	}
	// Absent in some answers, and for a user's own identity.
	profile, odd := readObject(o["profileData"])
	identity.Profile = Profile{
		Name: profile.text("name"), Nickname: profile.text("nickname"),
		Email: profile.text("email"), Username: profile.text("username"),
		Picture: profile.text("picture"), GivenName: profile.text("given_name"),
		FamilyName: profile.text("family_name"), Phone: profile.text("phone_number"),
		EmailVerified: profile.yes("email_verified"),
		OddEmail:      odd != nil && !o.none("profileData") || profile.text("email") == "" && !profile.none("email"),
	}
	return identity
}

func readObject(raw json.RawMessage) (object, error) {
	o, err := strictjson.Members(raw)
	if err != nil {
		return nil, notUnderstood("%v", err)
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

// none tells whether there is nothing: no such member, null, or an empty text.
func (o object) none(name string) bool {
	raw := string(o[name])
	return raw == "" || raw == "null" || raw == `""`
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

// metadata returns a member that is an object, and whether there is one of another form.
func (o object) metadata(name string) (metadata map[string]any, odd bool) {
	raw, ok := o[name]
	if !ok || string(raw) == "null" {
		return nil, false
	}
	members, err := strictjson.Object(raw)
	if err != nil {
		return nil, true
	}
	metadata = make(map[string]any, len(members))
	for key, value := range members {
		metadata[key] = exactValue(key, value)
	}
	return metadata, false
}

// exactValue reads a value of metadata, or returns it as it is written if it cannot be read
// without being changed.
func exactValue(key string, raw json.RawMessage) any {
	// encoding/json writes U+FFFD for half a surrogate pair in a key.
	if !strictjson.Exact(raw) || strings.ContainsRune(key, utf8.RuneError) {
		return raw
	}
	var value any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	_ = dec.Decode(&value) // it has been checked
	return value
}
