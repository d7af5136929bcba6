package tenant

import (
	"fmt"
	"testing"
	"time"
)

func TestExpiring(t *testing.T) {
	at := time.Unix(0, 0)
	e := newExpiring[int](func() time.Time { return at }, time.Minute, 3)
	for n := range 10 {
		e.put(fmt.Sprint(n), n)
	}
	for n := range 10 {
		if _, ok := e.get(fmt.Sprint(n)); ok != (n >= 7) {
			t.Errorf("%d is there: %t", n, ok)
		}
	}
	if !e.edit("9", func(v *int) { *v = 90 }) || e.edit("0", func(*int) {}) {
		t.Error("edit does not tell what is there")
	}
	if v, ok := e.take("9"); v != 90 || !ok {
		t.Errorf("take = %d, %t", v, ok)
	}
	if _, ok := e.take("9"); ok {
		t.Error("taken twice")
	}
	e.drop(func(v int) bool { return v == 8 })
	if _, ok := e.get("8"); ok {
		t.Error("dropped, but there")
	}
	at = at.Add(time.Minute)
	if _, ok := e.get("7"); ok {
		t.Error("expired, but there")
	}
	e.put("x", 1)
	if len(e.entries) != 1 || len(e.order) != 1 {
		t.Errorf("the expired are kept: %v", e.entries)
	}
	for n := range 1000 {
		e.put(fmt.Sprint("taken", n), n)
		e.take(fmt.Sprint("taken", n))
	}
	if len(e.order) > 3 {
		t.Errorf("%d keys are kept", len(e.order))
	}
}
