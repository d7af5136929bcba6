package session

import "twinlock/app/platform"

// Change is what happened to the session in another tab.
//
//sentence:none a notice tells what comes of it
type Change int

// The changes that tabs tell each other.
const (
	// SignedIn: an account was signed in; [Keeper.Restore] takes it up.
	SignedIn Change = iota
	// SignedOut: the person signed out. Here, too, nobody is signed in any more.
	SignedOut
	// Updated: the profile or its identities changed at the tenant.
	Updated
	// Replaced: the person moved the session to another account. The one that
	// was held here is gone; Restore takes up the new one.
	Replaced
	// Reused: as SignedOut, for the reason of [ErrReused].
	Reused
)

var changeNames = map[Change]string{
	SignedIn:  "signed-in",
	SignedOut: "signed-out",
	Updated:   "updated",
	Replaced:  "replaced",
	Reused:    "reused",
}

// Listen joins the other tabs: listen hears of their changes until close.
func (k *Keeper) Listen(listen func(Change)) (closeFunc func()) {
	channel := k.scope.OpenChannel(k.receive)
	k.mu.Lock()
	k.listen, k.post = listen, channel.Post
	k.mu.Unlock()
	return channel.Close
}

func (k *Keeper) receive(m platform.Message) {
	for change, name := range changeNames {
		if m.Kind == name {
			k.follow(change)
		}
	}
}

func (k *Keeper) follow(change Change) {
	switch change {
	case SignedOut, Replaced:
		k.drop(nil)
	case Reused:
		k.drop(ErrReused)
	}
	k.mu.Lock()
	listen := k.listen
	k.mu.Unlock()
	listen(change)
}

// Updated tells the other tabs that the profile has changed.
func (k *Keeper) Updated() { k.tell(Updated) }

func (k *Keeper) tell(c Change) {
	k.mu.Lock()
	post := k.post
	k.mu.Unlock()
	post(platform.Message{Kind: changeNames[c]})
}
