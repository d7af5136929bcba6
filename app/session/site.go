package session

import "twinlock/app/platform"

// Site is what a [Keeper] needs of the site that it runs on, which may be open in
// several tabs. It is one tenant's and one client's.
type Site interface {
	// Exclusive keeps tabs from changing the stored session at once.
	platform.Mutex
	// OpenChannel joins the other tabs, and returns the channel to them. Every message of
	// theirs is given to receive, on a goroutine of its own.
	OpenChannel(receive func(platform.Message)) platform.Channel
	// Tabs returns the storage of every tab of the site, of closed ones too.
	Tabs() []platform.Storage
	// Hint leaves a mark for the next visit's first paint: whether somebody is signed in.
	// It decides nothing.
	Hint(signedIn bool)
}
