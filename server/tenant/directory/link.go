package directory

import (
	"cmp"
	"slices"
)

// Link makes the second account an identity of the primary and returns the primary.
// The second account's user is removed, its metadata with it. Errors: ErrNoUser,
// ErrSameIdentity, ErrAlreadyLinked, ErrNoSecondary, ErrHasLinked, ErrTooLarge.
func (d *Directory) Link(primaryID, secondaryID string) (*User, error) {
	var after *User
	err := d.update(func(draft map[string]*User) error {
		primary, secondary, err := linkable(draft, primaryID, secondaryID)
		if err != nil {
			return err
		}
		added, err := secondary.asLinked()
		if err != nil {
			return err
		}
		after = primary.with(func(u *User) {
			u.Identities = append(u.Identities, added)
			u.UpdatedAt = d.config.Now()
			err = u.rewrite("identities")
		})
		delete(draft, secondaryID)
		draft[primaryID] = after
		return cmp.Or(err, d.fits(after))
	})
	return after, err
}

func linkable(users map[string]*User, primaryID, secondaryID string) (primary, secondary *User, err error) {
	primary, ok := users[primaryID]
	if !ok {
		return nil, nil, ErrNoUser
	}
	if primaryID == secondaryID {
		return nil, nil, ErrSameIdentity
	}
	if primary.Identity(secondaryID) != nil {
		return nil, nil, ErrAlreadyLinked
	}
	secondary, ok = users[secondaryID]
	if !ok {
		return nil, nil, ErrNoSecondary
	}
	if len(secondary.Identities) > 1 {
		return nil, nil, ErrHasLinked
	}
	return primary, secondary, nil
}

// Unlink removes the identity from the user, gives it a user of its own without
// metadata, and returns the first user. An identity that the user does not have is no
// error: Auth0 answers with the unchanged list. Errors: ErrNoUser, ErrMainIdentity,
// ErrUserExists.
func (d *Directory) Unlink(userID, provider, id string) (*User, error) {
	var after *User
	err := d.update(func(draft map[string]*User) error {
		before, ok := draft[userID]
		if !ok {
			return ErrNoUser
		}
		at := slices.IndexFunc(before.Identities, func(i Identity) bool { return i.is(provider, id) })
		switch at {
		case 0:
			return ErrMainIdentity
		case -1:
			after = before
			return nil
		}
		now := d.config.Now()
		alone, err := before.Identities[at].alone(&User{CreatedAt: now, UpdatedAt: now})
		if err != nil {
			return err
		}
		if draft[alone.ID()] != nil { // two identities may have one key
			return ErrUserExists
		}
		after = before.with(func(u *User) {
			u.Identities = slices.Delete(u.Identities, at, at+1)
			u.UpdatedAt = now
			err = u.rewrite("identities")
		})
		draft[userID], draft[alone.ID()] = after, alone
		return err
	})
	return after, err
}
