package session

import "twinlock/app/platform"

// Change is what happened to the session in another tab.
//
//sentence:none a notice tells what comes of it
type Change int

// The changes that tabs tell each other.
const (
	// SignedIn means that an account signed in; [Keeper.Restore] makes it current here.
	SignedIn Change = iota
	// SignedOut means that the person signed out. The session has ended here, too.
	SignedOut
	// Updated means that the profile or its identities changed at the tenant.
	Updated
	// Replaced means that the person moved the session to another account. The earlier
	// one's has ended here; [Keeper.Restore] makes the new one current.
	Replaced
	// Reused is SignedOut for the reason of [ErrReused].
	Reused
	// Expired means that the session is over, in this tab or in another one, for the reason of
	// [ErrExpired].
	Expired
)

var changeNames = map[Change]string{
	SignedIn:  "signed-in",
	SignedOut: "signed-out",
	Updated:   "updated",
	Replaced:  "replaced",
	Reused:    "reused",
	Expired:   "expired",
}

// Listen joins the other tabs: listen is called with each of their changes, and with [Expired]
// when the session is over, on a goroutine of its own, until the function that Listen returns is called.
func (k *Keeper) Listen(listen func(Change)) (closeFunc func()) {
	channel := k.site.OpenChannel(k.receive)
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

// follow does here what another tab has done, and tells the listener.
func (k *Keeper) follow(change Change) {
	switch change {
	case SignedOut, Replaced:
		k.end(nil)
	case Reused:
		k.end(ErrReused)
	case Expired:
		k.end(ErrExpired)
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
