//go:build js

package browser

import (
	"syscall/js"

	"twinlock/app/platform"
)

const (
	localStorage   = webStorage("localStorage")
	sessionStorage = webStorage("sessionStorage")
)

// tabsAreNamed: the boot script names each tab, where the browser keeps the name.
const tabsAreNamed = true

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

func (s webStorage) Pop(key string) (value string, ok bool) {
	_ = try(func() {
		value, ok = s.Get(key)
		s.Delete(key)
	})
	return value, ok
}

func (s webStorage) Set(key, value string) error {
	err := try(func() { s.object().Call("setItem", key, value) })
	if thrown, is := err.(js.Error); is {
		switch textOf(get(thrown.Value, "name")) {
		case "QuotaExceededError", "NS_ERROR_DOM_QUOTA_REACHED": // the latter in Firefox
			return platform.ErrFull
		}
	}
	return err
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
