package goauth0

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/auth0/go-auth0/v2/management"
	"github.com/auth0/go-auth0/v2/management/client"
	"github.com/auth0/go-auth0/v2/management/core"
	"github.com/auth0/go-auth0/v2/management/option"
)

// api returns a client that takes no refusal for a reason to try again.
func api(t *testing.T, credentials option.RequestOption) *client.Management {
	t.Helper()
	api, err := client.New(domain, credentials, option.WithMaxAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// machine is a program that may write.
func machine(t *testing.T) *client.Management {
	return api(t, option.WithClientCredentials(context.Background(), machineID, machineSecret))
}

// person acts for the one who signs in.
func person(t *testing.T, email, connection string) *client.Management {
	t.Helper()
	set := tokens(t, email, connection, url.Values{"scope": {managementScopes}, "audience": {"https://" + domain + "/api/v2/"}})
	return api(t, option.WithToken(set.AccessToken))
}

// byToken asks for a link with the account of an ID token.
func byToken(token string) *management.LinkUserIdentityRequestContent {
	return &management.LinkUserIdentityRequestContent{LinkWith: &token}
}

// byID asks for a link with the account of that id.
func byID(id string) *management.LinkUserIdentityRequestContent {
	provider, own, _ := strings.Cut(id, "|")
	return &management.LinkUserIdentityRequestContent{
		Provider: management.UserIdentityProviderEnum(provider).Ptr(), UserID: &management.UserID{String: own}}
}

// refusedBy asserts that the error is one of the type T, and what its body says.
func refusedBy[T error](t *testing.T, err error, status int, message, code string) {
	t.Helper()
	var typed T
	var told *core.APIError
	if !errors.As(err, &typed) || !errors.As(err, &told) {
		t.Fatalf("got %T %v, want %T", err, err, typed)
	}
	var body struct {
		StatusCode int    `json:"statusCode"`
		Message    string `json:"message"`
		ErrorCode  string `json:"errorCode"`
	}
	text, err := json.Marshal(typed) // the client's way to the body
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	if err != nil {
		t.Fatal(err)
	}
	if told.StatusCode != status || body.StatusCode != status || !strings.HasPrefix(body.Message, message) || body.ErrorCode != code {
		t.Errorf("got %d, %+v; want %d %q %q", told.StatusCode, body, status, message, code)
	}
}

func TestManagement(t *testing.T) {
	run(t, "client credentials, asked for once", func(t *testing.T) {
		api := machine(t)
		for _, id := range []string{adaID, charlesID} {
			if _, err := api.Users.Get(t.Context(), id, nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := statuses(t, "/oauth/token"); !slices.Equal(got, []int{http.StatusOK}) {
			t.Errorf("requests for a token: %v", got)
		}
	})
	run(t, "get", func(t *testing.T) {
		user, err := machine(t).Users.Get(t.Context(), adaID, nil)
		if err != nil {
			t.Fatal(err)
		}
		if user.GetUserID() != adaID || user.GetEmail() != ada || len(user.Identities) != 1 ||
			(*user.UserMetadata)["theme"] != "dark" || user.CreatedAt == nil {
			t.Errorf("got %s", user)
		}
	})
	run(t, "get: some fields", func(t *testing.T) {
		fields, include := "user_id,email", true
		user, err := machine(t).Users.Get(t.Context(), adaID, &management.GetUserRequestParameters{Fields: &fields, IncludeFields: &include})
		if err != nil || user.GetEmail() != ada || user.Identities != nil || user.UserMetadata != nil {
			t.Errorf("got %v, %v", user, err)
		}
	})
	run(t, "get: of oneself", func(t *testing.T) {
		user, err := person(t, google, "google-oauth2").Users.Get(t.Context(), googleID, nil)
		if err != nil || user.GetEmail() != google {
			t.Errorf("got %v, %v", user, err)
		}
	})
	run(t, "update", func(t *testing.T) {
		answer, err := machine(t).Users.Update(t.Context(), adaID, &management.UpdateUserRequestContent{
			UserMetadata: &management.UserMetadata{"theme": nil, "languages": []string{"en"}}, AppMetadata: &management.AppMetadata{"plan": "free"}})
		if err != nil {
			t.Fatal(err)
		}
		u := held(t, adaID)
		for _, metadata := range []map[string]any{*answer.UserMetadata, u.UserMetadata} {
			if _, ok := metadata["theme"]; ok || metadata["phone"] != "+1" || metadata["languages"] == nil {
				t.Errorf("user_metadata = %v", metadata)
			}
		}
		if u.AppMetadata["plan"] != "free" {
			t.Errorf("app_metadata = %v", u.AppMetadata)
		}
	})
	run(t, "link: with the second account's ID token", func(t *testing.T) {
		second := tokens(t, google, "google-oauth2", nil)
		identities, err := person(t, ada, usersDatabase).Users.Identities.Link(t.Context(), adaID, byToken(second.IDToken))
		if err != nil {
			t.Fatal(err)
		}
		if len(identities) != 2 || identities[1].Provider != "google-oauth2" || identities[1].UserID.String != strings.TrimPrefix(googleID, "google-oauth2|") ||
			identities[1].ProfileData == nil {
			t.Errorf("got %v", identities)
		}
		if held(t, googleID).ID != "" || len(held(t, adaID).Identities) != 2 {
			t.Errorf("the tenant holds %+v", held(t, adaID))
		}
		if user, err := authClient(t).UserInfo(t.Context(), tokens(t, google, "google-oauth2", nil).AccessToken); err != nil || user.Sub != adaID {
			t.Errorf("the second account signs in to %+v, %v", user, err)
		}
	})
	run(t, "link: an access token is no ID token", func(t *testing.T) {
		second := tokens(t, google, "google-oauth2", url.Values{"audience": {"https://" + domain + "/api/v2/"}})
		_, err := person(t, ada, usersDatabase).Users.Identities.Link(t.Context(), adaID, byToken(second.AccessToken))
		refusedBy[*management.BadRequestError](t, err, http.StatusBadRequest, "JWT (link_with) contains an invalid aud claim.", "")
		if held(t, googleID).ID == "" {
			t.Error("linked all the same")
		}
	})
	run(t, "link: to another user", func(t *testing.T) {
		second := tokens(t, google, "google-oauth2", nil)
		_, err := person(t, ada, usersDatabase).Users.Identities.Link(t.Context(), charlesID, byToken(second.IDToken))
		refusedBy[*management.ForbiddenError](t, err, http.StatusForbidden, "", "unowned_resource")
		if held(t, googleID).ID == "" {
			t.Error("linked all the same")
		}
	})
	run(t, "link: by id", func(t *testing.T) {
		identities, err := machine(t).Users.Identities.Link(t.Context(), adaID, byID(googleID))
		if err != nil || len(identities) != 2 || held(t, googleID).ID != "" {
			t.Errorf("got %v, %v", identities, err)
		}
	})
	run(t, "unlink", func(t *testing.T) {
		if _, err := machine(t).Users.Identities.Link(t.Context(), adaID, byID(googleID)); err != nil {
			t.Fatal(err)
		}
		identities, err := person(t, ada, usersDatabase).Users.Identities.Delete(t.Context(), adaID,
			management.UserIdentityProviderEnumGoogleOauth2.Ptr(), strings.TrimPrefix(googleID, "google-oauth2|"))
		if err != nil || len(identities) != 1 || identities[0].Provider != "auth0" {
			t.Errorf("got %v, %v", identities, err)
		}
		if alone := held(t, googleID); len(alone.Identities) != 1 || alone.UserMetadata != nil || len(held(t, adaID).Identities) != 1 {
			t.Errorf("the tenant holds %+v", alone)
		}
	})
	run(t, "unlink: a prefixed id removes nothing", func(t *testing.T) {
		if _, err := machine(t).Users.Identities.Link(t.Context(), adaID, byID(googleID)); err != nil {
			t.Fatal(err)
		}
		identities, err := machine(t).Users.Identities.Delete(t.Context(), adaID, management.UserIdentityProviderEnumGoogleOauth2.Ptr(), googleID)
		if err != nil || len(identities) != 2 || len(held(t, adaID).Identities) != 2 {
			t.Errorf("got %v, %v", identities, err)
		}
	})
	run(t, "users by address", func(t *testing.T) {
		users, err := machine(t).Users.ListUsersByEmail(t.Context(), &management.ListUsersByEmailRequestParameters{Email: google})
		if err != nil || len(users) != 1 || users[0].GetUserID() != googleID {
			t.Errorf("got %v, %v", users, err)
		}
	})
	run(t, "sessions: ended", func(t *testing.T) {
		own, other := signIn(t, ada, usersDatabase, nil), signIn(t, google, "google-oauth2", nil)
		if !own.isSignedIn(t) {
			t.Fatal("no session")
		}
		if err := machine(t).Users.Sessions.Delete(t.Context(), adaID); err != nil {
			t.Fatal(err)
		}
		if own.isSignedIn(t) || !other.isSignedIn(t) {
			t.Error("not the sessions of this user, and of no other")
		}
	})
	run(t, "refresh tokens: ended", func(t *testing.T) {
		offline := url.Values{"scope": {"openid offline_access"}}
		own, other := tokens(t, ada, usersDatabase, offline), tokens(t, google, "google-oauth2", offline)
		if err := machine(t).Users.RefreshToken.Delete(t.Context(), adaID); err != nil {
			t.Fatal(err)
		}
		_, err := refresh(t, own.RefreshToken)
		refused(t, err, http.StatusForbidden, "invalid_grant", "Unknown or invalid refresh token.")
		if _, err := refresh(t, other.RefreshToken); err != nil {
			t.Errorf("another user's: %v", err)
		}
	})
	run(t, "errors: BadRequestError", func(t *testing.T) {
		_, err := machine(t).Users.Identities.Delete(t.Context(), adaID, management.UserIdentityProviderEnumAuth0.Ptr(), strings.TrimPrefix(adaID, "auth0|"))
		refusedBy[*management.BadRequestError](t, err, http.StatusBadRequest, "Main identity cannot be removed.", "")
	})
	run(t, "errors: UnauthorizedError", func(t *testing.T) {
		_, err := api(t, option.WithToken("guessed")).Users.Get(t.Context(), adaID, nil)
		refusedBy[*management.UnauthorizedError](t, err, http.StatusUnauthorized, "Invalid token", "")
	})
	run(t, "errors: ForbiddenError", func(t *testing.T) {
		reader := api(t, option.WithClientCredentials(context.Background(), readerID, readerSecret))
		_, err := reader.Users.Identities.Link(t.Context(), adaID, byID(googleID))
		refusedBy[*management.ForbiddenError](t, err, http.StatusForbidden,
			"Insufficient scope, expected any of: update:users,update:current_user_identities", "insufficient_scope")
	})
	run(t, "errors: NotFoundError", func(t *testing.T) {
		_, err := machine(t).Users.Get(t.Context(), "auth0|000000000000000000000000", nil)
		refusedBy[*management.NotFoundError](t, err, http.StatusNotFound, "The user does not exist.", "inexistent_user")
	})
	run(t, "errors: ConflictError", func(t *testing.T) {
		for _, id := range []string{adaID, charlesID} {
			_, err := machine(t).Users.Identities.Link(t.Context(), id, byID(googleID))
			if id == charlesID {
				refusedBy[*management.ConflictError](t, err, http.StatusConflict, "", "")
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
	run(t, "left out, and said by name: the lists of connections, clients and users", func(t *testing.T) {
		api := machine(t)
		_, connections := api.Connections.List(t.Context(), &management.ListConnectionsQueryParameters{})
		_, clients := api.Clients.List(t.Context(), &management.ListClientsRequestParameters{})
		_, users := api.Users.List(t.Context(), &management.ListUsersRequestParameters{})
		for _, err := range []error{connections, clients, users} {
			refusedBy[*management.NotFoundError](t, err, http.StatusNotFound, "Not Found. ", "unsupported_endpoint")
		}
	})
}
