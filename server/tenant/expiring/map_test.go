package expiring

import (
	"fmt"
	"testing"
	"time"
)

func TestMap(t *testing.T) {
	at := time.Unix(0, 0)
	m := New[int](func() time.Time { return at }, time.Minute, 3)
	for n := range 10 {
		m.Put(fmt.Sprint(n), n)
	}
	for n := range 10 {
		if _, ok := m.Get(fmt.Sprint(n)); ok != (n >= 7) {
			t.Errorf("%d is there: %t", n, ok)
		}
	}
	if !m.Update("9", func(v *int) { *v = 90 }) || m.Update("0", func(*int) {}) {
		t.Error("Update does not tell what is there")
	}
	if v, ok := m.Pop("9"); v != 90 || !ok {
		t.Errorf("Pop = %d, %t", v, ok)
	}
	if _, ok := m.Pop("9"); ok {
		t.Error("popped twice")
	}
	m.DeleteFunc(func(v int) bool { return v == 8 })
	if _, ok := m.Get("8"); ok {
		t.Error("deleted, but there")
	}
	at = at.Add(time.Minute)
	if _, ok := m.Get("7"); ok {
		t.Error("expired, but there")
	}
}

func TestMapDoesNotGrow(t *testing.T) {
	at := time.Unix(0, 0)
	m := New[int](func() time.Time { return at }, time.Minute, 3)
	m.Put("old", 1)
	at = at.Add(time.Minute)
	m.Put("x", 1)
	if len(m.entries) != 1 || len(m.order) != 1 {
		t.Errorf("expired entries are still there: %v", m.entries)
	}
	for n := range 1000 {
		m.Put(fmt.Sprint("popped", n), n)
		m.Pop(fmt.Sprint("popped", n))
	}
	if len(m.order) > 3 {
		t.Errorf("%d keys are still there", len(m.order))
	}
}
