package management

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"twinlock/app/platform"
	"twinlock/app/secret"
)

const (
	adaID = "auth0|63d17c4a9d503d76c056c160"
	base  = "https://tenant.example/api/v2/"
)

var start = time.Unix(1_700_000_000, 0)

// api answers with what a test gives it, in turn; the last answer stays.
type api struct {
	t        *testing.T
	answers  []any // *platform.Response or error
	requests []platform.Request
	slept    []time.Duration
	told     []time.Time
	tokens   int
}

func (a *api) fetch(_ context.Context, r platform.Request) (*platform.Response, error) {
	a.requests = append(a.requests, r)
	answer := a.answers[min(len(a.requests), len(a.answers))-1]
	if err, ok := answer.(error); ok {
		return nil, err
	}
	return answer.(*platform.Response), nil
}

func newAPI(t *testing.T, answers ...any) (*api, *Client) {
	a := &api{t: t, answers: answers}
	now := start
	return a, &Client{
		Base:  base,
		Fetch: a.fetch,
		Token: func(context.Context) (secret.Token, error) { a.tokens++; return "access-1", nil },
		Now:   func() time.Time { return now },
		Sleep: func(ctx context.Context, d time.Duration) error {
			a.slept = append(a.slept, d)
			now = now.Add(d)
			return ctx.Err()
		},
		OnWait: func(until time.Time) { a.told = append(a.told, until) },
	}
}

func reply(status int, body string) *platform.Response {
	return &platform.Response{
		Status: status,
		Header: map[string]string{"content-type": "application/json; charset=utf-8"},
		Body:   []byte(body),
	}
}

// recorded returns a real answer, its names changed.
func recorded(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
