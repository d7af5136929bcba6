package lock_test

import (
	"context"
	"fmt"

	"twinlock/app/lock"
)

// Two locks on one page hear of every login, and tell their own by the purpose. A callback
// is refused if no login of this tab has its state: here the state is a constant.
func Example() {
	signIn := lock.New("CLIENT_ID", "tenant.eu.auth0.com", lock.Options{
		AllowedConnections: []lock.Connection{{Name: "google-oauth2", Label: "Google", Strategy: "google-oauth2"}},
	})
	defer signIn.Close()
	link := lock.New("CLIENT_ID", "tenant.eu.auth0.com", lock.Options{
		LanguageDictionary: lock.Dictionary{Title: "Link with:"},
		Params:             lock.Params{Purpose: "linking", Prompt: "login"},
	})
	defer link.Close()

	link.On(lock.Authenticated, func(n lock.Notice) {
		if n.Purpose == link.Purpose() {
			fmt.Println("link", n.Result.Claims.Subject)
		}
	})
	link.On(lock.AuthorizationError, func(n lock.Notice) { fmt.Println(n.Err) })

	lock.Resume(context.Background(), "?code=stolen&state=linking")
	// Output:
	// finish sign-in: no sign-in is waiting for this answer
}
