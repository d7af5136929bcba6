package management

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"twinlock/app/platform"
)

func TestErrors(t *testing.T) {
	body := func(status int, message string) string {
		data, _ := json.Marshal(map[string]any{"statusCode": status, "error": "x", "message": message})
		return string(data)
	}
	tests := []struct {
		status int
		body   string
		want   Kind
	}{
		// Bodies that were seen.
		{400, `{"statusCode":400,"error":"Bad Request","message":"The provider/connection is not configured.","errorCode":"inexistent_connection"}`, ErrConnection},
		{400, `{"statusCode":400,"error":"Bad Request","message":"Query validation error: ...","errorCode":"invalid_query_string"}`, ErrRequest},
		{401, `{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}`, ErrUnauthorized},
		{401, `{"statusCode":401,"error":"Unauthorized","message":"Expired token received for JSON Web Token validation","attributes":{"error":"Expired token received for JSON Web Token validation"}}`, ErrExpiredToken},
		{403, `{"statusCode":403,"error":"Forbidden","message":"Insufficient scope, expected any of: read:users,read:current_user,read:user_idp_tokens","errorCode":"insufficient_scope"}`, ErrScope},
		{403, `{"statusCode":403,"error":"Forbidden","message":"User to be acted on does not match subject in bearer token.","errorCode":"unowned_resource"}`, ErrForeignUser},
		{404, `{"statusCode":404,"error":"Not Found","message":"The user does not exist.","errorCode":"inexistent_user"}`, ErrNoUser},
		{429, `{"statusCode":429,"error":"Too Many Requests","message":"Global limit has been reached","errorCode":"too_many_requests"}`, ErrRateLimited},
		{401, body(401, "Bad audience: https://other.example/api/v2/"), ErrUnauthorized},
		{400, body(400, "Bad HTTP authentication header format"), ErrRequest},
		// Sentences that are documented.
		{400, body(400, "Invalid request body"), ErrRequest},
		{400, body(400, "The provider/connection is not configured."), ErrConnection},
		{400, body(400, "Main identity and the new one are the same."), ErrSameIdentity},
		{400, body(400, "Main identity cannot be removed."), ErrMainIdentity},
		{400, body(400, "Invalid token (link_with)."), ErrLinkToken},
		{400, body(400, "JWT (link_with) contains an invalid aud claim."), ErrLinkToken},
		{400, body(400, "JWT (link_with) must contains sub claim."), ErrLinkToken},
		{400, body(400, "JWT (link_with) contains an invalid sub claim."), ErrLinkToken},
		{400, body(400, "JWT (link_with) must have an alg of RS256."), ErrLinkToken},
		{400, body(400, "JWT (link_with) must have the same issuer as the calling user."), ErrLinkToken},
		{400, body(400, "JWT (link_with) must have an aud claim that matches that of the calling token's azp."), ErrLinkToken},
		{400, body(400, "Linking to an inexistent identity requires a connection."), ErrConnection},
		{400, body(400, "Linking to an inexistent identity is not allowed."), ErrConnection},
		{400, body(400, "Unable to link with the secondary account."), ErrSecondary},
		{400, body(400, "Provided secondary account not found."), ErrSecondaryGone},
		{401, body(401, "Invalid token"), ErrUnauthorized},
		{401, body(401, "Invalid signature received for JSON Web Token validation"), ErrUnauthorized},
		{403, body(403, "Insufficient scope; expected: update:users, update:current_user_identities."), ErrScope},
		{403, body(403, "User to be acted on does not match subject in bearer token."), ErrForeignUser},
		{404, body(404, "The user does not exist."), ErrNoUser},
		{409, body(409, "Specified identity already exists."), ErrAlreadyLinked},
		// The code goes before the words, a code that says little does not.
		{403, `{"message":"Insufficient scope","errorCode":"unowned_resource"}`, ErrForeignUser},
		{400, `{"message":"Main identity cannot be removed.","errorCode":"invalid_body"}`, ErrMainIdentity},
		{400, `{"message":"MAIN IDENTITY CANNOT BE REMOVED","errorCode":"new_code"}`, ErrMainIdentity},
		{500, `{"message":"The user does not exist.","errorCode":"inexistent_user"}`, ErrServer},
		// Answers of others than the API.
		{403, `{"message":"no"}`, ErrForbidden},
		{404, `<html>not found`, ErrAnswer},
		{404, body(404, "Not Found"), ErrAnswer},
		{502, `<html>Bad gateway`, ErrServer},
		{429, ``, ErrRateLimited},
		{409, `null`, ErrAlreadyLinked},
		{204, ``, ErrAnswer},
		{202, `{}`, ErrAnswer},
		{304, ``, ErrAnswer},
		{418, `{}`, ErrAnswer},
		{400, `{"message":"Main identity cannot be removed.","message":"x"}`, ErrRequest},
		{400, strings.Repeat("[", 1000), ErrRequest},
		{400, `{"message":{"a":1},"errorCode":5}`, ErrRequest},
	}
	for _, tt := range tests {
		_, c := newAPI(t, reply(tt.status, tt.body))
		_, err := c.PatchMetadata(t.Context(), adaID, map[string]any{"a": 1})
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, tt.want) || e.Status != tt.status || e.Kind != tt.want {
			t.Errorf("%d %.120s: %v, want %v", tt.status, tt.body, err, tt.want)
		}
	}
}

func TestErrorTextIsInert(t *testing.T) {
	_, c := newAPI(t, reply(400, `{"message":"a\u0000b\r\nc\u202ed`+strings.Repeat("x", 2000)+`","errorCode":"`+strings.Repeat("y", 200)+`"}`))
	_, err := c.PatchMetadata(t.Context(), adaID, map[string]any{"a": 1})
	var e *Error
	if !errors.As(err, &e) || !strings.HasPrefix(e.Message, "ab cdx") || len([]rune(e.Message)) != maxMessage || len([]rune(e.Code)) != maxCode {
		t.Errorf("%+v", e)
	}
	if strings.ContainsAny(err.Error(), "\x00\r\n\u202e") {
		t.Errorf("%q", err)
	}
}

func TestErrorsKeepSecrets(t *testing.T) {
	for _, answer := range []any{reply(400, `{}`), reply(201, `{`), platform.ErrNetwork, platform.ErrTooLarge} {
		_, c := newAPI(t, answer)
		_, err := c.Link(t.Context(), adaID, "second.id.token")
		if err == nil || strings.Contains(err.Error(), "second.id.token") || strings.Contains(err.Error(), "access-1") {
			t.Errorf("%v", err)
		}
	}
}

func TestTooLarge(t *testing.T) {
	_, c := newAPI(t, platform.ErrTooLarge)
	if _, err := c.User(t.Context(), adaID); !errors.Is(err, ErrAnswer) || !errors.Is(err, platform.ErrTooLarge) {
		t.Errorf("User = %v", err)
	}
}
