package sealed

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

type thing struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// one returns a record in a vault of its own, and the time that it knows.
func one(t *testing.T) (*Record, *time.Time) {
	t.Helper()
	now := start
	vault := browser.NewScope("/", "https://tenant.example/", t.Name(), "").Vault()
	t.Cleanup(func() { _ = vault.Wipe(context.Background()) })
	return &Record{Vault: vault, Name: "thing", Version: 2, Now: func() time.Time { return now }}, &now
}

func TestRecord(t *testing.T) {
	ctx := t.Context()
	r, now := one(t)
	if _, err := r.Get(ctx, "auth0|1", &thing{}); !errors.Is(err, platform.ErrNoEntry) {
		t.Errorf("at first: %v", err)
	}
	for _, value := range []thing{{"one", nil}, {"two", json.Number("12345678901234567890")}} {
		if err := r.Put(ctx, "auth0|1", value); err != nil {
			t.Fatal(err)
		}
		*now = now.Add(time.Hour)
		var got thing
		stored, err := r.Get(ctx, "auth0|1", &got)
		if err != nil || got != value || !stored.Equal(now.Add(-time.Hour)) {
			t.Errorf("got %v of %v, %v; want %v", got, stored, err, value)
		}
	}
	if _, err := r.Get(ctx, "auth0|2", &thing{}); !errors.Is(err, platform.ErrSealBroken) {
		t.Errorf("bound to another: %v", err)
	}
	for range 2 {
		if err := r.Delete(ctx); err != nil {
			t.Error(err)
		}
	}
	if _, err := r.Get(ctx, "auth0|1", &thing{}); !errors.Is(err, platform.ErrNoEntry) {
		t.Errorf("deleted: %v", err)
	}
}

func TestSystemsClock(t *testing.T) {
	r, _ := one(t)
	r.Now = nil
	if err := r.Put(t.Context(), "", thing{}); err != nil {
		t.Fatal(err)
	}
	if stored, err := r.Get(t.Context(), "", &thing{}); err != nil || time.Since(stored).Abs() > time.Hour {
		t.Errorf("stored at %v, %v", stored, err)
	}
}

func TestAge(t *testing.T) {
	const life, skew = 10 * time.Minute, time.Minute
	for _, test := range []struct {
		name  string
		life  time.Duration
		after time.Duration
		want  error
	}{
		{"at the limit", life, life, nil},
		{"too old", life, life + 1, ErrAge},
		{"clock set back a little", life, -skew, nil},
		{"clock set back", life, -skew - 1, ErrAge},
		{"for ever", 0, 100 * 365 * 24 * time.Hour, nil},
		{"for ever, clock set back", 0, -100 * 365 * 24 * time.Hour, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, now := one(t)
			r.Life, r.ClockSkew = test.life, skew
			if err := r.Put(t.Context(), "", thing{}); err != nil {
				t.Fatal(err)
			}
			*now = now.Add(test.after)
			if _, err := r.Get(t.Context(), "", &thing{}); !errors.Is(err, test.want) {
				t.Errorf("Get: %v, want %v", err, test.want)
			}
		})
	}
}

const golden = `{"v":2,"at":"2026-03-01T12:00:00Z","value":{"name":"one","value":[1]}}`

func TestStoredForm(t *testing.T) {
	r, _ := one(t)
	if err := r.Put(t.Context(), "", thing{"one", []int{1}}); err != nil {
		t.Fatal(err)
	}
	if data, err := r.Vault.Get(t.Context(), r.Name, ""); err != nil || string(data) != golden {
		t.Errorf("stored %s, %v", data, err)
	}
	change := func(old, new string) string { return strings.Replace(golden, old, new, 1) }
	for name, test := range map[string]struct {
		data       string
		want, bare bool
	}{
		"as written":                   {data: golden, want: true, bare: true},
		"without an envelope":          {data: `{"name":"one","value":1}`, bare: true},
		"nothing":                      {data: ``},
		"null":                         {data: `null`},
		"a list":                       {data: `[]`},
		"cut off":                      {data: golden[:len(golden)-1]},
		"more follows":                 {data: golden + `{}`},
		"another version":              {data: change(`"v":2`, `"v":3`)},
		"no version":                   {data: change(`"v":2,`, ``)},
		"no value":                     {data: change(`,"value":{"name":"one","value":[1]}`, ``)},
		"unknown member":               {data: change(`"v":2`, `"v":2,"x":1`)},
		"unknown member of the value":  {data: change(`"name"`, `"x":1,"name"`)},
		"another value":                {data: change(`"one"`, `1`)},
		"bare, with an unknown member": {data: `{"name":"one","x":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			for bare, want := range map[bool]bool{false: test.want, true: test.bare} {
				r.Bare = bare
				if err := r.Vault.Put(t.Context(), r.Name, "", []byte(test.data)); err != nil {
					t.Fatal(err)
				}
				var got thing
				_, err := r.Get(t.Context(), "", &got)
				if want != (err == nil) || err != nil && !errors.Is(err, platform.ErrSealBroken) {
					t.Errorf("bare %v: %v", bare, err)
				}
				if want && got.Name != "one" {
					t.Errorf("bare %v: got %v", bare, got)
				}
			}
		})
	}
}

func TestValueThatIsNotJSON(t *testing.T) {
	r, _ := one(t)
	if err := r.Put(t.Context(), "", thing{Value: func() {}}); err == nil {
		t.Error("stored a function")
	}
}

func FuzzGet(f *testing.F) {
	f.Add([]byte(golden))
	f.Add([]byte(`{"name":"one","value":[1e400]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, _ := one(t)
		r.Bare = true
		if err := r.Vault.Put(t.Context(), r.Name, "", data); err != nil {
			t.Fatal(err)
		}
		var value, again thing
		_, err := r.Get(t.Context(), "", &value)
		if err != nil {
			return
		}
		if err := r.Put(t.Context(), "", value); err != nil {
			t.Fatal(err)
		}
		_, err = r.Get(t.Context(), "", &again)
		if a, b := mustJSON(t, again), mustJSON(t, value); err != nil || a != b {
			t.Errorf("read again it is %s, was %s: %v", a, b, err)
		}
	})
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
