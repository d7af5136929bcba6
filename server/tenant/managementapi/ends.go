package managementapi

import "net/http"

// The two endpoints answer before the work is done at Auth0: 202. Here it is done.
// https://auth0.com/docs/manage-users/sessions/manage-user-sessions-with-auth0-management-api

// endSessions signs the user out of every browser. Refresh tokens stay.
// https://auth0.com/docs/api/management/v2/users/delete-sessions-for-user
func (a *API) endSessions(w http.ResponseWriter, r *http.Request) {
	u := a.Users.Get(r.PathValue("id"))
	if u == nil {
		a.fail(w, errInexistentUser)
		return
	}
	for _, i := range u.Identities {
		a.Sessions.EndAll(i.Key())
	}
	w.WriteHeader(http.StatusAccepted)
}

// revokeRefreshTokens ends the user's refresh tokens. Access tokens stay valid until they
// expire.
// https://auth0.com/docs/api/management/v2/users/delete-refresh-tokens-for-user
func (a *API) revokeRefreshTokens(w http.ResponseWriter, r *http.Request) {
	u := a.Users.Get(r.PathValue("id"))
	if u == nil {
		a.fail(w, errInexistentUser)
		return
	}
	a.Grants.RevokeRefreshTokens(u.ID())
	w.WriteHeader(http.StatusAccepted)
}
