package managementapi

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"

	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/leftout"
	"twinlock/server/tenant/password"
	"twinlock/server/tenant/reply"
)

// A patch is one attribute of a user that a PATCH may change, and who may.
type patch struct {
	scopes []string
	apply  func(a *API, u *directory.User, value json.RawMessage) error
}

// Who may change what: the scopes that only a server gets, and those with which people
// change their own metadata.
var (
	serverOnly   = []string{"update:users"}
	appMetadata  = []string{"update:users_app_metadata", "update:users"}
	userMetadata = []string{"update:users", "update:users_app_metadata",
		"update:current_user_metadata", "create:current_user_metadata", "delete:current_user_metadata"}
)

// patches has an entry for each attribute. Those of a linked identity cannot be changed:
// root attributes are the main identity's.
var patches = map[string]patch{
	"user_metadata": {userMetadata, mergeInto(func(u *directory.User) *map[string]any { return &u.Metadata })},
	"app_metadata":  {appMetadata, mergeInto(func(u *directory.User) *map[string]any { return &u.AppMetadata })},

	"blocked":        {serverOnly, assign(func(u *directory.User) *bool { return &u.Blocked })},
	"email":          {serverOnly, assignProfile(func(p *directory.Profile) *string { return &p.Email })},
	"email_verified": {serverOnly, assignProfile(func(p *directory.Profile) *bool { return &p.EmailVerified })},
	"name":           {serverOnly, assignProfile(func(p *directory.Profile) *string { return &p.Name })},
	"given_name":     {serverOnly, assignProfile(func(p *directory.Profile) *string { return &p.GivenName })},
	"family_name":    {serverOnly, assignProfile(func(p *directory.Profile) *string { return &p.FamilyName })},
	"nickname":       {serverOnly, assignProfile(func(p *directory.Profile) *string { return &p.Nickname })},
	"picture":        {serverOnly, assignProfile(func(p *directory.Profile) *string { return &p.Picture })},
	"password":       {serverOnly, setPassword},
	"connection":     {serverOnly, checkConnection},
	"client_id":      {serverOnly, ignore},

	"phone_number":        {serverOnly, refusePatch},
	"phone_verified":      {serverOnly, refusePatch},
	"verify_email":        {serverOnly, refusePatch},
	"verify_phone_number": {serverOnly, refusePatch},
	"username":            {serverOnly, refusePatch},
}

// maxMetadata is the most of each kind of metadata of a user, in bytes of JSON.
const maxMetadata = 64 << 10

var errMetadataSize = apiError{Status: http.StatusBadRequest, Message: "The metadata is too large.",
	Code: "invalid_body"}

func assign[T any](of func(*directory.User) *T) func(*API, *directory.User, json.RawMessage) error {
	return func(_ *API, u *directory.User, value json.RawMessage) error {
		return bodyError(json.Unmarshal(value, of(u)))
	}
}

func assignProfile[T any](of func(*directory.Profile) *T) func(*API, *directory.User, json.RawMessage) error {
	return assign(func(u *directory.User) *T { return of(&u.Identities[0].Profile) })
}

func mergeInto(of func(*directory.User) *map[string]any) func(*API, *directory.User, json.RawMessage) error {
	return func(_ *API, u *directory.User, value json.RawMessage) error {
		changes := directory.ReadMetadata(value)
		if changes == nil {
			return errInvalidBody
		}
		metadata := of(u)
		*metadata = directory.MergeMetadata(*metadata, changes)
		if data, err := json.Marshal(*metadata); err != nil || len(data) > maxMetadata {
			return errMetadataSize
		}
		return nil
	}
}

func setPassword(a *API, u *directory.User, value json.RawMessage) error {
	var given string
	if err := json.Unmarshal(value, &given); err != nil {
		return errInvalidBody
	}
	c, _ := a.Users.Connections().Find(u.Identities[0].Connection)
	if c.Name == "" || c.Social() {
		return badRequest("The password can only be set for users of a database connection.")
	}
	if err := password.Check(c.PasswordPolicy, given); err != nil {
		return apiError{Status: http.StatusBadRequest, Message: "PasswordStrengthError: Password is too weak",
			Code: "invalid_password"}
	}
	hash, err := password.Hash(given)
	u.Identities[0].PasswordHash = hash
	return err
}

func checkConnection(_ *API, u *directory.User, value json.RawMessage) error {
	var name string
	if err := json.Unmarshal(value, &name); err != nil || name != u.Identities[0].Connection {
		return badRequest("The connection is not that of the user's main identity.")
	}
	return nil
}

func ignore(*API, *directory.User, json.RawMessage) error { return nil }

func refusePatch(*API, *directory.User, json.RawMessage) error {
	return apiError{Status: http.StatusNotImplemented, Message: leftout.Text, Code: "unsupported_attribute"}
}

func bodyError(err error) error {
	if err != nil {
		return errInvalidBody
	}
	return nil
}

// patchUser checks every attribute of the body before it changes one.
func (a *API) patchUser(w http.ResponseWriter, r *http.Request) {
	fields, err := readPatch(r)
	if err != nil {
		a.fail(w, err)
		return
	}
	u, err := a.Users.Change(r.PathValue("id"), membersOf(fields), func(u *directory.User) error {
		for name, value := range fields {
			if err := patches[name].apply(a, u, value); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, directory.ErrNoUser) {
		err = errInexistentUser
	}
	if err != nil {
		a.fail(w, err)
		return
	}
	if u.Blocked {
		a.Grants.RevokeSubject(u.ID())
	}
	reply.JSON(w, http.StatusOK, u.Represent())
}

// readPatch reads the attributes, all of which the caller may change.
func readPatch(r *http.Request) (map[string]json.RawMessage, error) {
	fields, err := readObject(r)
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, errInvalidBody
	}
	for name := range fields {
		if err := patchable(callerOf(r), name); err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// membersOf returns the attributes that are members of a user's representation.
func membersOf(fields map[string]json.RawMessage) []string {
	others := []string{"password", "connection", "client_id"}
	return slices.DeleteFunc(slices.Collect(maps.Keys(fields)),
		func(name string) bool { return slices.Contains(others, name) })
}

func patchable(c caller, name string) error {
	p, known := patches[name]
	switch {
	case !known:
		return apiError{Status: http.StatusBadRequest, Code: "invalid_body",
			Message: "Payload validation error: 'Additional properties not allowed: " + name + "'."}
	case !c.may(p.scopes...):
		return insufficientScope(p.scopes[0])
	}
	return nil
}
