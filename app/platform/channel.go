package platform

// Message is what the tabs of one scope send each other.
type Message struct {
	// Kind says what the message is about; each sender has kinds of its own.
	Kind string
	// State is the state of the login that the message is about, "" where it is about
	// none.
	State string
	// Data is for the kind to define.
	Data string
}

// Channel carries messages between the tabs of one scope; see browser.Scope. It reaches
// no other site and no other client.
type Channel interface {
	// Post sends a message to every other tab that has opened the channel. It returns
	// at once; whether anybody receives the message is not known.
	Post(m Message)
	// Close leaves the channel: nothing more is received.
	Close()
}
