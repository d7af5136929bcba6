// Package lock is a sign-in dialog for an Auth0 tenant, as a go-app component: a button
// for each connection, and behind each the authorization code flow with PKCE, by redirect
// or in a pop-up window. The package's example has a program with two of them.
//
// Primary types: a [Lock] is one dialog with the logins behind it, made by [New] from
// [Options]; a [Connection] is one way to log in; [Params] are what its logins ask of the
// tenant; a [Dictionary] has its texts. An [Event] says what has happened, and a [Notice]
// is what its handler gets. (It is not a message to the person, which package flow calls a
// notice.)
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
// # Several locks
//
// A page can have several locks, each with a purpose of its own: one signs in, for
// instance, and one links a second account. Every lock hears of every login, and
// [Notice].Purpose says which lock it belongs to. The purpose stands in the login's state,
// where anybody can write it. It proves nothing: an answer is accepted only if this tab
// has stored a transaction for it, and only once.
//
// The locks of a page know each other through a package variable, which [New] adds to and
// [Lock.Close] removes from. So all locks of a program are on one page, and tests that
// make locks should close them.
//
// # What a program needs
//
//   - The import path is twinlock/app/lock. No server has the module twinlock: get a copy
//     of the repository, and name its folder in a replace directive of your go.mod.
//   - Styles: the dialog's classes are those of twinlock.css in [twinlock/web.Files].
//     [provider.Style] returns the colours of the marks, to be put after it.
//   - [BootScript] in every page, before the program. It names the tab, under which logins
//     are stored, and in a pop-up window it hands the tenant's answer over to the page that
//     has opened it.
//   - [Lock.Dialog] once on the page, and a button of your own that calls [Lock.Show].
//   - A page at [Options].RedirectURL that calls [Resume], once, when all locks are made.
//     See below.
//   - In the Auth0 dashboard an application of the type "Single Page Application", with
//     [Options].RedirectURL in Allowed Callback URLs, the page's origin in Allowed Web
//     Origins, and the argument of [Lock.LogoutURL] in Allowed Logout URLs (Auth0 docs,
//     "Application Settings").
//
// [Resume] takes time, so the callback page calls it outside the UI goroutine:
//
//	func (c *callback) OnMount(ctx app.Context) {
//		u := ctx.Page().URL()
//		answer := "?" + u.RawQuery + "#" + u.EscapedFragment()
//		ctx.Async(func() { lock.Resume(context.Background(), answer) })
//	}
package lock
