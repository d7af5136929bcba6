// Package directory has the users of a tenant. A [Directory] holds a [User] for each
// person; a user has one [Identity] for each way to sign in, and identities come from
// a connection. [Representation] is a user as the Management API writes it, and
// [Document] one that was given in that form.
package directory

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

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/datadir"
	"twinlock/server/tenant/organization"
	"twinlock/server/tenant/password"
	"twinlock/server/tenant/seed"
)

// MaxUsers is how many users a directory can hold: signing up is open to everyone.
const MaxUsers = 5000

// Errors of changes. A change that fails changes nothing.
var (
	// ErrNoUser is returned when there is no user of that id.
	ErrNoUser = errors.New("the user does not exist")
	// ErrNoSecondary is returned when the account to be linked does not exist.
	ErrNoSecondary = errors.New("the second account does not exist")
	// ErrSameIdentity is returned when a user is linked with itself.
	ErrSameIdentity = errors.New("the second account is the first one")
	// ErrAlreadyLinked is returned when the user has the identity.
	ErrAlreadyLinked = errors.New("the identity is already one of this user")
	// ErrHasLinked is returned when the account to be linked has several identities.
	ErrHasLinked = errors.New("the second account has linked identities of its own")
	// ErrMainIdentity is returned when a user's first identity is unlinked.
	ErrMainIdentity = errors.New("the main identity cannot be removed")
	// ErrUserExists is returned when the connection knows the address or the id.
	ErrUserExists = errors.New("the address has an account in this connection")
	// ErrFull is returned when there are MaxUsers users.
	ErrFull = errors.New("the tenant has as many users as it can hold")
	// ErrTooLarge is returned when a user would be larger than Options.ProfileLimit.
	ErrTooLarge = errors.New("the user's profile is too large")
	// ErrTaken is returned when a document has an identity of another user.
	ErrTaken = errors.New("an identity belongs to another user")
)

// Options of a Directory.
type Options struct {
	// Connections are those of the tenant, with their defaults.
	Connections connection.List
	// Organizations are those of the tenant, with their defaults.
	Organizations organization.List
	// Seeds are the users of a new directory and after a reset; their identities must
	// be of Connections.
	Seeds []seed.User
	// Documents are users in the Management API's form; they come after Seeds.
	Documents []json.RawMessage
	// Data stores the users. Nil: in memory.
	Data *datadir.Dir
	// ProfileLimit is how many bytes a user may have in the Management API's form. 0: any.
	ProfileLimit int
	// Picture returns the address of a picture for an account of that name.
	Picture func(name string) string
	// Changed is told each user that is new, changed or gone (then before or after is nil),
	// once the change is stored; not of a reset. Nil: nobody is told.
	Changed func(before, after *User)
	// Now is the clock.
	Now func() time.Time
}

// A Directory holds users by user_id. It may be used by several goroutines at the
// same time.
type Directory struct {
	config Options

	mu    sync.RWMutex
	users map[string]*User
}

// Open returns the directory that is saved in o.Data, or else a new one with the
// seeded users. Errors are those of datadir, or tell of a seed that cannot be used.
func Open(o Options) (*Directory, error) {
	d := &Directory{config: o}
	if o.Data != nil {
		found, err := d.load()
		if err != nil {
			return nil, err
		}
		if found {
			return d, nil
		}
	}
	return d, d.Reset()
}

// Connections returns those of the tenant.
func (d *Directory) Connections() connection.List { return d.config.Connections }

// Get returns the user, nil if there is none.
func (d *Directory) Get(id string) *User {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.users[id]
}

// List returns all users, sorted by user_id.
func (d *Directory) List() []*User {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return sorted(d.users)
}

func sorted(users map[string]*User) []*User {
	return slices.SortedFunc(maps.Values(users), func(a, b *User) int { return cmp.Compare(a.ID(), b.ID()) })
}

// Owner returns the user that an identity signs in to, nil if there is none.
func (d *Directory) Owner(key string) *User {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return ownerIn(d.users, key)
}

func ownerIn(users map[string]*User, key string) *User {
	for _, u := range users {
		if u.Identity(key) != nil {
			return u
		}
	}
	return nil
}

// OwnerOf returns the user that has the identity and its place there; nil if there is
// none.
func (d *Directory) OwnerOf(provider, id string) (*User, int) {
	for _, u := range d.List() {
		if n := slices.IndexFunc(u.Identities, func(i Identity) bool { return i.is(provider, id) }); n >= 0 {
			return u, n
		}
	}
	return nil, 0
}

// Identities returns the identities of a connection that one can sign in with, sorted
// by e-mail address.
func (d *Directory) Identities(connectionName string) []Identity {
	var found []Identity
	for _, u := range d.List() {
		for _, i := range u.Identities {
			if i.Connection == connectionName && i.Key() != "" {
				found = append(found, i)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Identity) int { return cmp.Compare(a.Profile.Email, b.Profile.Email) })
	return found
}

// Find returns the identity that a connection knows by the name, see AccountNames;
// false if there is none.
func (d *Directory) Find(connectionName, name string) (Identity, bool) {
	list := d.Identities(connectionName)
	names := AccountNames(list)
	at := slices.Index(names, name)
	if at < 0 { // addresses are the same in any case, ids are not
		at = slices.IndexFunc(list, func(i Identity) bool { return strings.EqualFold(i.Profile.Email, name) })
	}
	if at < 0 || names[at] != name && names[at] != list[at].Profile.Email {
		return Identity{}, false
	}
	return list[at], true
}

// AccountNames returns the names by which a connection knows its identities: the
// address or telephone number, or the key where there is none or several have it.
func AccountNames(list []Identity) []string {
	having := map[string]int{}
	for _, i := range list {
		having[strings.ToLower(i.Profile.address())]++
	}
	names := make([]string, len(list))
	for n, i := range list {
		names[n] = cmp.Or(i.Profile.address(), i.Key())
		if having[strings.ToLower(i.Profile.address())] > 1 {
			names[n] = i.Key()
		}
	}
	return names
}

// NameOf returns the name of an account with that picture, false if there is none.
func (d *Directory) NameOf(picture string) (string, bool) {
	for _, u := range d.List() {
		for _, i := range u.Identities {
			if i.Profile.Picture == picture {
				return i.Profile.Name, true
			}
		}
	}
	return "", false
}

// Authenticate returns the identity with that e-mail address, and whether the password
// is right. With an unknown address it returns the zero Identity and takes as long.
func (d *Directory) Authenticate(connectionName, email, given string) (Identity, bool) {
	id, found := d.Find(connectionName, strings.TrimSpace(email))
	return id, password.Matches(id.PasswordHash, given) && found
}

// update stores a change and tells of it.
func (d *Directory) update(change func(draft map[string]*User) error) error {
	before, after, err := d.store(change)
	if err == nil && d.config.Changed != nil {
		d.tell(before, after)
	}
	return err
}

// store runs change on a copy of the users, saves the copy and makes it current. If
// either fails nothing changes.
func (d *Directory) store(change func(draft map[string]*User) error) (before, after map[string]*User, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	before, after = d.users, maps.Clone(d.users)
	if after == nil {
		after = map[string]*User{}
	}
	if err := change(after); err != nil {
		return nil, nil, err
	}
	if err := d.save(sorted(after)); err != nil {
		return nil, nil, err
	}
	d.users = after
	return before, after, nil
}

// tell tells of each user that differs.
func (d *Directory) tell(before, after map[string]*User) {
	for _, u := range sorted(before) {
		if now := after[u.ID()]; now != u {
			d.config.Changed(u, now)
		}
	}
	for _, u := range sorted(after) {
		if before[u.ID()] == nil {
			d.config.Changed(nil, u)
		}
	}
}

// Reset makes the seeded users the only ones.
func (d *Directory) Reset() error {
	users, err := d.seeded()
	if err != nil {
		return err
	}
	_, _, err = d.store(func(draft map[string]*User) error {
		clear(draft)
		for _, u := range users {
			draft[u.ID()] = u
		}
		return nil
	})
	return err
}

// Create makes a user of the identity and returns it. Errors: ErrUserExists, ErrFull.
func (d *Directory) Create(id Identity, metadata map[string]any) (*User, error) {
	now := d.config.Now()
	u := &User{Identities: []Identity{id}, Metadata: MergeMetadata(nil, metadata), CreatedAt: now, UpdatedAt: now}
	return u, d.update(func(draft map[string]*User) error {
		for _, other := range draft {
			if slices.ContainsFunc(other.Identities, func(i Identity) bool {
				return i.Key() == id.Key() || i.Connection == id.Connection && id.Profile.Email != "" && strings.EqualFold(i.Profile.Email, id.Profile.Email)
			}) {
				return ErrUserExists
			}
		}
		if len(draft) >= MaxUsers {
			return ErrFull
		}
		draft[u.ID()] = u
		return nil
	})
}

// Put makes users of documents and adds them, or puts them in the place of those with
// their ids. Those of a database have seed.DefaultPassword. Errors: ErrTaken, ErrFull, or
// what is wrong with a document.
func (d *Directory) Put(documents []json.RawMessage) error {
	users, err := d.documented(documents)
	if err != nil {
		return err
	}
	return d.update(func(draft map[string]*User) error {
		for _, u := range users {
			delete(draft, u.ID())
			for _, i := range u.Identities {
				if key := i.Key(); key != "" && ownerIn(draft, key) != nil {
					return fmt.Errorf("%s: %w", u.ID(), ErrTaken)
				}
			}
			if len(draft) >= MaxUsers {
				return ErrFull
			}
			draft[u.ID()] = u
		}
		return nil
	})
}

// Remove removes a user. Errors: ErrNoUser.
func (d *Directory) Remove(id string) error {
	return d.update(func(draft map[string]*User) error {
		if draft[id] == nil {
			return ErrNoUser
		}
		delete(draft, id)
		return nil
	})
}

// SignedIn counts a sign-in through the identity and returns its user. Errors:
// ErrNoUser.
func (d *Directory) SignedIn(key string) (*User, error) {
	var after *User
	err := d.update(func(draft map[string]*User) error {
		before := ownerIn(draft, key)
		if before == nil {
			return ErrNoUser
		}
		after = before.with(func(u *User) {
			u.LastLogin = d.config.Now()
			u.UpdatedAt = u.LastLogin
			u.Logins++
		})
		draft[after.ID()] = after
		return nil
	})
	return after, err
}

// ChangeIdentity stores what edit makes of an identity, whichever user has it now.
// Errors: ErrNoUser.
func (d *Directory) ChangeIdentity(key string, edit func(*Identity)) error {
	return d.update(func(draft map[string]*User) error {
		before := ownerIn(draft, key)
		if before == nil {
			return ErrNoUser
		}
		var err error
		draft[before.ID()] = before.with(func(u *User) {
			edit(u.Identity(key))
			u.UpdatedAt = d.config.Now()
			if u.Profile() != before.Profile() {
				err = u.rewrite("email_verified")
			}
		})
		return err
	})
}

// Change stores what edit makes of the user and returns the outcome. The named members
// of its representation are those that edit may change. Errors: ErrNoUser, ErrTooLarge,
// ErrUserExists for a new address that the connection knows, and those of edit.
func (d *Directory) Change(id string, members []string, edit func(*User) error) (*User, error) {
	var after *User
	err := d.update(func(draft map[string]*User) error {
		before, ok := draft[id]
		if !ok {
			return ErrNoUser
		}
		var err error
		after = before.with(func(u *User) {
			if err = edit(u); err == nil {
				err = u.rewrite(members...)
			}
			u.UpdatedAt = d.config.Now()
		})
		if address := after.Profile().address(); err == nil && address != before.Profile().address() && isTaken(draft, after, address) {
			err = ErrUserExists
		}
		draft[id] = after
		return cmp.Or(err, d.fits(after))
	})
	return after, err
}

// fits returns ErrTooLarge if the user is.
func (d *Directory) fits(u *User) error {
	if d.config.ProfileLimit == 0 {
		return nil
	}
	document, err := json.Marshal(u.Represent())
	if err == nil && len(document) > d.config.ProfileLimit {
		err = ErrTooLarge
	}
	return err
}

// isTaken reports whether another identity of the user's connection has the address. That of
// a provider may: the provider knows who is who.
func isTaken(users map[string]*User, u *User, address string) bool {
	main := u.Identities[0]
	if main.Social || address == "" {
		return false
	}
	for _, other := range users {
		if slices.ContainsFunc(other.Identities, func(i Identity) bool {
			return i.Key() != main.Key() && i.Connection == main.Connection && strings.EqualFold(i.Profile.address(), address)
		}) {
			return true
		}
	}
	return false
}
