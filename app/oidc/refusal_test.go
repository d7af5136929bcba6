package oidc

import (
	"errors"
	"testing"
)

// What Auth0 answers, and what kind of refusal it is.
func TestAuthorizationErrorKind(t *testing.T) {
	for _, tt := range []struct {
		code, description string
		want              error
		isNot             error
	}{
		{"access_denied", "Please verify your email before logging in.", ErrAccessDenied, ErrCancelled},
		{"access_denied", "", ErrAccessDenied, ErrCancelled},
		{"access_denied", "Unauthorized", ErrAccessDenied, ErrSetup}, // an Action may say this
		{"access_denied", "User did not authorize the request", ErrCancelled, nil},
		{"access_denied", "User did not authorize the request: not on Sundays", ErrAccessDenied, ErrCancelled},
		{"access_denied", "User has canceled the interaction.", ErrCancelled, nil},
		{"access_denied", "Permissions error", ErrCancelled, nil},
		{"access_denied", "The user cancelled LinkedIn login", ErrCancelled, nil},
		{"user_cancelled_login", "", ErrCancelled, nil},
		{"unauthorized", "User did not authorize the request", ErrUnauthorized, ErrCancelled},
		{"access_denied", "Service not found: https://tenant.example/api/v2", ErrAPI, ErrAccessDenied},
		{"access_denied", "user is not authorized to the audience for those scopes", ErrAPI, ErrAccessDenied},
		{"invalid_request", `Client "a" is not authorized to access resource server "b".`, ErrAPI, ErrAuthorization},
		{"invalid_request", "the connection was not found", ErrConnection, ErrAuthorization},
		{"invalid_request", "the connection was disabled", ErrConnection, nil},
		{"invalid_request", "the connection is not enabled for the client", ErrConnection, nil},
		{"invalid_request", "no connections enabled for the client", ErrConnection, nil},
		{"invalid_request", "Missing required parameter: nonce", ErrAuthorization, ErrSetup},
		{"unauthorized", "Please verify your email before logging in.", ErrUnauthorized, ErrBlocked},
		{"unauthorized", "user is blocked", ErrBlocked, ErrUnauthorized},
		{"unauthorized_client", "Grant type 'authorization_code' not allowed for the client.", ErrSetup, ErrAPI},
		{"too_many_attempts", "", ErrAttempts, nil},
		{"temporarily_unavailable", "", ErrUnavailable, nil},
		{"Access_Denied", "", ErrAuthorization, ErrAccessDenied},
	} {
		err := error(&AuthorizationError{Code: tt.code, Description: tt.description})
		if !errors.Is(err, tt.want) || tt.isNot != nil && errors.Is(err, tt.isNot) {
			t.Errorf("%s: %q is not an %v, or is an %v", tt.code, tt.description, tt.want, tt.isNot)
		}
	}
}

func TestTokenErrorKind(t *testing.T) {
	kinds := []error{ErrAccessDenied, ErrUnauthorized, ErrBlocked, ErrAttempts, ErrSecondFactor, ErrBusy, ErrUnavailable, ErrSetup}
	for _, tt := range []struct {
		answer TokenError
		want   error // nil: none of the kinds
	}{
		{TokenError{Status: 429}, ErrBusy},
		{TokenError{Status: 429, Code: "too_many_requests"}, ErrBusy},
		{TokenError{Status: 429, Code: "too_many_attempts"}, ErrAttempts},
		{TokenError{Status: 503}, ErrUnavailable},
		{TokenError{Status: 500, Code: "server_error"}, ErrUnavailable},
		{TokenError{Status: 403, Code: "mfa_required", Description: "Multifactor authentication required"}, ErrSecondFactor},
		{TokenError{Status: 403, Code: "unauthorized", Description: "user is blocked"}, ErrBlocked},
		{TokenError{Status: 401, Code: "blocked_user"}, ErrBlocked},
		{TokenError{Status: 401, Code: "access_denied", Description: "Unauthorized"}, ErrSetup},
		{TokenError{Status: 403, Code: "unauthorized_client"}, ErrSetup},
		{TokenError{Status: 403, Code: "access_denied", Description: "Not on Sundays."}, ErrAccessDenied},
		{TokenError{Status: 403, Code: "unauthorized", Description: "Not on Sundays."}, ErrUnauthorized},
		{TokenError{Status: 403, Code: "invalid_grant"}, nil},
		{TokenError{Status: 400}, nil},
	} {
		err := error(&tt.answer)
		if !errors.Is(err, ErrExchange) {
			t.Errorf("%v is no ErrExchange", err)
		}
		for _, kind := range kinds {
			if errors.Is(err, kind) != (kind == tt.want) {
				t.Errorf("%v is an %v: %v, want %v", err, kind, errors.Is(err, kind), tt.want)
			}
		}
	}
}
