package tenant

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"twinlock/server/tenant/decode"
)

// A document is a user as a vendor's tenant may hold it, with whatever members in
// whatever form. It comes back as it was given, numbers and all; only what the API
// changes in it is another afterwards. The rest of this package sees what it can read
// of it.
type document map[string]json.RawMessage

var (
	errNoDocument = errors.New("must be a JSON object")
	errNoUserID   = errors.New("needs a user_id, or a first identity with provider and user_id")
)

// newDocumented makes the user of a document. Of its identities those are good to sign
// in with that have a provider and an id, and a connection or the only provider of one.
func newDocumented(data []byte, connections []Connection) (*user, error) {
	d := documentIn(data)
	if d == nil {
		return nil, errNoDocument
	}
	u := &user{Document: d, Metadata: numbered(d["user_metadata"]), AppMetadata: numbered(d["app_metadata"]), Blocked: isTrue(d["blocked"])}
	var entries []json.RawMessage
	if json.Unmarshal(d["identities"], &entries) == nil {
		for _, e := range entries {
			u.Identities = append(u.Identities, documentedIdentity(e, connections))
		}
	}
	id := idIn(d["user_id"])
	if len(u.Identities) == 0 {
		provider, rest, _ := strings.Cut(id, "|")
		u.Identities = []identity{identity{Provider: provider, ID: rest}.connected(connections)}
	}
	primary := &u.Identities[0]
	if id != "" && id != primary.key() {
		primary.OwnID = id
	}
	if primary.key() == "" {
		return nil, errNoUserID
	}
	primary.Profile = profileIn(d)
	return u, nil
}

func documentedIdentity(entry json.RawMessage, connections []Connection) identity {
	d := documentIn(entry)
	i := identity{Document: entry, Provider: textIn(d["provider"]), ID: idIn(d["user_id"]), Connection: textIn(d["connection"])}
	i.Profile = profileIn(documentIn(d["profileData"]))
	return i.connected(connections)
}

// connected finds the connection of an identity that does not say it.
func (i identity) connected(connections []Connection) identity {
	at := slices.IndexFunc(connections, func(c Connection) bool {
		return c.Name == i.Connection || i.Connection == "" && c.Strategy == i.Provider
	})
	i.Social = i.Provider != databaseStrategy
	if at >= 0 {
		i.Connection, i.Social = connections[at].Name, connections[at].Social()
	}
	return i
}

// documentIn is nil for what is no JSON object.
func documentIn(data []byte) document {
	var d document
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

// idIn is an id as text. Some providers count: their numbers keep their form.
func idIn(data json.RawMessage) string {
	var number json.Number
	if text := textIn(data); text != "" || json.Unmarshal(data, &number) != nil {
		return text
	}
	return number.String()
}

func isTrue(data json.RawMessage) bool { return string(bytes.TrimSpace(data)) == "true" }

// numbered is a JSON object whose numbers keep their form; nil for anything else.
func numbered(data []byte) map[string]any {
	var m map[string]any
	if unmarshalNumbered(data, &m) != nil {
		return nil
	}
	return m
}

// unmarshalNumbered is json.Unmarshal that keeps the form of numbers.
func unmarshalNumbered(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return decode.One(d, v)
}

func profileIn(d document) profile {
	return profile{
		Email: textIn(d["email"]), EmailVerified: isTrue(d["email_verified"]), Name: textIn(d["name"]), GivenName: textIn(d["given_name"]),
		FamilyName: textIn(d["family_name"]), Nickname: textIn(d["nickname"]), Picture: textIn(d["picture"]),
	}
}

// representation is what the Management API tells of a user.
func (u *user) representation() any {
	if u.Document != nil {
		return u.Document
	}
	return bodyOf(u)
}

// rewrite puts into a user's document what has become of some of its members.
func (u *user) rewrite(members ...string) error {
	if u.Document == nil {
		return nil
	}
	whole, err := json.Marshal(bodyOf(u))
	if err != nil {
		return err
	}
	now := documentIn(whole)
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

// asLinked is the user's first identity as one of another user: its document gets
// the profile that stood beside it.
func (u *user) asLinked() (identity, error) {
	i := u.Identities[0]
	if u.Document == nil {
		return i, nil
	}
	entry := documentIn(i.Document)
	if i.Document == nil {
		data, err := json.Marshal(identityBodyOf(i, false))
		if err != nil {
			return i, err
		}
		entry = documentIn(data)
	}
	profile := maps.Clone(u.Document)
	for _, name := range notOfProfile {
		delete(profile, name)
	}
	if _, has := entry["profileData"]; entry == nil || has || len(profile) == 0 {
		return i, nil
	}
	var err error
	if entry["profileData"], err = json.Marshal(profile); err != nil {
		return i, err
	}
	i.Document, err = json.Marshal(entry)
	return i, err
}

// alone makes a user of an identity that has been unlinked.
func (i identity) alone(u *user) (*user, error) {
	u.Identities = []identity{i}
	entry := documentIn(i.Document)
	if entry == nil {
		return u, nil
	}
	u.Document = document{}
	maps.Copy(u.Document, documentIn(entry["profileData"]))
	delete(entry, "profileData")
	data, err := json.Marshal(entry)
	if err != nil {
		return nil, err
	}
	u.Identities[0].Document = data
	return u, u.rewrite("user_id", "identities", "created_at", "updated_at")
}

// accountNames are the names under which a connection knows its identities: the
// address, or the id where there is none or two have it.
func accountNames(list []identity) []string {
	having := map[string]int{}
	for _, i := range list {
		having[strings.ToLower(i.Profile.Email)]++
	}
	names := make([]string, len(list))
	for n, i := range list {
		names[n] = cmp.Or(i.Profile.Email, i.key())
		if having[strings.ToLower(i.Profile.Email)] > 1 {
			names[n] = i.key()
		}
	}
	return names
}
