package browser

import (
	"context"
	"slices"
	"strings"

	"twinlock/app/platform"
)

// Tab returns the storage of this tab for the scope. It lasts over reloads and
// redirects, and other tabs do not use it. It is nil where the tab has no name, because then
// nothing lasts. Natively it is in memory.
//
// It is the part of localStorage whose keys hold the tab's name. A boot script has
// written that name into sessionStorage (see package lock); it is random, and the same
// for every scope of the site. sessionStorage itself would be the place for all of it,
// but cannot be trusted with what changes: where a service worker keeps a process of
// the site alive, Chromium 156 shows a page what sessionStorage held at an earlier page.
func (s Scope) Tab() platform.Storage { return s.tab(localStorage) }

// TabDatabase returns a storage like that of [Scope.Tab], in the database of the site. It
// has room where another site of the origin has filled localStorage.
func (s Scope) TabDatabase() platform.Storage { return s.tab(s.shelf()) }

func (s Scope) tab(whole platform.Storage) platform.Storage {
	if prefix, named := s.thisTab(); named {
		return &section{whole, prefix}
	}
	return nil
}

// thisTab returns how the keys of this tab begin, and false if it has no name.
func (s Scope) thisTab() (prefix string, named bool) {
	name, found := sessionStorage.Get(s.base + "tab")
	return s.tabs() + name + " ", found || !tabsAreNamed
}

// TabNotes returns another storage of this tab for the scope, for what may be forgotten,
// or come back: sessionStorage (see [Scope.Tab]). A window that the tab opens gets a copy.
// Natively it is in memory.
func (s Scope) TabNotes() platform.Storage { return &section{sessionStorage, s.name("")} }

// Tabs returns the storages of all tabs that have stored something for the scope,
// including tabs that are closed. A tab that has stored in two places has two.
func (s Scope) Tabs() (list []platform.Storage) {
	for _, whole := range []platform.Storage{localStorage, s.shelf()} {
		var seen []string
		for _, key := range (&section{whole, s.tabs()}).Keys() {
			if name, _, ok := strings.Cut(key, " "); ok && !slices.Contains(seen, name) {
				seen = append(seen, name)
				list = append(list, &section{whole, s.tabs() + name + " "})
			}
		}
	}
	return list
}

func (s Scope) tabs() string { return s.name("tab ") }

func (s Scope) sweepStorage() {
	for _, key := range localStorage.Keys() {
		if s.foreign(key) || unscoped(key) {
			localStorage.Delete(key)
		}
	}
	for _, key := range sessionStorage.Keys() {
		if s.foreign(key) && key != s.base+"tab" || key == "twinlock.tab" {
			sessionStorage.Delete(key)
		}
	}
}

// unscoped reports whether a key is one of a version that had no scopes.
func unscoped(key string) bool {
	return key == "twinlock.hint" || strings.HasPrefix(key, "twinlock.tab.")
}

// section is the part of a storage whose keys begin with a prefix.
type section struct {
	whole  platform.Storage
	prefix string
}

func (p *section) Get(key string) (string, bool) { return p.whole.Get(p.prefix + key) }

func (p *section) Pop(key string) (string, bool) { return p.whole.Pop(p.prefix + key) }

func (p *section) Set(key, value string) error { return p.whole.Set(p.prefix+key, value) }

func (p *section) Delete(key string) { p.whole.Delete(p.prefix + key) }

func (p *section) Keys() (keys []string) {
	for _, key := range p.whole.Keys() {
		if rest, ok := strings.CutPrefix(key, p.prefix); ok {
			keys = append(keys, rest)
		}
	}
	return keys
}

// shelf is the database of a site as a [platform.Storage]: texts beside what is sealed.
type shelf struct{ database }

func (s Scope) shelf() *shelf { return &shelf{s.vault().database} }

func (s *shelf) Get(key string) (value string, ok bool) {
	err := s.view(context.Background(), func(r records) (err error) {
		value, ok, err = r.text(key)
		return err
	})
	return value, ok && err == nil
}

// Pop reads and deletes in one transaction.
func (s *shelf) Pop(key string) (value string, ok bool) {
	err := s.update(context.Background(), func(r records) (err error) {
		value, ok, err = r.text(key)
		r.delete(key)
		return err
	})
	if !ok || err != nil {
		return "", false
	}
	return value, true
}

func (s *shelf) Set(key, value string) error {
	return s.update(context.Background(), func(r records) error {
		r.putText(key, value)
		return nil
	})
}

func (s *shelf) Delete(key string) { _, _ = s.Pop(key) }

func (s *shelf) Keys() (keys []string) {
	_ = s.view(context.Background(), func(r records) (err error) {
		keys, err = r.names()
		return err
	})
	return keys
}
