package platform

// Message is what one tab tells the others of its site.
type Message struct {
	// Kind says what the message is about; who posts and who receives agree on the words.
	Kind string
	// State is a login's state, where the message is about one, else "".
	State string
	// Data is what else there is to say, in a form that goes with the kind; mostly "".
	Data string
}

// Channel carries messages to the other tabs of the site, and to nobody else.
type Channel interface {
	// Post sends a message to every other tab. Nothing tells whether one received it.
	Post(Message)
	// Close leaves the channel. No message is received after it.
	Close()
}
