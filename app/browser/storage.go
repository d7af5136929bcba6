package browser

import (
	"strings"

	"twinlock/app/platform"
)

// Tab returns the storage of this tab for the scope. It lasts over reloads and
// redirects, and other tabs do not use it. Natively it is in memory.
//
// It is the part of localStorage whose keys hold the tab's name. A boot script has
// written that name into sessionStorage (see package lock); it is random, and the same
// for every scope of the site. sessionStorage itself would be the place for all of it,
// but cannot be trusted with what changes: where a service worker keeps a process of
// the site alive, Chromium 156 shows a page what sessionStorage held at an earlier page.
func (s Scope) Tab() platform.Storage {
	name, _ := sessionStorage.Get(s.base + "tab")
	return section{localStorage, s.tabs() + name + " "}
}

// Tabs returns the storages of all tabs that have stored something for the scope,
// including tabs that are closed.
func (s Scope) Tabs() (list []platform.Storage) {
	seen := make(map[string]bool)
	for _, key := range (section{localStorage, s.tabs()}).Keys() {
		if name, _, ok := strings.Cut(key, " "); ok && !seen[name] {
			seen[name] = true
			list = append(list, section{localStorage, s.tabs() + name + " "})
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
	sessionStorage.Delete("twinlock.tab")
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

func (p section) Get(key string) (string, bool) { return p.whole.Get(p.prefix + key) }

func (p section) Set(key, value string) error { return p.whole.Set(p.prefix+key, value) }

func (p section) Delete(key string) { p.whole.Delete(p.prefix + key) }

func (p section) Keys() (keys []string) {
	for _, key := range p.whole.Keys() {
		if rest, ok := strings.CutPrefix(key, p.prefix); ok {
			keys = append(keys, rest)
		}
	}
	return keys
}
