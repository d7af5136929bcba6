package management

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"twinlock/app/secret"
)

// A 401 has changed nothing: a call is made once more with another token, if there is one.
func TestRefusedToken(t *testing.T) {
	good := reply(201, recorded(t, "linked.json"))
	refusal := reply(401, `{"statusCode":401,"error":"Unauthorized","message":"Expired token received for JSON Web Token validation"}`)
	errNoMore := errors.New("it cannot be renewed")
	for _, tt := range []struct {
		name     string
		answers  []any
		next     secret.Token
		none     error
		wantErr  error
		requests int
		refused  []secret.Token
	}{
		{name: "renewed", answers: []any{refusal, good}, next: "access-2", requests: 2, refused: []secret.Token{"access-1"}},
		{name: "refused again", answers: []any{refusal}, next: "access-2", wantErr: ErrExpiredToken, requests: 2, refused: []secret.Token{"access-1"}},
		{name: "not renewed", answers: []any{refusal, good}, next: "access-1", wantErr: ErrExpiredToken, requests: 1, refused: []secret.Token{"access-1"}},
		{name: "ended", answers: []any{refusal, good}, none: errNoMore, wantErr: errNoMore, requests: 1, refused: []secret.Token{"access-1"}},
		{name: "forbidden", answers: []any{reply(403, `{"errorCode":"insufficient_scope"}`)}, next: "access-2", wantErr: ErrScope, requests: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, c := newAPI(t, tt.answers...)
			var refused []secret.Token
			c.Refused = func(token secret.Token) { refused = append(refused, token) }
			c.Token = func(context.Context) (secret.Token, error) {
				if refused == nil {
					return "access-1", nil
				}
				return tt.next, tt.none
			}
			_, err := c.Link(t.Context(), "auth0|63d17c6a9d503d76c056c177", "t")
			if !errors.Is(err, tt.wantErr) || (err == nil) != (tt.wantErr == nil) {
				t.Errorf("Link = %v, want %v", err, tt.wantErr)
			}
			if len(a.requests) != tt.requests || !slices.Equal(refused, tt.refused) {
				t.Errorf("%d requests, want %d; refused %q", len(a.requests), tt.requests, refused)
			}
		})
	}
}

// Attack case 44: the API says by its own clock when a rate limit ends.
func TestRateLimitByAnotherClock(t *testing.T) {
	for _, ahead := range []time.Duration{20 * time.Hour, 10 * time.Minute, -2 * time.Minute} {
		for _, header := range [][]string{
			{"x-ratelimit-reset", strconv.FormatInt(start.Add(ahead+7*time.Second).Unix(), 10)},
			{"retry-after", start.Add(ahead + 7*time.Second).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")},
			{"retry-after", "7"},
		} {
			a, c := newAPI(t, limited(header...), reply(200, recorded(t, "user.json")))
			c.Ahead = func() time.Duration { return ahead }
			if _, err := c.User(t.Context(), adaID); err != nil || !slices.Equal(a.slept, []time.Duration{7 * time.Second}) {
				t.Errorf("%v ahead, %s: %v, slept %v", ahead, header, err, a.slept)
			}
		}
	}
}
