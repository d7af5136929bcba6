package tenant_test

import (
	"fmt"
	"net/http/httptest"

	"twinlock/server/tenant"
)

func ExampleNew() {
	server := httptest.NewUnstartedServer(nil)
	t, err := tenant.New(tenant.Options{
		Issuer: "http://" + server.Listener.Addr().String() + "/",
		Clients: []tenant.Client{{
			ID:         tenant.DefaultClientID,
			Callbacks:  []string{"http://127.0.0.1:8000/callback"},
			WebOrigins: []string{"http://127.0.0.1:8000"},
			LogoutURLs: []string{"http://127.0.0.1:8000/"},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer t.Close()
	server.Config.Handler = t
	server.Start()
	defer server.Close()

	for _, a := range tenant.Accounts() {
		fmt.Println(a.Email, a.Connection)
	}
	// Output:
	// ada@example.com Username-Password-Authentication
	// ada.lovelace@gmail.example google-oauth2
	// ada@facebook.example facebook
	// charles@example.com Username-Password-Authentication
	// mallory@example.com Username-Password-Authentication
	// mary@gmail.example google-oauth2
	// grace@example.com Username-Password-Authentication
	// hedy@example.com Username-Password-Authentication
}
