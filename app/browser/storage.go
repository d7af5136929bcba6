package browser

import (
	"strings"

	"twinlock/app/platform"
)

// Tab returns the storage of this tab for the scope: it lasts over reloads and
// redirects. Other tabs do not ask for it.
//
// It is a part of localStorage that the tab's name, which the boot script has
// put into sessionStorage, sets apart. sessionStorage itself cannot be trusted
// with what changes: where a service worker keeps a process of the site alive,
// Chromium 156 shows a page there what it held at an earlier page. The name is
// made before it is known for whom, so it is the site's alone; it tells nothing.
func (s Scope) Tab() platform.Storage {
	name, _ := sessionStorage.Get(s.base + "tab")
	return section{localStorage, s.tabs() + name + " "}
}

// Tabs returns the storages of all tabs that keep something for the scope,
// closed ones too.
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

// unscoped tells whether a version that knew no scopes has kept something under
// this key.
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
