package goauth0

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/auth0/go-auth0/v2/authentication"
	"github.com/auth0/go-auth0/v2/authentication/database"
	"github.com/auth0/go-auth0/v2/authentication/oauth"
	"github.com/auth0/go-auth0/v2/authentication/passwordless"
)

// authClient returns a client of the single-page application, or of the one in the options.
func authClient(t *testing.T, options ...authentication.Option) *authentication.Authentication {
	t.Helper()
	options = append([]authentication.Option{authentication.WithClientID(clientID), authentication.WithNoRetries()}, options...)
	client, err := authentication.New(t.Context(), domain, options...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// exchange redeems the code of a login. The client checks the ID token.
func (l login) exchange(t *testing.T, client *authentication.Authentication, want oauth.IDTokenValidationOptions) (*oauth.TokenSet, error) {
	want.Nonce = l.nonce
	return client.OAuth.LoginWithAuthCodeWithPKCE(t.Context(), oauth.LoginWithAuthCodeWithPKCERequest{
		Code: l.code, CodeVerifier: l.verifier, RedirectURI: callback}, want)
}

// tokens signs in and returns the tokens.
func tokens(t *testing.T, email, connection string, more url.Values) *oauth.TokenSet {
	t.Helper()
	set, err := signIn(t, email, connection, more).exchange(t, authClient(t), oauth.IDTokenValidationOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func refresh(t *testing.T, token string) (*oauth.TokenSet, error) {
	return authClient(t).OAuth.RefreshToken(t.Context(), oauth.RefreshTokenRequest{RefreshToken: token},
		oauth.IDTokenValidationOptions{})
}

// refused asserts that the client tells what the tenant said. No text: any.
func refused(t *testing.T, err error, status int, code, text string) {
	t.Helper()
	var told *authentication.Error
	if !errors.As(err, &told) {
		t.Fatalf("got %v, want an error of the API", err)
	}
	if told.Status() != status || told.Err != code || text != "" && told.Message != text {
		t.Errorf("got %d %s %q, want %d %s %q", told.Status(), told.Err, told.Message, status, code, text)
	}
}

func TestAuthentication(t *testing.T) {
	run(t, "code: database", func(t *testing.T) {
		client := authClient(t)
		set, err := signIn(t, ada, usersDatabase, nil).exchange(t, client, oauth.IDTokenValidationOptions{})
		if err != nil {
			t.Fatal(err)
		}
		user, err := client.UserInfo(t.Context(), set.AccessToken)
		if err != nil || user.Sub != adaID || user.Email != ada {
			t.Errorf("got %+v, %v", user, err)
		}
	})
	run(t, "code: social", func(t *testing.T) {
		set := tokens(t, google, "google-oauth2", nil)
		if user, err := authClient(t).UserInfo(t.Context(), set.AccessToken); err != nil || user.Sub != googleID {
			t.Errorf("got %+v, %v", user, err)
		}
	})
	run(t, "code: a maximal age", func(t *testing.T) {
		want := oauth.IDTokenValidationOptions{MaxAge: time.Minute}
		if _, err := signIn(t, ada, usersDatabase, url.Values{"max_age": {"60"}}).exchange(t, authClient(t), want); err != nil {
			t.Error(err)
		}
		_, err := signIn(t, ada, usersDatabase, nil).exchange(t, authClient(t), want)
		if err == nil || !strings.Contains(err.Error(), "auth_time claim must be a number") {
			t.Errorf("auth_time where nobody asked for it: %v", err)
		}
	})
	run(t, "code: another nonce", func(t *testing.T) {
		l := signIn(t, ada, usersDatabase, nil)
		l.nonce = "guessed"
		_, err := l.exchange(t, authClient(t), oauth.IDTokenValidationOptions{})
		if err == nil || !strings.Contains(err.Error(), "nonce claim value mismatch") {
			t.Errorf("got %v", err)
		}
	})
	run(t, "organization", func(t *testing.T) {
		want := oauth.IDTokenValidationOptions{Organization: organization}
		member := url.Values{"organization": {organization}}
		if _, err := signIn(t, grace, usersDatabase, member).exchange(t, authClient(t), want); err != nil {
			t.Error(err)
		}
		_, err := signIn(t, grace, usersDatabase, nil).exchange(t, authClient(t), want)
		if err == nil || !strings.Contains(err.Error(), "org_id claim must be a string") {
			t.Errorf("org_id where nobody asked for it: %v", err)
		}
	})
	run(t, "code: wrong verifier", func(t *testing.T) {
		l := signIn(t, ada, usersDatabase, nil)
		l.verifier = strings.Repeat("x", 43)
		_, err := l.exchange(t, authClient(t), oauth.IDTokenValidationOptions{})
		refused(t, err, http.StatusForbidden, "invalid_grant", "Failed to verify code verifier")
	})
	run(t, "code: an unknown one", func(t *testing.T) {
		l := signIn(t, ada, usersDatabase, nil)
		l.code = "guessed"
		_, err := l.exchange(t, authClient(t), oauth.IDTokenValidationOptions{})
		refused(t, err, http.StatusForbidden, "invalid_grant", "Invalid authorization code")
	})
	run(t, "code: a second time", func(t *testing.T) {
		l := signIn(t, ada, usersDatabase, url.Values{"scope": {"openid offline_access"}})
		set, err := l.exchange(t, authClient(t), oauth.IDTokenValidationOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = l.exchange(t, authClient(t), oauth.IDTokenValidationOptions{})
		refused(t, err, http.StatusForbidden, "invalid_grant", "Invalid authorization code")
		_, err = refresh(t, set.RefreshToken)
		refused(t, err, http.StatusForbidden, "invalid_grant", "Unknown or invalid refresh token.")
	})
	run(t, "keys, asked for once", func(t *testing.T) {
		client := authClient(t)
		for range 2 {
			if _, err := signIn(t, ada, usersDatabase, nil).exchange(t, client, oauth.IDTokenValidationOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		if got := statuses(t, "/.well-known/jwks.json"); !slices.Equal(got, []int{http.StatusOK}) {
			t.Errorf("requests for the keys: %v", got)
		}
	})
	run(t, "refresh tokens: rotation", func(t *testing.T) {
		first := tokens(t, ada, usersDatabase, url.Values{"scope": {"openid offline_access"}})
		second, err := refresh(t, first.RefreshToken)
		if err != nil || second.RefreshToken == "" || second.RefreshToken == first.RefreshToken {
			t.Fatalf("got %+v, %v", second, err)
		}
		if _, err := refresh(t, second.RefreshToken); err != nil {
			t.Error(err)
		}
	})
	run(t, "refresh tokens: reuse ends the family", func(t *testing.T) {
		first := tokens(t, ada, usersDatabase, url.Values{"scope": {"openid offline_access"}})
		second, err := refresh(t, first.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{first.RefreshToken, second.RefreshToken} {
			_, err := refresh(t, token)
			refused(t, err, http.StatusForbidden, "invalid_grant", "Unknown or invalid refresh token.")
		}
	})
	run(t, "refresh tokens: revocation", func(t *testing.T) {
		set := tokens(t, ada, usersDatabase, url.Values{"scope": {"openid offline_access"}})
		if err := authClient(t).OAuth.RevokeRefreshToken(t.Context(), oauth.RevokeRefreshTokenRequest{Token: set.RefreshToken}); err != nil {
			t.Fatal(err)
		}
		_, err := refresh(t, set.RefreshToken)
		refused(t, err, http.StatusForbidden, "invalid_grant", "Unknown or invalid refresh token.")
	})
	run(t, "client credentials", func(t *testing.T) {
		client := authClient(t, authentication.WithClientID(machineID), authentication.WithClientSecret(machineSecret))
		set, err := client.OAuth.LoginWithClientCredentials(t.Context(),
			oauth.LoginWithClientCredentialsRequest{Audience: "https://" + domain + "/api/v2/"}, oauth.IDTokenValidationOptions{})
		if err != nil || set.AccessToken == "" || set.IDToken != "" {
			t.Errorf("got %+v, %v", set, err)
		}
	})
	run(t, "client credentials: wrong secret", func(t *testing.T) {
		client := authClient(t, authentication.WithClientID(machineID), authentication.WithClientSecret("guessed"))
		_, err := client.OAuth.LoginWithClientCredentials(t.Context(),
			oauth.LoginWithClientCredentialsRequest{Audience: "https://" + domain + "/api/v2/"}, oauth.IDTokenValidationOptions{})
		refused(t, err, http.StatusUnauthorized, "access_denied", "Unauthorized")
	})
	run(t, "client credentials: another API", func(t *testing.T) {
		client := authClient(t, authentication.WithClientID(machineID), authentication.WithClientSecret(machineSecret))
		_, err := client.OAuth.LoginWithClientCredentials(t.Context(),
			oauth.LoginWithClientCredentialsRequest{Audience: "https://api.example/"}, oauth.IDTokenValidationOptions{})
		refused(t, err, http.StatusForbidden, "access_denied", "Service not enabled within domain: https://api.example/")
	})
	run(t, "password: the grant is not allowed", func(t *testing.T) {
		for realm, grant := range map[string]string{"": "password",
			usersDatabase: "http://auth0.com/oauth/grant-type/password-realm"} {
			_, err := authClient(t).OAuth.LoginWithPassword(t.Context(),
				oauth.LoginWithPasswordRequest{Username: ada, Password: password, Realm: realm}, oauth.IDTokenValidationOptions{})
			refused(t, err, http.StatusForbidden, "unauthorized_client", "Grant type '"+grant+"' not allowed for the client.")
		}
	})
	run(t, "profile: a token that is none", func(t *testing.T) {
		_, err := authClient(t).UserInfo(t.Context(), "guessed")
		refused(t, err, http.StatusUnauthorized, "Unauthorized", "")
	})
	run(t, "sign up", func(t *testing.T) {
		answer, err := authClient(t).Database.Signup(t.Context(), database.SignupRequest{Connection: usersDatabase,
			Email: "new@example.com", Password: password, UserMetadata: &map[string]any{"theme": "dark"}})
		if err != nil {
			t.Fatal(err)
		}
		if u := held(t, "auth0|"+answer.ID); u.UserMetadata["theme"] != "dark" {
			t.Errorf("the tenant holds %+v", u)
		}
	})
	run(t, "sign up: the user exists", func(t *testing.T) {
		_, err := authClient(t).Database.Signup(t.Context(), database.SignupRequest{Connection: usersDatabase,
			Email: ada, Password: password})
		refused(t, err, http.StatusBadRequest, "user_exists", "The user already exists.")
	})
	run(t, "forgotten password", func(t *testing.T) {
		if _, err := authClient(t).Database.ChangePassword(t.Context(),
			database.ChangePasswordRequest{Connection: usersDatabase, Email: ada}); err != nil {
			t.Fatal(err)
		}
		var messages []struct{ To string }
		if ask(t, http.MethodGet, "outbox", &messages); len(messages) != 1 || messages[0].To != ada {
			t.Errorf("messages: %v", messages)
		}
	})
	run(t, "left out, and said by name: pushed authorization requests", func(t *testing.T) {
		client := authClient(t, authentication.WithClientSecret("any"))
		_, err := client.OAuth.PushedAuthorization(t.Context(), oauth.PushedAuthorizationRequest{ResponseType: "code", RedirectURI: callback})
		refused(t, err, http.StatusNotImplemented, "unsupported_pushed_authorization_request", "")
	})
	run(t, "left out, and said by name: passwordless", func(t *testing.T) {
		_, err := authClient(t, authentication.WithClientSecret("any")).Passwordless.SendEmail(t.Context(),
			passwordless.SendEmailRequest{Email: ada, Connection: "email"})
		refused(t, err, http.StatusNotImplemented, "unsupported_passwordless", "")
	})
}
