package managementapi

import (
	"net/http"

	"twinlock/server/tenant/reply"
)

// errNoEmail has the form of other texts; it is a guess.
var errNoEmail = apiError{Status: http.StatusBadRequest, Code: "invalid_query_string",
	Message: "Query validation error: 'Missing required property: email'."}

// usersByEmail lists the users whose own address it is, in the same case; addresses of
// linked identities are not searched.
// https://auth0.com/docs/manage-users/user-search/retrieve-users-with-get-users-by-email-endpoint
func (a *API) usersByEmail(w http.ResponseWriter, r *http.Request) {
	email := r.URL.Query().Get("email")
	if email == "" {
		a.fail(w, errNoEmail)
		return
	}
	found := []any{}
	for _, u := range a.Users.List() {
		if u.Profile().Email != email {
			continue
		}
		body, err := selectFields(u.Represent(), r)
		if err != nil {
			a.fail(w, err)
			return
		}
		found = append(found, body)
	}
	reply.JSON(w, http.StatusOK, found)
}
