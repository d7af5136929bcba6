package platform

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestMemory(t *testing.T) {
	var s Storage = &Memory{}
	if v, found := s.Get("a"); v != "" || found || len(s.Keys()) != 0 {
		t.Errorf("at first: %q, %v, %q", v, found, s.Keys())
	}
	for _, value := range []string{"1", "2"} {
		if err := s.Set("a", value); err != nil {
			t.Fatal(err)
		}
		if v, found := s.Get("a"); v != value || !found {
			t.Errorf("got %q, %v", v, found)
		}
	}
	if keys := s.Keys(); len(keys) != 1 || keys[0] != "a" {
		t.Errorf("keys %q", keys)
	}
	if s.Delete("a"); len(s.Keys()) != 0 {
		t.Error("a deleted key is still there")
	}
	_ = s.Set("b", "3")
	for _, want := range []string{"3", ""} {
		if v, found := s.Pop("b"); v != want || found != (want != "") {
			t.Errorf("popped %q, %v, want %q", v, found, want)
		}
	}
}

func TestWithin(t *testing.T) {
	failed := errors.New("failed")
	// after answers, or fails, after so long.
	after := func(d time.Duration, err error) Fetcher {
		return func(ctx context.Context, _ Request) (*Response, error) {
			if stopped := Sleep(ctx, d); stopped != nil {
				return nil, stopped
			}
			return &Response{Status: 503}, err
		}
	}
	for _, test := range []struct {
		name     string
		fetch    Fetcher
		deadline time.Duration // of the caller
		want     error
	}{
		{"an answer of any status", after(time.Second, nil), time.Hour, nil},
		{"another error", after(time.Second, failed), time.Hour, failed},
		{"no answer in time", after(time.Minute, nil), time.Hour, ErrNetwork},
		{"the caller's deadline", after(time.Minute, nil), time.Second, context.DeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
				defer cancel()
				resp, err := test.fetch.Within(ctx, 20*time.Second, Request{})
				if !errors.Is(err, test.want) || (err == nil) != (resp != nil) {
					t.Errorf("got %v, %v; want %v", resp, err, test.want)
				}
			})
		})
	}
}
