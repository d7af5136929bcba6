package tenant

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"twinlock/server/tenant/password"
)

// A profile is what one identity provider says about a person. A user's root
// attributes are those of its first identity.
type profile struct {
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified"`
	Name          string `json:"name,omitempty"`
	GivenName     string `json:"given_name,omitempty"`
	FamilyName    string `json:"family_name,omitempty"`
	Nickname      string `json:"nickname,omitempty"`
	Picture       string `json:"picture,omitempty"`
}

// An identity is one way to sign in. Its id is the provider's, unprefixed.
type identity struct {
	Connection   string  `json:"connection"`
	Provider     string  `json:"provider"`
	ID           string  `json:"user_id"`
	Social       bool    `json:"isSocial"`
	Profile      profile `json:"profile"`
	PasswordHash []byte  `json:"password_hash,omitempty"`

	// Of a document: the identity as it was given, and a user_id that is not made of
	// provider and id.
	Document json.RawMessage `json:"document,omitempty"`
	OwnID    string          `json:"own_id,omitempty"`
}

// key is the user_id of the identity when it stands alone: "provider|id", unless its
// document says another. It is empty for one of a document that is good for nothing.
func (i identity) key() string {
	if i.OwnID != "" || i.Provider == "" || i.ID == "" {
		return i.OwnID
	}
	return i.Provider + "|" + i.ID
}

// is tells whether the API means the identity by provider and id.
func (i identity) is(provider, id string) bool { return i.Provider == provider && i.ID == id }

// A user is immutable once it is in the directory: a change stores a new one.
// So a pointer from the directory may be read without holding its lock.
type user struct {
	Identities  []identity     `json:"identities"` // the first is the primary
	Metadata    map[string]any `json:"user_metadata,omitempty"`
	AppMetadata map[string]any `json:"app_metadata,omitempty"`
	Blocked     bool           `json:"blocked,omitempty"`
	CreatedAt   time.Time      `json:"created_at"`
	UpdatedAt   time.Time      `json:"updated_at"`
	LastLogin   time.Time      `json:"last_login,omitzero"`
	Logins      int            `json:"logins_count,omitempty"`
	Document    document       `json:"document,omitempty"` // nil: made of all the above
}

func (u *user) id() string       { return u.Identities[0].key() }
func (u *user) profile() profile { return u.Identities[0].Profile }

// with returns a copy of u, changed by edit.
func (u *user) with(edit func(*user)) *user {
	c := *u
	c.Identities = slices.Clone(u.Identities)
	c.Metadata, c.AppMetadata, c.Document = maps.Clone(u.Metadata), maps.Clone(u.AppMetadata), maps.Clone(u.Document)
	edit(&c)
	return &c
}

// identity returns the user's identity with the key, or nil.
func (u *user) identity(key string) *identity {
	for n := range u.Identities {
		if u.Identities[n].key() == key {
			return &u.Identities[n]
		}
	}
	return nil
}

func (u *user) owns(key string) bool {
	return slices.ContainsFunc(u.Identities, func(i identity) bool { return i.key() == key })
}

// What linking can fail with.
var (
	errNoUser         = errors.New("the user does not exist")
	errNoSecondary    = errors.New("the second account does not exist")
	errSameIdentity   = errors.New("the second account is the first one")
	errAlreadyLinked  = errors.New("the identity is already one of this user")
	errSecondaryChain = errors.New("the second account has linked identities of its own")
	errMainIdentity   = errors.New("the main identity cannot be removed")
)

// A directory holds the tenant's users by user_id.
type directory struct {
	now  func() time.Time
	save func([]*user) error // makes a change durable, before it is visible; may be nil

	mu    sync.RWMutex
	users map[string]*user
}

// get returns the user, or nil.
func (d *directory) get(id string) *user {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.users[id]
}

// list returns all users, sorted by user_id.
func (d *directory) list() []*user {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return sorted(d.users)
}

func sorted(users map[string]*user) []*user {
	return slices.SortedFunc(maps.Values(users), func(a, b *user) int { return cmp.Compare(a.id(), b.id()) })
}

// replace makes users the only ones.
func (d *directory) replace(users []*user) error {
	return d.update(func(draft map[string]*user) error {
		clear(draft)
		for _, u := range users {
			draft[u.id()] = u
		}
		return nil
	})
}

// update runs change on a copy of the users and keeps the outcome if it can be
// saved: a failed change leaves nothing behind.
func (d *directory) update(change func(draft map[string]*user) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	draft := maps.Clone(d.users)
	if draft == nil {
		draft = map[string]*user{}
	}
	if err := change(draft); err != nil {
		return err
	}
	if d.save != nil {
		if err := d.save(sorted(draft)); err != nil {
			return err
		}
	}
	d.users = draft
	return nil
}

// owner returns the user that an identity signs in to, or nil.
func (d *directory) owner(key string) *user {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return ownerIn(d.users, key)
}

// ownerOf returns the user that has the identity and its place there, or nil.
func (d *directory) ownerOf(provider, id string) (*user, int) {
	for _, u := range d.list() {
		if n := slices.IndexFunc(u.Identities, func(i identity) bool { return i.is(provider, id) }); n >= 0 {
			return u, n
		}
	}
	return nil, 0
}

func ownerIn(users map[string]*user, key string) *user {
	for _, u := range users {
		if u.owns(key) {
			return u
		}
	}
	return nil
}

// find returns the identity that a connection knows by the name, see accountNames.
func (d *directory) find(connection, name string) (identity, bool) {
	list := d.identities(connection)
	names := accountNames(list)
	at := slices.Index(names, name)
	if at < 0 { // addresses are the same in any case, ids are not
		at = slices.IndexFunc(list, func(i identity) bool { return strings.EqualFold(i.Profile.Email, name) })
	}
	if at < 0 || names[at] != name && names[at] != list[at].Profile.Email {
		return identity{}, false
	}
	return list[at], true
}

// identities returns the identities of a connection that one can sign in with, sorted
// by e-mail address.
func (d *directory) identities(connection string) []identity {
	var found []identity
	for _, u := range d.list() {
		for _, i := range u.Identities {
			if i.Connection == connection && i.key() != "" {
				found = append(found, i)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b identity) int { return cmp.Compare(a.Profile.Email, b.Profile.Email) })
	return found
}

// nameBehind returns the name of an account with that picture.
func (d *directory) nameBehind(picture string) (string, bool) {
	for _, u := range d.list() {
		for _, i := range u.Identities {
			if i.Profile.Picture == picture {
				return i.Profile.Name, true
			}
		}
	}
	return "", false
}

// authenticate returns the identity whose e-mail address and password these are.
func (d *directory) authenticate(connection, email, given string) (identity, bool) {
	id, found := d.find(connection, strings.TrimSpace(email))
	return id, password.Matches(id.PasswordHash, given) && found
}

// userLimit bounds the users: signing up is open to everyone.
const userLimit = 5000

var (
	errUserExists = errors.New("the address has an account in this connection")
	errFull       = errors.New("the tenant has as many users as it can hold")
)

// create makes a user of the identity, unless its connection knows the address.
func (d *directory) create(id identity, metadata map[string]any) (*user, error) {
	now := d.now()
	u := &user{Identities: []identity{id}, Metadata: merge(nil, metadata), CreatedAt: now, UpdatedAt: now}
	return u, d.update(func(draft map[string]*user) error {
		for _, other := range draft {
			if slices.ContainsFunc(other.Identities, func(i identity) bool {
				return i.key() == id.key() || i.Connection == id.Connection && strings.EqualFold(i.Profile.Email, id.Profile.Email)
			}) {
				return errUserExists
			}
		}
		if len(draft) >= userLimit {
			return errFull
		}
		draft[u.id()] = u
		return nil
	})
}

// changeIdentity stores what edit makes of an identity, whoever has it now.
func (d *directory) changeIdentity(key string, edit func(*identity)) error {
	return d.update(func(draft map[string]*user) error {
		before := ownerIn(draft, key)
		if before == nil {
			return errNoUser
		}
		var err error
		draft[before.id()] = before.with(func(u *user) {
			edit(u.identity(key))
			u.UpdatedAt = d.now()
			if u.profile() != before.profile() {
				err = u.rewrite("email_verified")
			}
		})
		return err
	})
}

// errTaken tells that an identity belongs to another user.
var errTaken = errors.New("an identity belongs to another user")

// put adds users, or puts them in the place of those with their ids.
func (d *directory) put(users []*user) error {
	return d.update(func(draft map[string]*user) error {
		for _, u := range users {
			delete(draft, u.id())
			for _, i := range u.Identities {
				if key := i.key(); key != "" && ownerIn(draft, key) != nil {
					return fmt.Errorf("%s: %w", u.id(), errTaken)
				}
			}
			if len(draft) >= userLimit {
				return errFull
			}
			draft[u.id()] = u
		}
		return nil
	})
}

// remove takes a user away.
func (d *directory) remove(id string) error {
	return d.update(func(draft map[string]*user) error {
		if draft[id] == nil {
			return errNoUser
		}
		delete(draft, id)
		return nil
	})
}

// signedIn counts a sign-in through the identity and returns its user.
func (d *directory) signedIn(key string) (*user, error) {
	var after *user
	err := d.update(func(draft map[string]*user) error {
		before := ownerIn(draft, key)
		if before == nil {
			return errNoUser
		}
		after = before.with(func(u *user) {
			u.LastLogin = d.now()
			u.UpdatedAt = u.LastLogin
			u.Logins++
		})
		draft[after.id()] = after
		return nil
	})
	return after, err
}

// link makes the second account an identity of the primary and returns the
// primary. The second account's user and its metadata are gone afterwards.
func (d *directory) link(primaryID, secondaryID string) (*user, error) {
	var after *user
	err := d.update(func(draft map[string]*user) error {
		primary, ok := draft[primaryID]
		if !ok {
			return errNoUser
		}
		if primaryID == secondaryID {
			return errSameIdentity
		}
		if primary.owns(secondaryID) {
			return errAlreadyLinked
		}
		secondary, ok := draft[secondaryID]
		if !ok {
			return errNoSecondary
		}
		if len(secondary.Identities) > 1 {
			return errSecondaryChain
		}
		added, err := secondary.asLinked()
		if err != nil {
			return err
		}
		after = primary.with(func(u *user) {
			u.Identities = append(u.Identities, added)
			u.UpdatedAt = d.now()
			err = u.rewrite("identities")
		})
		delete(draft, secondaryID)
		draft[primaryID] = after
		return err
	})
	return after, err
}

// unlink takes the identity away from the user and gives it a user of its own,
// without metadata. An identity that the user does not have is no error: the
// vendor answers with the unchanged list.
func (d *directory) unlink(userID, provider, id string) (*user, error) {
	var after *user
	err := d.update(func(draft map[string]*user) error {
		before, ok := draft[userID]
		if !ok {
			return errNoUser
		}
		at := slices.IndexFunc(before.Identities, func(i identity) bool { return i.is(provider, id) })
		switch at {
		case 0:
			return errMainIdentity
		case -1:
			after = before
			return nil
		}
		now := d.now()
		alone, err := before.Identities[at].alone(&user{CreatedAt: now, UpdatedAt: now})
		if err != nil {
			return err
		}
		if draft[alone.id()] != nil { // ids that differ may be written alike
			return errUserExists
		}
		after = before.with(func(u *user) {
			u.Identities = slices.Delete(u.Identities, at, at+1)
			u.UpdatedAt = now
			err = u.rewrite("identities")
		})
		draft[userID], draft[alone.id()] = after, alone
		return err
	})
	return after, err
}

// change stores what edit makes of the user. An error of edit changes nothing.
func (d *directory) change(userID string, edit func(*user) error) (*user, error) {
	var after *user
	err := d.update(func(draft map[string]*user) error {
		before, ok := draft[userID]
		if !ok {
			return errNoUser
		}
		var err error
		after = before.with(func(u *user) {
			err = edit(u)
			u.UpdatedAt = d.now()
		})
		draft[userID] = after
		return err
	})
	return after, err
}

// merge merges metadata at the first level; null removes a key, and an empty
// object removes all of it.
// https://auth0.com/docs/manage-users/user-accounts/metadata/manage-metadata-api
func merge(have, patch map[string]any) map[string]any {
	if len(patch) == 0 {
		return nil
	}
	if have == nil {
		have = map[string]any{}
	}
	for k, v := range patch {
		if v == nil {
			delete(have, k)
		} else {
			have[k] = v
		}
	}
	return have
}
