// Package organization has the organizations of a tenant, which people sign in to as
// members: a [List] of [Organization] values.
package organization

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

// prefix is that of an id, and of no name.
const prefix = "org_"

// An Organization is a customer of the applications, whose people are its members.
// https://auth0.com/docs/manage-users/organizations/organizations-overview
type Organization struct {
	// ID begins with org_. Empty: made of Name.
	ID string `yaml:"id"`
	// Name is unique, in small letters, and what requests may say. It must be given.
	Name string `yaml:"name"`
	// DisplayName is what pages call it. Empty: Name.
	DisplayName string `yaml:"display_name"`
	// Members are the user_ids of those who are members from the start.
	Members []string `yaml:"members"`
}

// The forms of a name and of an id.
// https://auth0.com/docs/manage-users/organizations/configure-organizations/create-organizations
var (
	namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,49}$`)
	idPattern   = regexp.MustCompile(`^` + prefix + `[A-Za-z0-9]{1,50}$`)
)

// Check returns what is wrong with name and id, "" for nothing.
func (o Organization) Check() (name, id string) {
	if !namePattern.MatchString(o.Name) || IsID(o.Name) {
		name = "must be at most 50 small letters, digits, _ and -, and not begin with " + prefix
	}
	if o.ID != "" && !idPattern.MatchString(o.ID) {
		id = "must be " + prefix + " and letters and digits"
	}
	return name, id
}

// IsID reports whether the text has the form of an id, so that it is no name.
func IsID(text string) bool { return strings.HasPrefix(text, prefix) }

// A List has the organizations of a tenant.
type List []Organization

// Default returns one organization, with a member of the default users.
func Default() List {
	return List{{ID: "org_5d1019061906b2c3", Name: "engine-house", DisplayName: "The Engine House",
		Members: []string{"auth0|5d1019061906b2c3d4e5f6a4"}}}
}

// WithDefaults returns a copy with the defaults of empty fields.
func (l List) WithDefaults() List {
	l = slices.Clone(l)
	for n, o := range l {
		if o.ID == "" {
			sum := sha256.Sum256([]byte(o.Name))
			l[n].ID = prefix + hex.EncodeToString(sum[:8])
		}
		if o.DisplayName == "" {
			l[n].DisplayName = o.Name
		}
	}
	return l
}

// Find returns the organization of that id, or of that name in any case; false if there
// is none.
func (l List) Find(idOrName string) (Organization, bool) {
	at := slices.IndexFunc(l, func(o Organization) bool { return o.ID == idOrName || strings.EqualFold(o.Name, idOrName) })
	if at < 0 {
		return Organization{}, false
	}
	return l[at], true
}

// Of returns the ids of those that have the user as a member.
func (l List) Of(userID string) []string {
	var ids []string
	for _, o := range l {
		if slices.Contains(o.Members, userID) {
			ids = append(ids, o.ID)
		}
	}
	return ids
}
