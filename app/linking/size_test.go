package linking

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// sized are two accounts, of which the second has settings of so many bytes.
func sized(bytes ...int) (first, second Account) {
	first = Account{Subject: "auth0|1", Provider: "auth0", Email: "a@example.com", EmailVerified: true, Size: 3000}
	second = Account{Subject: "google-oauth2|2", Provider: "google-oauth2", Email: "b@example.com", EmailVerified: true,
		Size: 6000, ProfileSize: 1000, Metadata: map[string]any{}}
	for i, n := range bytes {
		second.Metadata[fmt.Sprint("key", i)] = strings.Repeat("x", n-len(`"key0":"",`))
	}
	return first, second
}

// The size of the profile to be is known before the link, and changes with the choices.
func TestSize(t *testing.T) {
	first, second := sized(2000, 500)
	policy := Policy{MaxSize: 5000}
	p, err := NewPlan(first, second, policy)
	if err != nil || p.Size() != 6500 || p.Excess() != 1500 {
		t.Fatalf("%v: %d, %d too many", err, p.Size(), p.Excess())
	}
	if p = p.With("key0", KeepPrimary); p.Size() != 4500 || p.Excess() != 0 {
		t.Errorf("without a key %d, %d too many", p.Size(), p.Excess())
	}
	policy.MaxSize = 0
	if p, err := NewPlan(first, second, policy); err != nil || p.Excess() != 0 {
		t.Errorf("without a limit: %v, %d too many", err, p.Excess())
	}
}

// A value that takes the place of another one counts by the difference; half of a list is told
// in full.
func TestSizeOfReplaced(t *testing.T) {
	first, second := sized()
	first.Metadata = map[string]any{"a": "12345", "list": []any{"x"}}
	second.Metadata = map[string]any{"a": "1", "list": []any{"y"}}
	p, err := NewPlan(first, second, Policy{MaxSize: 4000})
	if err != nil || p.Size() != 4000 {
		t.Fatalf("%v: %d", err, p.Size())
	}
	if p = p.With("a", KeepSecondary); p.Size() != 3996 {
		t.Errorf("with a shorter value %d", p.Size())
	}
	if p = p.With("list", KeepBoth); p.Size() != 4000 {
		t.Errorf("with both lists %d", p.Size())
	}
}

// A profile that is too large already is made no larger. What does not fit is never sent.
func TestTooLarge(t *testing.T) {
	first, second := sized(500)
	first.Metadata = map[string]any{"theme": "dark"}
	second.Metadata["theme"] = "x"
	p, err := NewPlan(first, second, Policy{MaxSize: 1000})
	if err != nil || p.Excess() != 500 {
		t.Fatalf("%v: %d too many", err, p.Excess())
	}
	out, err := Ceremony{}.Link(context.Background(), p, "token") // with no API it would panic
	if !errors.Is(err, ErrTooLarge) || out.State != NotLinked {
		t.Errorf("%v, %s", err, out.State)
	}
	if p = p.With("key0", KeepPrimary).With("theme", KeepSecondary); p.Excess() != 0 {
		t.Errorf("a shorter value in place of another: %d too many", p.Excess())
	}
}
