package managementapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/directory"
	"twinlock/server/tenant/leftout"
	"twinlock/server/tenant/password"
	"twinlock/server/tenant/reply"
)

// A patch is one attribute of a user that a PATCH may change, who may, and its JSON type.
type patch struct {
	scopes []string
	is     jsonType
	apply  func(a *API, u *directory.User, value json.RawMessage) error
}

// A jsonType is what a value must be. Root attributes that are texts are removed by null,
// other attributes may not be null.
// https://auth0.com/docs/api/management/v2/users/patch-users-by-id
type jsonType string

const (
	object       jsonType = "object"
	boolean      jsonType = "boolean"
	text         jsonType = "string"
	textOrNull   jsonType = "string or null"
	providerText jsonType = "string or null, of the identity provider"
)

// admits reports whether the value is of the type.
func (t jsonType) admits(value json.RawMessage) bool {
	switch found := typeOf(value); t {
	case textOrNull, providerText:
		return found == "string" || found == "null"
	default:
		return found == string(t)
	}
}

// name is the type's in a message.
func (t jsonType) name() string {
	name, _, _ := strings.Cut(string(t), " ")
	return name
}

// typeOf names the JSON type of a valid value.
func typeOf(value json.RawMessage) string {
	switch bytes.TrimSpace(value)[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
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
	"user_metadata": {userMetadata, object, mergeInto(func(u *directory.User) *map[string]any { return &u.Metadata })},
	"app_metadata":  {appMetadata, object, mergeInto(func(u *directory.User) *map[string]any { return &u.AppMetadata })},

	"blocked":        {serverOnly, boolean, assign(func(u *directory.User) *bool { return &u.Blocked })},
	"email":          {serverOnly, textOrNull, assignProfile(func(p *directory.Profile) *string { return &p.Email })},
	"email_verified": {serverOnly, boolean, assignProfile(func(p *directory.Profile) *bool { return &p.EmailVerified })},
	"name":           {serverOnly, providerText, assignProfile(func(p *directory.Profile) *string { return &p.Name })},
	"given_name":     {serverOnly, providerText, assignProfile(func(p *directory.Profile) *string { return &p.GivenName })},
	"family_name":    {serverOnly, providerText, assignProfile(func(p *directory.Profile) *string { return &p.FamilyName })},
	"nickname":       {serverOnly, providerText, assignProfile(func(p *directory.Profile) *string { return &p.Nickname })},
	"picture":        {serverOnly, providerText, assignProfile(func(p *directory.Profile) *string { return &p.Picture })},
	"password":       {serverOnly, textOrNull, setPassword},
	"connection":     {serverOnly, text, checkConnection},
	"client_id":      {serverOnly, text, ignore},

	"phone_number":        {serverOnly, textOrNull, ofTelephone("phone_number", setPhoneNumber)},
	"phone_verified":      {serverOnly, boolean, ofTelephone("phone_verified", assignProfile(func(p *directory.Profile) *bool { return &p.PhoneVerified }))},
	"verify_email":        {serverOnly, boolean, refuseMessage},
	"verify_phone_number": {serverOnly, boolean, ofTelephone("verify_phone_number", refuseMessage)},
	"username":            {serverOnly, textOrNull, setUsername},
}

// maxMetadata is the most of each kind of metadata of a user, in bytes of JSON.
const maxMetadata = 64 << 10

var errMetadataSize = apiError{Status: http.StatusBadRequest, Message: "The metadata is too large.",
	Code: "invalid_body"}

func assign[T any](of func(*directory.User) *T) func(*API, *directory.User, json.RawMessage) error {
	return func(_ *API, u *directory.User, value json.RawMessage) error {
		var given T // null removes
		if err := json.Unmarshal(value, &given); err != nil {
			return errInvalidBody
		}
		*of(u) = given
		return nil
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
	if !c.IsDatabase() {
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

// refuseMessage refuses to send a message, which is left out; not to send one is no change.
func refuseMessage(_ *API, _ *directory.User, value json.RawMessage) error {
	if string(value) == "true" {
		return apiError{Status: http.StatusNotImplemented, Message: leftout.Text, Code: "unsupported_attribute"}
	}
	return nil
}

// ofTelephone refuses the attribute for users of other connections than those of the
// strategy sms. The text for a database was reported; one may have telephone numbers where
// that is configured, which is left out. The other text is in public programs, for
// phone_number.
// https://community.auth0.com/t/not-able-to-update-the-phone-number-attribute-for-users-with-sms-connection/131554
func ofTelephone(name string, apply func(*API, *directory.User, json.RawMessage) error) func(*API, *directory.User, json.RawMessage) error {
	return func(a *API, u *directory.User, value json.RawMessage) error {
		switch u.Identities[0].Provider {
		case connection.SMSStrategy:
			return apply(a, u, value)
		case connection.DatabaseStrategy:
			return badRequest("Can only update " + name + " for auth0 connections with attribute configuration enabled and options.attributes configured.")
		}
		return badRequest("Cannot update " + name + " for non-sms user")
	}
}

// phonePattern is that of the API's schema.
// https://auth0.com/docs/api/management/v2/users/patch-users-by-id
var phonePattern = regexp.MustCompile(`^\+[0-9]{1,15}$`)

// setPhoneNumber sets a number, which nobody has verified. That it is so, and what Auth0
// says when the last number is removed, was not found.
func setPhoneNumber(_ *API, u *directory.User, value json.RawMessage) error {
	var number string // null removes
	if err := json.Unmarshal(value, &number); err != nil {
		return errInvalidBody
	}
	if number == "" {
		return badRequest("The phone number of a user of this connection cannot be removed.")
	}
	if !phonePattern.MatchString(number) {
		return apiError{Status: http.StatusBadRequest, Code: "invalid_body", Message: fmt.Sprintf(
			"Payload validation error: 'String does not match pattern %s: %s' on property phone_number.", phonePattern, number)}
	}
	p := &u.Identities[0].Profile
	p.PhoneVerified = p.PhoneVerified && p.PhoneNumber == number
	p.PhoneNumber = number
	return nil
}

// setUsername changes a username. Only a document has one: databases without usernames
// refuse it, as was reported.
// https://github.com/auth0/wordpress/issues/343
func setUsername(_ *API, u *directory.User, value json.RawMessage) error {
	if _, has := u.Document["username"]; !has || u.Identities[0].Provider != connection.DatabaseStrategy {
		return badRequest("Cannot update username for users without an username already set.")
	}
	u.Document["username"] = value
	if string(value) == "null" {
		delete(u.Document, "username")
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
		if err := a.providersOwn(u, fields); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(fields)) { // phone_verified after phone_number
			if err := patches[name].apply(a, u, fields[name]); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, directory.ErrNoUser):
		err = errInexistentUser
	case errors.Is(err, directory.ErrTooLarge):
		err = errOversized
	case errors.Is(err, directory.ErrUserExists):
		err = errNewAddress(fields)
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
	names := slices.Sorted(maps.Keys(fields))
	if err := errUnknownAttributes(names); err != nil {
		return nil, err
	}
	if err := forbiddenAttributes(callerOf(r), names); err != nil {
		return nil, err
	}
	for _, name := range names {
		if is := patches[name].is; !is.admits(fields[name]) {
			// Seen of another call: https://github.com/auth0/ruby-auth0/issues/84
			return nil, apiError{Status: http.StatusBadRequest, Code: "invalid_body", Message: fmt.Sprintf(
				"Payload validation error: 'Expected type %s but found type %s' on property %s.", is.name(), typeOf(fields[name]), name)}
		}
	}
	return fields, nil
}

// errNewAddress refuses an address that another user of the connection has. The text about
// e-mail is in many public programs; that about a telephone is like it.
func errNewAddress(fields map[string]json.RawMessage) error {
	what := "email"
	if _, is := fields["phone_number"]; is {
		what = "phone number"
	}
	return apiError{Status: http.StatusBadRequest, Message: "The specified new " + what + " already exists", Code: "auth0_idp_error"}
}

// membersOf returns the attributes that are members of a user's representation.
func membersOf(fields map[string]json.RawMessage) []string {
	others := []string{"password", "connection", "client_id", "verify_email", "verify_phone_number", "username"}
	names := slices.DeleteFunc(slices.Collect(maps.Keys(fields)),
		func(name string) bool { return slices.Contains(others, name) })
	if slices.Contains(names, "phone_number") {
		names = append(names, "phone_verified") // see setPhoneNumber
	}
	return names
}

// errUnknownAttributes refuses attributes that no user has, or that nobody may change.
// The text was reported: https://github.com/auth0/auth0-java/issues/58
func errUnknownAttributes(names []string) error {
	unknown := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, known := patches[name]
		return known
	})
	if len(unknown) == 0 {
		return nil
	}
	return apiError{Status: http.StatusBadRequest, Code: "invalid_body",
		Message: "Payload validation error: 'Additional properties not allowed: " + strings.Join(unknown, ",") +
			" (consider storing them in app_metadata or user_metadata. See \"Users Metadata\" in " +
			"https://auth0.com/docs/api/v2/changes for more details)'."}
}

// forbiddenAttributes refuses attributes that the caller may not change.
func forbiddenAttributes(c caller, names []string) error {
	for _, name := range names {
		if scopes := patches[name].scopes; !c.may(scopes...) {
			return insufficientScope(scopes[0])
		}
	}
	return nil
}

// providersOwn refuses root attributes of a user whose identity provider sets them again
// at every login, as it does by default. It was reported:
// https://github.com/rfcx/arbimon/issues/1397
func (a *API) providersOwn(u *directory.User, fields map[string]json.RawMessage) error {
	name := u.Identities[0].Connection
	if c, known := a.Users.Connections().Find(name); known && !c.Social() {
		return nil
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(fields)),
		func(name string) bool { return patches[name].is != providerText })
	if len(names) == 0 {
		return nil
	}
	return apiError{Status: http.StatusBadRequest, Code: "operation_not_supported", Message: fmt.Sprintf(
		"The following user attributes cannot be updated: %s. The connection (%s) must either be a database connection "+
			"(using the Auth0 store), a passwordless connection (email or sms) or has disabled "+
			"'Sync user profile attributes at each login'. For more information, see "+
			"https://auth0.com/docs/dashboard/guides/connections/configure-connection-sync", strings.Join(names, ", "), name)}
}
