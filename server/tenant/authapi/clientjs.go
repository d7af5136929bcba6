package authapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/op"

	"twinlock/server/tenant/connection"
	"twinlock/server/tenant/oauth"
)

// clientSettings is what Auth0's Lock loads as a script before it shows itself: which
// connections the client has. The form is that of real answers.
type clientSettings struct {
	ID                string             `json:"id"`
	Tenant            string             `json:"tenant"`
	Subscription      string             `json:"subscription"`
	Authorize         string             `json:"authorize"`
	Callback          string             `json:"callback"`
	HasAllowedOrigins bool               `json:"hasAllowedOrigins"`
	Strategies        []strategySettings `json:"strategies"`
}

type strategySettings struct {
	Name        string               `json:"name"`
	Connections []connectionSettings `json:"connections"`
}

type connectionSettings struct {
	Name           string   `json:"name"`
	DisplayName    string   `json:"display_name,omitempty"`
	PasswordPolicy string   `json:"passwordPolicy,omitempty"`
	ShowSignup     *bool    `json:"showSignup,omitempty"`
	ShowForgot     *bool    `json:"showForgot,omitempty"`
	Scope          []string `json:"scope,omitempty"`
}

// clientScript serves /client/<id>.js.
func (a *API) clientScript(w http.ResponseWriter, r *http.Request) {
	id, ok := strings.CutSuffix(r.PathValue("file"), ".js")
	client, known := a.Provider.Client(id)
	if !ok || id == "" {
		http.Error(w, "Not Found", http.StatusNotFound)
		return
	}
	if !known {
		// As was reported of a client that does not exist: https://github.com/auth0/angular-lock/issues/20
		http.Error(w, "Forbidden", http.StatusForbidden)
		return
	}
	data, err := json.Marshal(a.settingsOf(client, op.IssuerFromContext(r.Context())))
	if err != nil {
		a.Log.Error("client settings", "error", err)
		http.Error(w, "Internal error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.Write([]byte("Auth0.setClient(" + string(data) + ");")) // fails only if the client is gone
}

func (a *API) settingsOf(client oauth.Client, issuer string) clientSettings {
	s := clientSettings{
		ID: client.ID, Tenant: a.Issuer.Tenant(), Subscription: "free", Authorize: issuer + "authorize",
		HasAllowedOrigins: len(client.WebOrigins) > 0, Strategies: []strategySettings{},
	}
	if len(client.Callbacks) > 0 {
		s.Callback = client.Callbacks[0]
	}
	at := map[string]int{}
	for _, c := range a.Users.Connections().Allowed(client.MayUse) {
		if _, seen := at[c.Strategy]; !seen {
			at[c.Strategy] = len(s.Strategies)
			s.Strategies = append(s.Strategies, strategySettings{Name: c.Strategy})
		}
		strategy := &s.Strategies[at[c.Strategy]]
		strategy.Connections = append(strategy.Connections, connectionSettingsOf(c))
	}
	return s
}

func connectionSettingsOf(c connection.Connection) connectionSettings {
	if c.Social() {
		return connectionSettings{Name: c.Name, Scope: []string{"email", "profile"}}
	}
	if c.Coded() {
		return connectionSettings{Name: c.Name}
	}
	signup, forgot := !c.DisableSignup, true
	return connectionSettings{Name: c.Name, PasswordPolicy: c.PasswordPolicy, ShowSignup: &signup, ShowForgot: &forgot}
}
