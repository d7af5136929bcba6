package directory

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/decode"
)

// A Document is a user as a tenant of Auth0 may hold it, with whatever members in
// whatever form. It comes back as it was given, the form of numbers included, until
// the API changes a member. Everything else in this package sees what it can read of
// it.
type Document map[string]json.RawMessage

var (
	errNoDocument = errors.New("must be a JSON object")
	errNoUserID   = errors.New("needs a user_id, or a first identity with provider and user_id")
)

// ParseDocument makes the user of a document. Its identities that have a provider and
// an id can be signed in with, through their connection or the only one of the
// provider. It returns an error for a document that names no user.
func ParseDocument(data []byte, connections connection.List) (*User, error) {
	d := readDocument(data)
	if d == nil {
		return nil, errNoDocument
	}
	u := &User{Document: d, Metadata: ReadMetadata(d["user_metadata"]), AppMetadata: ReadMetadata(d["app_metadata"]),
		Blocked: isTrue(d["blocked"])}
	var entries []json.RawMessage
	if json.Unmarshal(d["identities"], &entries) == nil {
		for _, e := range entries {
			u.Identities = append(u.Identities, documentedIdentity(e, connections))
		}
	}
	id := idIn(d["user_id"])
	if len(u.Identities) == 0 {
		provider, rest, _ := strings.Cut(id, "|")
		u.Identities = []Identity{Identity{Provider: provider, ID: rest}.connected(connections)}
	}
	primary := &u.Identities[0]
	if id != "" && id != primary.Key() {
		primary.OwnID = id
	}
	if primary.Key() == "" {
		return nil, errNoUserID
	}
	primary.Profile = profileIn(d)
	return u, nil
}

func documentedIdentity(entry json.RawMessage, connections connection.List) Identity {
	d := readDocument(entry)
	i := Identity{Document: entry, Provider: textIn(d["provider"]), ID: idIn(d["user_id"]),
		Connection: textIn(d["connection"])}
	i.Profile = profileIn(readDocument(d["profileData"]))
	return i.connected(connections)
}

// connected finds the connection of an identity that does not name it.
func (i Identity) connected(connections connection.List) Identity {
	at := slices.IndexFunc(connections, func(c connection.Connection) bool {
		return c.Name == i.Connection || i.Connection == "" && c.Strategy == i.Provider
	})
	i.Social = connection.Connection{Strategy: i.Provider}.Social()
	if at >= 0 {
		i.Connection, i.Social = connections[at].Name, connections[at].Social()
	}
	return i
}

// readDocument returns nil for what is not a JSON object.
func readDocument(data []byte) Document {
	var d Document
	if json.Unmarshal(data, &d) != nil {
		return nil
	}
	return d
}

func textIn(data json.RawMessage) string {
	var s string
	json.Unmarshal(data, &s) // whatever else it is counts as empty
	return s
}

// idIn returns an id as text. Some providers count: their numbers keep their form.
func idIn(data json.RawMessage) string {
	var number json.Number
	if text := textIn(data); text != "" || json.Unmarshal(data, &number) != nil {
		return text
	}
	return number.String()
}

func isTrue(data json.RawMessage) bool { return string(bytes.TrimSpace(data)) == "true" }

// ReadMetadata returns a JSON object whose numbers keep their form (json.Number), nil
// for anything else.
func ReadMetadata(data []byte) map[string]any {
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if decode.One(d, &m) != nil {
		return nil
	}
	return m
}

func profileIn(d Document) Profile {
	return Profile{
		Email: textIn(d["email"]), EmailVerified: isTrue(d["email_verified"]),
		PhoneNumber: textIn(d["phone_number"]), PhoneVerified: isTrue(d["phone_verified"]),
		Name: textIn(d["name"]), GivenName: textIn(d["given_name"]), FamilyName: textIn(d["family_name"]),
		Nickname: textIn(d["nickname"]), Picture: textIn(d["picture"]),
	}
}

// rewrite brings members of a user's document up to date with the user's fields.
func (u *User) rewrite(members ...string) error {
	if u.Document == nil {
		return nil
	}
	whole, err := json.Marshal(plainUser(u.Represent()))
	if err != nil {
		return err
	}
	now := readDocument(whole)
	for _, name := range members {
		if value, ok := now[name]; ok {
			u.Document[name] = value
		} else {
			delete(u.Document, name)
		}
	}
	return nil
}

// notOfProfile are the members of a user that are not from its identity provider.
var notOfProfile = []string{"user_id", "identities", "user_metadata", "app_metadata", "blocked",
	"created_at", "updated_at", "last_login", "last_ip", "last_password_reset", "logins_count", "multifactor"}

// asLinked returns the user's first identity as one of another user: its document gets
// the profile that stood beside it.
func (u *User) asLinked() (Identity, error) {
	i := u.Identities[0]
	if u.Document == nil {
		return i, nil
	}
	data, err := json.Marshal(i.represent(false))
	if err != nil {
		return i, err
	}
	entry := readDocument(data)
	profile := maps.Clone(u.Document)
	for _, name := range notOfProfile {
		delete(profile, name)
	}
	if _, has := entry["profileData"]; entry == nil || has || len(profile) == 0 {
		return i, nil
	}
	if entry["profileData"], err = json.Marshal(profile); err != nil {
		return i, err
	}
	i.Document, err = json.Marshal(entry)
	return i, err
}

// alone makes u the user of an identity that has been unlinked.
func (i Identity) alone(u *User) (*User, error) {
	u.Identities = []Identity{i}
	entry := readDocument(i.Document)
	if entry == nil {
		return u, nil
	}
	u.Document = Document{}
	maps.Copy(u.Document, readDocument(entry["profileData"]))
	delete(entry, "profileData")
	data, err := json.Marshal(entry)
	if err != nil {
		return nil, err
	}
	u.Identities[0].Document = data
	return u, u.rewrite("user_id", "identities", "created_at", "updated_at")
}
