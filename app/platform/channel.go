package platform

// Message goes between the tabs of one [Scope].
type Message struct {
	Kind string
	// State is a login's state, where the message is about one.
	State string
	// Data is the message's own.
	Data string
}

// Channel carries messages to every other tab of its [Scope], and nowhere else.
type Channel interface {
	Post(Message)
	Close()
}
