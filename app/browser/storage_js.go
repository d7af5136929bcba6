//go:build js

package browser

import (
	"fmt"
	"syscall/js"
)

const (
	localStorage   = webStorage("localStorage")
	sessionStorage = webStorage("sessionStorage")
)

// webStorage is the name of a property of window. The property is read at each use,
// because reading it throws where site data is blocked.
type webStorage string

func (s webStorage) object() js.Value { return global(string(s)) }

func (s webStorage) Get(key string) (value string, ok bool) {
	_ = try(func() {
		if v := s.object().Call("getItem", key); v.Type() == js.TypeString {
			value, ok = v.String(), true
		}
	})
	return value, ok
}

func (s webStorage) Set(key, value string) error {
	if err := try(func() { s.object().Call("setItem", key, value) }); err != nil {
		return fmt.Errorf("storage refused: %w", err)
	}
	return nil
}

func (s webStorage) Delete(key string) {
	_ = try(func() { s.object().Call("removeItem", key) })
}

func (s webStorage) Keys() (keys []string) {
	_ = try(func() {
		o := s.object()
		for i := range o.Get("length").Int() {
			keys = append(keys, textOf(o.Call("key", i)))
		}
	})
	return keys
}
