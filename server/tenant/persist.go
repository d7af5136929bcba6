package tenant

import (
	"fmt"

	"twinlock/server/tenant/datadir"
	"twinlock/server/tenant/keyring"
)

// usersFile is the users' file in the data directory.
const usersFile = "users.json"

// dataVersion is that of the files' form.
const dataVersion = 1

type usersData struct {
	Version int     `json:"version"`
	Users   []*user `json:"users"`
}

// openData reads what the directory holds and lets changes be saved there.
func (t *Tenant) openData(dir string) error {
	var err error
	if t.data, err = datadir.Open(dir, usersFile, keyring.File); err != nil {
		return err
	}
	var users usersData
	if found, err := t.data.Load(usersFile, &users); err != nil {
		return err
	} else if found {
		if t.directory.users, err = users.index(); err != nil {
			return t.data.Damaged(usersFile, err)
		}
	}
	t.directory.save = func(users []*user) error {
		return t.data.Save(usersFile, usersData{dataVersion, users})
	}
	return nil
}

// index checks what the directory relies on: every user has an identity, and no
// identity has two users.
func (d *usersData) index() (map[string]*user, error) {
	if d.Version != dataVersion {
		return nil, fmt.Errorf("version %d is not known", d.Version)
	}
	users, seen := map[string]*user{}, map[string]bool{}
	for n, u := range d.Users {
		if u == nil || len(u.Identities) == 0 {
			return nil, fmt.Errorf("user %d has no identity", n)
		}
		for _, i := range u.Identities {
			if u.Document == nil && i.Document == nil && (i.Provider == "" || i.ID == "" || i.Connection == "") {
				return nil, fmt.Errorf("user %d has an incomplete identity", n)
			}
			if i.key() != "" && seen[i.key()] {
				return nil, fmt.Errorf("identity %s occurs twice", i.key())
			}
			seen[i.key()] = true
		}
		if u.id() == "" {
			return nil, fmt.Errorf("user %d has no id", n)
		}
		users[u.id()] = u
	}
	return users, nil
}
