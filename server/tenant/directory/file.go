package directory

import "fmt"

// File is the name of the users' file in a data directory.
const File = "users.json"

// fileVersion is that of the file's form.
const fileVersion = 1

type fileData struct {
	Version int     `json:"version"`
	Users   []*User `json:"users"`
}

// load reads the users that are saved and returns whether there are any.
func (d *Directory) load() (found bool, err error) {
	var saved fileData
	if found, err = d.config.Data.Load(File, &saved); err != nil || !found {
		return false, err
	}
	if d.users, err = saved.index(); err != nil {
		return false, d.config.Data.Damaged(File, err)
	}
	return true, nil
}

func (d *Directory) save(users []*User) error {
	if d.config.Data == nil {
		return nil
	}
	return d.config.Data.Save(File, fileData{fileVersion, users})
}

// index checks what the directory relies on: every user has an identity, and no
// identity has two users.
func (d fileData) index() (map[string]*User, error) {
	if d.Version != fileVersion {
		return nil, fmt.Errorf("version %d is not known", d.Version)
	}
	users, seen := map[string]*User{}, map[string]bool{}
	for n, u := range d.Users {
		if u == nil || len(u.Identities) == 0 {
			return nil, fmt.Errorf("user %d has no identity", n)
		}
		for _, i := range u.Identities {
			if u.Document == nil && i.Document == nil && (i.Provider == "" || i.ID == "" || i.Connection == "") {
				return nil, fmt.Errorf("user %d has an incomplete identity", n)
			}
			if i.Key() != "" && seen[i.Key()] {
				return nil, fmt.Errorf("identity %s occurs twice", i.Key())
			}
			seen[i.Key()] = true
		}
		if u.ID() == "" {
			return nil, fmt.Errorf("user %d has no id", n)
		}
		users[u.ID()] = u
	}
	return users, nil
}
