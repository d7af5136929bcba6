// Package action is where a tenant runs its operator's code, as much of it as the recipes
// of package setup need: [Actions] are what it calls, a [Login] is what it tells one of
// them after a login, and an [Event] is a message of an event stream.
package action

// Actions are the operator's code. Each may be nil.
type Actions struct {
	// PostLogin is the trigger post-login. It is called for each ID token, also when a
	// refresh token is used, and returns claims for it. An error refuses the tokens.
	// https://auth0.com/docs/customize/actions/explore-triggers/post-login
	PostLogin func(Login) (claims map[string]any, err error)
	// EventStream is the trigger event-stream. It is called for each event, before the
	// change is answered (at Auth0: at some time afterwards). An error is logged (at
	// Auth0 the event comes again).
	// https://auth0.com/docs/customize/actions/explore-triggers/event-stream
	EventStream func(Event) error
}
