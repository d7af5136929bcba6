// Package lock is a sign-in dialog for an OpenID provider, as a go-app
// component: a button per connection, and behind each the authorization code
// flow with PKCE, by redirect or in a pop-up window.
//
// Several locks may stand on one page, each with a purpose of its own, for
// instance one that signs in and one that links a second account. Every lock
// hears of every login; the purpose in the [Notice] tells which of them it was,
// and the stored one-time transaction behind it, not the text of the state,
// decides that it is genuine.
//
//	signIn := lock.New(clientID, "tenant.eu.auth0.com", lock.Options{
//		AllowedConnections: []lock.Connection{{Name: "google-oauth2", Label: "Google"}},
//	})
//	signIn.On(lock.Authenticated, func(n lock.Notice) {
//		if n.Purpose == signIn.Purpose() {
//			// n.Result holds the verified claims and the tokens.
//		}
//	})
//
// The dialog's classes are those of web/twinlock.css; [provider.Style] has the colours
// of the marks.
//
// The page that the tenant calls back hands the query and fragment it was
// called with to [Resume], once, after the locks have been made.
//
// Two things must happen before that, in every page of the program, and [BootScript]
// does them: the tab gets the name under which its logins are stored, and a pop-up
// window that the tenant calls back hands the answer over to the page that has opened
// it, and closes itself.
package lock
