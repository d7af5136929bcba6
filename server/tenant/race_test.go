package tenant_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// Whatever many clients do at the same time, no identity is lost and none
// belongs to two users.
func TestParallelLinking(t *testing.T) {
	dir := t.TempDir()
	for data, rounds := range map[string]int{"": 10, dir: 1} { // a disk is slow
		s := tenanttest.Start(t, func(o *tenant.Options) {
			o.DataDir = data
			o.RateLimit = tenant.RateLimit{PerSecond: 1e6, Burst: 1e6}
		})
		type person struct {
			id     string
			tokens tenanttest.Tokens
		}
		var people []person
		for _, a := range tenant.Accounts() {
			tokens := s.Login(t, a.Email, a.Connection, nil)
			people = append(people, person{mustVerify(t, s, tokens.IDToken)["sub"].(string), tokens})
		}
		identities := 0
		for _, u := range s.Users(t) {
			identities += len(u.Identities)
		}
		const clients = 200
		var all sync.WaitGroup
		for n := range clients {
			all.Go(func() {
				random := rand.New(rand.NewPCG(1, uint64(n)))
				for range rounds {
					me, other := people[random.IntN(len(people))], people[random.IntN(len(people))]
					provider, id, _ := strings.Cut(other.id, "|")
					status := 0
					switch random.IntN(4) {
					case 0, 1:
						status = call(s.Tenant, http.MethodPost, userPath(me.id)+"/identities", me.tokens.AccessToken,
							map[string]any{"link_with": other.tokens.IDToken})
					case 2:
						status = call(s.Tenant, http.MethodDelete, identityPath(me.id, provider, id), me.tokens.AccessToken, nil)
					case 3:
						status = call(s.Tenant, http.MethodPatch, userPath(me.id), me.tokens.AccessToken,
							map[string]any{"user_metadata": map[string]any{"n": n}})
					}
					if status < 200 || status >= 500 {
						t.Errorf("status %d", status)
					}
				}
			})
		}
		all.Wait()

		checkConsistent(t, s.Users(t), identities)
	}
}

func call(handler http.Handler, method, path, token string, body any) int {
	var content []byte
	if body != nil {
		content, _ = json.Marshal(body)
	}
	r, err := http.NewRequest(method, "http://127.0.0.1"+path, bytes.NewReader(content))
	if err != nil {
		return 0
	}
	return serve(handler, method, "", content, func(served *http.Request) {
		served.URL = r.URL
		served.Header.Set("Authorization", "Bearer "+token)
	}).Code
}

// Nothing that a client sends makes the Management API fail.
func FuzzManagement(f *testing.F) {
	s := tenanttest.Start(f)
	token := s.Login(f, ada, tenant.Database, nil)
	second := s.Login(f, google, tenant.Google, nil)
	f.Add("POST", userPath(adaID)+"/identities", []byte(fmt.Sprintf(`{"link_with":%q}`, second.IDToken)))
	f.Add("POST", userPath(adaID)+"/identities", []byte(`{"link_with":"e30.e30."}`))
	f.Add("POST", userPath(adaID)+"/identities", []byte(`{"link_with":"x"}`))
	f.Add("PATCH", userPath(adaID), []byte(`{"user_metadata":{"a":{"b":null}}}`))
	f.Add("DELETE", identityPath(adaID, "google-oauth2", "%2e%2e/|"), []byte(nil))
	f.Add("GET", userPath(adaID)+"?fields=,&include_fields=0", []byte(nil))
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		r, err := http.NewRequest(method, "http://127.0.0.1/"+strings.TrimLeft(path, "/"), nil)
		if err != nil || !strings.HasPrefix(r.URL.Path, "/api/") {
			t.Skip()
		}
		w := serve(s.Tenant, method, "", body, func(served *http.Request) {
			served.Method, served.URL = method, r.URL
			served.Header.Set("Authorization", "Bearer "+token.AccessToken)
		})
		if w.Code >= 500 {
			t.Errorf("%s %s %q: %d %s", method, path, body, w.Code, w.Body)
		}
	})
}
