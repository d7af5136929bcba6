package management

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxID = 255 // bytes

// userPath returns the path of a user, below the base.
func userPath(id string) (string, error) {
	user, err := segment("user id", id)
	if err != nil {
		return "", err
	}
	return "users/" + user, nil
}

// identityPath returns the path of a user's identity, below the base.
func identityPath(primary string, id Identity) (string, error) {
	user, err := userPath(primary)
	if err != nil {
		return "", err
	}
	provider, err := segment("provider", id.Provider)
	if err != nil {
		return "", err
	}
	userID, err := segment("identity id", id.UserID)
	if err != nil {
		return "", err
	}
	return user + "/identities/" + provider + "/" + userID, nil
}

// segment escapes an id as one path segment. An id is never cut or cleaned: it would name
// somebody else then.
func segment(what, id string) (string, error) {
	// "auth0|undefined" comes from a program that has lost the id.
	last := id[strings.LastIndexByte(id, '|')+1:]
	switch {
	case last == "" || last == "undefined" || last == "null":
		return "", fmt.Errorf("%w: %s %.40q is empty", &Error{Kind: ErrRequest}, what, id)
	case id == "." || id == "..":
		return "", fmt.Errorf("%w: %s %q is a relative path", &Error{Kind: ErrRequest}, what, id)
	case len(id) > maxID:
		return "", fmt.Errorf("%w: %s longer than %d bytes", &Error{Kind: ErrRequest}, what, maxID)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl):
		return "", fmt.Errorf("%w: %s with characters that no id has", &Error{Kind: ErrRequest}, what)
	}
	return url.PathEscape(id), nil
}
