package browser

// Message goes between the tabs of one origin.
type Message struct {
	Kind string
	// State is a login's state, where the message is about one.
	State string
	// Data is the message's own.
	Data string
}

// Channel carries messages to every other tab of this origin, and to no other
// origin.
type Channel interface {
	Post(Message)
	Close()
}

// ChannelName is the BroadcastChannel that the pages of this program share. The
// callback page of a pop-up window uses it before the program is there.
const ChannelName = "twinlock"
