package directory_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/datadir"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/organization"
	"twinlock/server/tenant/seed"
)

const (
	ada    = "auth0|5d1018150a1b2c3d4e5f6a01"
	google = "google-oauth2|118151210185211271536"
	mary   = "google-oauth2|117801226187211290072"
	grace  = "auth0|5d1019061906b2c3d4e5f6a4"
)

func open(t *testing.T, data *datadir.Dir) *directory.Directory {
	t.Helper()
	d, err := directory.Open(directory.Options{
		Connections: connection.Default().WithDefaults(), Organizations: organization.Default(), Seeds: seed.DefaultUsers(), Data: data,
		Picture: func(name string) string { return "picture of " + name }, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func keys(u *directory.User) []string {
	var list []string
	for _, i := range u.Identities {
		list = append(list, i.Key())
	}
	return list
}

func TestLinkAndUnlink(t *testing.T) {
	d := open(t, nil)
	for _, tt := range []struct {
		primary, second string
		want            error
	}{
		{"auth0|0", google, directory.ErrNoUser},
		{ada, "auth0|0", directory.ErrNoSecondary},
		{ada, ada, directory.ErrSameIdentity},
		{ada, grace, directory.ErrHasLinked},
		{ada, google, nil},
		{ada, google, directory.ErrAlreadyLinked},
		{mary, google, directory.ErrNoSecondary},
	} {
		if _, err := d.Link(tt.primary, tt.second); !errors.Is(err, tt.want) {
			t.Errorf("link %s with %s: %v, want %v", tt.primary, tt.second, err, tt.want)
		}
	}
	owner := d.Owner(google)
	if owner == nil || owner.ID() != ada || owner.Metadata["theme"] != "dark" || d.Get(google) != nil {
		t.Errorf("%s belongs to %+v", google, owner)
	}
	provider, id := "google-oauth2", owner.Identities[1].ID
	for _, tt := range []struct {
		user, provider, id string
		want               error
		remain             int
	}{
		{"auth0|0", provider, id, directory.ErrNoUser, 2},
		{ada, "auth0", owner.Identities[0].ID, directory.ErrMainIdentity, 2},
		{ada, provider, google, nil, 2}, // prefixed: nothing is removed
		{ada, provider, id, nil, 1},
	} {
		_, err := d.Unlink(tt.user, tt.provider, tt.id)
		if got := keys(d.Get(ada)); !errors.Is(err, tt.want) || len(got) != tt.remain {
			t.Errorf("unlink %s %s from %s: %v, %v", tt.provider, tt.id, tt.user, err, got)
		}
	}
	if alone := d.Get(google); alone == nil || alone.Metadata != nil {
		t.Errorf("the unlinked account: %+v", alone)
	}
}

// A user that somebody has read never changes.
func TestUsersAreImmutable(t *testing.T) {
	d := open(t, nil)
	before := d.Get(ada)
	if _, err := d.Change(ada, nil, func(u *directory.User) error {
		u.Metadata["theme"], u.Identities[0].Profile.Name = "light", "Somebody"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if after := d.Get(ada); before.Metadata["theme"] != "dark" || before.Profile().Name != "Ada King" || after.Metadata["theme"] != "light" {
		t.Errorf("before %+v, after %+v", before, after)
	}
	failed := errors.New("failed")
	if _, err := d.Change(ada, nil, func(u *directory.User) error {
		u.Metadata["theme"] = "none"
		return failed
	}); !errors.Is(err, failed) || d.Get(ada).Metadata["theme"] != "light" {
		t.Errorf("a change that failed: %v, %v", err, d.Get(ada).Metadata)
	}
}

// What cannot be saved is not there.
func TestUsersAreSaved(t *testing.T) {
	path := t.TempDir()
	data, err := datadir.Open(path, directory.File)
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, data)
	if _, err := d.Link(ada, google); err != nil {
		t.Fatal(err)
	}
	if got := keys(open(t, data).Get(ada)); !slices.Equal(got, []string{ada, google}) {
		t.Errorf("loaded %v", got)
	}
	for _, content := range []any{
		map[string]any{"version": 2}, map[string]any{"version": 1, "users": []any{nil}},
		map[string]any{"version": 1, "users": []any{map[string]any{"identities": []any{map[string]any{"provider": "auth0"}}}}},
	} {
		if err := data.Save(directory.File, content); err != nil {
			t.Fatal(err)
		}
		if _, err := directory.Open(directory.Options{Data: data}); !errors.Is(err, datadir.ErrDamaged) {
			t.Errorf("%v: %v", content, err)
		}
	}
}

// TestRepresentation: what is written can be read again, documents of any form too.
func TestRepresentation(t *testing.T) {
	d := open(t, nil)
	const odd = `{"user_id":7,"email":["x"],"email_verified":"true","name":"<Nine>","identities":[` +
		`{"provider":"oauth2","user_id":9,"connection":"discord","isSocial":true,"profileData":{"name":"Nine","score":1.0}}]}`
	if err := d.Put([]json.RawMessage{json.RawMessage(odd)}); err != nil {
		t.Fatal(err)
	}
	for _, u := range d.List() {
		written, err := u.Represent().MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var read directory.Representation
		if err := json.Unmarshal(written, &read); err != nil || read.UserID != u.ID() || len(read.Identities) != len(u.Identities) {
			t.Errorf("%s: read %+v, %v", written, read, err)
		}
		var members, want map[string]any
		if u.ID() == "7" && (json.Unmarshal(written, &members) != nil || json.Unmarshal([]byte(odd), &want) != nil ||
			!reflect.DeepEqual(members, want)) {
			t.Errorf("the document comes back as %s", written)
		}
	}
	var read directory.Representation
	if err := json.Unmarshal([]byte(`[]`), &read); err == nil {
		t.Error("a list is a user")
	}
}
