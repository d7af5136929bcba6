package tenant_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"twinlock/server/tenant"
	"twinlock/server/tenant/tenanttest"
)

// discord is a connection of Auth0's strategy for every provider that it does not know.
const discord = "discord"

func withDiscord(o *tenant.Options) {
	o.Connections = []tenant.Connection{
		{Name: tenant.Database, Strategy: "auth0"}, {Name: tenant.Google, Strategy: tenant.Google}, {Name: discord,
			Strategy: "oauth2"},
	}
	o.Users = []tenant.User{{Identity: tenant.Identity{Connection: tenant.Database, ID: "5d1018150a1b2c3d4e5f6a01",
		Email: ada, EmailVerified: true, Password: tenant.Password}}}
}

// odd are documents that tidy programs do not expect, by whom they sign in as.
var odd = []struct{ name, account, connection, id, document string }{
	{"an id with the provider's prefix", "oauth2|discord|9", discord, "oauth2|discord|9",
		`{"user_id":"oauth2|discord|9","name":"Nine","identities":[{"provider":"oauth2","user_id":"oauth2|discord|9","connection":"discord","isSocial":true}]}`},
	{"an id with a second bar", "oauth2|discord|10", discord, "oauth2|discord|10",
		`{"user_id":"oauth2|discord|10","identities":[{"provider":"oauth2","user_id":"discord|10","connection":"discord","isSocial":true}]}`},
	{"a number", "google-oauth2|7", tenant.Google, "google-oauth2|7",
		`{"user_id":"google-oauth2|7","identities":[{"provider":"google-oauth2","user_id":7,"connection":"google-oauth2","isSocial":true}]}`},
	{"a great number", "google-oauth2|12345678901234567890123", tenant.Google, "google-oauth2|12345678901234567890123",
		`{"user_id":"google-oauth2|12345678901234567890123","identities":[{"provider":"google-oauth2","user_id":12345678901234567890123,"connection":"google-oauth2","isSocial":true}]}`},
	{"forms of numbers, unknown members, other types", "odd@example.com", tenant.Google, "google-oauth2|odd",
		`{"user_id":"google-oauth2|odd","email":"odd@example.com","email_verified":"true","score":1.0,"big":12345678901234567890,"e":1e3,"neg":-0,
		 "name":{"first":"O","last":null},"nickname":7,"picture":["x"],"last_login":null,"created_at":1.50,"multifactor":["x"],"__proto__":{"a":1},"html":"<b>&amp;</b>",
		 "user_metadata":{"n":1.0,"big":12345678901234567890},"app_metadata":null,
		 "identities":[{"provider":"google-oauth2","user_id":"odd","connection":"google-oauth2","isSocial":"yes","access_token":"secret","expires_in":3599.0}]}`},
	{"no identities", "google-oauth2|bare", tenant.Google, "google-oauth2|bare", `{"user_id":"google-oauth2|bare"}`},
	{"identities that are none", "google-oauth2|none", tenant.Google, "google-oauth2|none",
		`{"user_id":"google-oauth2|none","identities":"none"}`},
	{"no user_id", "google-oauth2|from", tenant.Google, "google-oauth2|from",
		`{"identities":[{"provider":"google-oauth2","user_id":"from"}]}`},
	{"identities that are none beside one", "google-oauth2|some", tenant.Google, "google-oauth2|some",
		`{"user_id":"google-oauth2|some","identities":[{"provider":"google-oauth2","user_id":"some"},null,"x",7,{"provider":"oauth2"},{"user_id":"y"}]}`},
	{"a user_id of its own", "google-oauth2|Own id/with ?#%2f", tenant.Google, "google-oauth2|Own id/with ?#%2f",
		`{"user_id":"google-oauth2|Own id/with ?#%2f","identities":[{"provider":"google-oauth2","user_id":"else","connection":"google-oauth2"}]}`},
	{"a database", "auth0|numbered", tenant.Database, "auth0|numbered",
		`{"user_id":"auth0|numbered","identities":[{"provider":"auth0","user_id":"numbered","connection":"Username-Password-Authentication"}]}`},
}

// same compares JSON to the form of numbers.
func same(t *testing.T, got, want []byte) bool {
	t.Helper()
	var values [2]any
	for n, data := range [][]byte{got, want} {
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		if err := d.Decode(&values[n]); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}

func rawUser(t *testing.T, s *tenanttest.Server, id, token string) (status int, document json.RawMessage) {
	t.Helper()
	answer := s.Do(t, http.MethodGet, "/api/v2/users/"+url.PathEscape(id), token, nil, &document)
	return answer.StatusCode, document
}

// TestDocumentsComeBack signs in with each, however it came, and reads it.
func TestDocumentsComeBack(t *testing.T) {
	file, err := json.Marshal(map[string]any{"clients": []any{map[string]any{"id": "c"}},
		"user_documents": func() (texts []string) {
			for _, o := range odd {
				texts = append(texts, o.document)
			}
			return texts
		}()})
	if err != nil {
		t.Fatal(err)
	}
	read, err := tenant.ReadOptions(file, tenant.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	inDir := func(o *tenant.Options) { withDiscord(o); o.DataDir = dir }
	fromFile := tenanttest.Start(t, withDiscord, func(o *tenant.Options) { o.UserDocuments = read.UserDocuments })
	posted := tenanttest.Start(t, inDir)
	for _, o := range odd {
		posted.Put(t, o.document)
	}
	check := func(t *testing.T, s *tenanttest.Server) {
		for _, o := range odd {
			tokens := s.Login(t, o.account, o.connection, nil)
			if claims := mustVerify(t, s, tokens.IDToken); claims["sub"] != o.id {
				t.Errorf("%s: sub %v", o.name, claims["sub"])
			}
			if status, got := rawUser(t, s, o.id, tokens.AccessToken); status != http.StatusOK || !same(t, got, []byte(o.document)) {
				t.Errorf("%s: %d\n got %s\nwant %s", o.name, status, got, o.document)
			}
		}
	}
	check(t, fromFile)
	fromFile.Reset(t)
	check(t, fromFile)
	check(t, posted)
	posted.Close()
	if err := posted.Tenant.Close(); err != nil {
		t.Fatal(err)
	}
	again := tenanttest.Start(t, inDir)
	check(t, again)
	again.Reset(t)
	if users := again.Users(t); len(users) != 1 {
		t.Errorf("after a reset: %v", users)
	}
}

// TestDocumentsAreLinked links every one to a tidy user and takes it away again: the
// id goes as the list gives it, and no other form of it removes anything.
func TestDocumentsAreLinked(t *testing.T) {
	s := tenanttest.Start(t, withDiscord)
	for _, o := range odd {
		t.Run(o.name, func(t *testing.T) {
			s.Reset(t)
			s.Put(t, o.document)
			primary, second := s.Login(t, ada, tenant.Database, nil), s.Login(t, o.account, o.connection, nil)
			if o.account == "google-oauth2|some" { // more than one identity, whatever they are
				if status, _, _ := link(t, s, primary, adaID, second.IDToken); status != http.StatusBadRequest {
					t.Errorf("link: %d", status)
				}
				return
			}
			var list []map[string]json.RawMessage
			if answer := s.Do(t, http.MethodPost, userPath(adaID)+"/identities", primary.AccessToken, map[string]string{"link_with": second.IDToken}, &list); answer.StatusCode != http.StatusCreated {
				t.Fatalf("link: %s", answer.Status)
			}
			var entry map[string]json.RawMessage
			if len(list) == 2 {
				entry = list[1]
			}
			id := strings.Trim(string(entry["user_id"]), `"`)
			provider := strings.Trim(string(entry["provider"]), `"`)
			if !strings.Contains(o.document, `"user_id":`+string(entry["user_id"])) &&
				strings.Contains(o.document, `"provider"`) {
				t.Errorf("the list has the id %s", entry["user_id"])
			}
			// They sign in to the one user now.
			if claims := mustVerify(t, s, s.Login(t, o.account, o.connection, nil).IDToken); claims["sub"] != adaID {
				t.Errorf("sub %v", claims["sub"])
			}
			unlink := func(id string) int {
				answer := s.Do(t, http.MethodDelete, identityPath(adaID, provider, id), primary.AccessToken, nil, &list)
				if answer.StatusCode != http.StatusOK {
					t.Errorf("unlink %s: %s", id, answer.Status)
				}
				return len(list)
			}
			for _, other := range []string{provider + "|" + id, strings.TrimPrefix(id, provider+"|") + "x", id + " "} {
				if n := unlink(other); n != 2 {
					t.Errorf("%s removed it", other)
				}
			}
			if short := strings.TrimPrefix(id, provider+"|"); short != id && unlink(short) != 2 {
				t.Errorf("%s removed it", short)
			}
			if n := unlink(id); n != 1 {
				t.Errorf("%s did not remove it", id)
			}
			tokens := s.Login(t, o.account, o.connection, nil)
			if claims := mustVerify(t, s, tokens.IDToken); claims["sub"] != o.id {
				t.Errorf("alone again: sub %v", claims["sub"])
			}
			var before, after map[string]json.RawMessage
			_, got := rawUser(t, s, o.id, tokens.AccessToken)
			json.Unmarshal([]byte(o.document), &before)
			json.Unmarshal(got, &after)
			for _, member := range []string{"score", "big", "name", "email", "email_verified", "__proto__"} {
				if before[member] != nil && !same(t, after[member], before[member]) {
					t.Errorf("alone again: %s is %s", member, after[member])
				}
			}
			if after["user_metadata"] != nil {
				t.Errorf("alone again: with metadata %s", after["user_metadata"])
			}
		})
	}
}

// TestTwinIDs: one identity's id is another's with the prefix, and each is the one
// asked for.
func TestTwinIDs(t *testing.T) {
	const twins = `{"user_id":"auth0|twins","score":1.0,"email":"twins@example.com","identities":[
		{"provider":"auth0","user_id":"twins","connection":"Username-Password-Authentication","isSocial":false},
		{"provider":"google-oauth2","user_id":"7","connection":"google-oauth2","isSocial":true},
		{"provider":"google-oauth2","user_id":"google-oauth2|7","connection":"google-oauth2","isSocial":true},
		{"provider":"google-oauth2","user_id":8,"connection":"google-oauth2","isSocial":true,"unknown":1.0}]}`
	s := tenanttest.Start(t, withDiscord)
	for _, tt := range []struct {
		id   string
		left string
	}{
		{"7", `["twins","google-oauth2|7",8]`}, {"google-oauth2|7", `["twins","7",8]`}, {"8",
			`["twins","7","google-oauth2|7"]`},
		{"google-oauth2|8", `["twins","7","google-oauth2|7",8]`}, {"google-oauth2|google-oauth2|7",
			`["twins","7","google-oauth2|7",8]`},
	} {
		s.Reset(t)
		s.Put(t, twins)
		tokens := s.Login(t, "twins@example.com", tenant.Database, nil)
		var list []struct {
			UserID json.RawMessage `json:"user_id"`
		}
		s.Do(t, http.MethodDelete, identityPath("auth0|twins", "google-oauth2", tt.id), tokens.AccessToken, nil, &list)
		ids := []json.RawMessage{}
		for _, i := range list {
			ids = append(ids, i.UserID)
		}
		if left, err := json.Marshal(ids); err != nil || string(left) != tt.left {
			t.Errorf("without %s there is %s, want %s", tt.id, left, tt.left)
		}
		if _, got := rawUser(t, s, "auth0|twins", tokens.AccessToken); !strings.Contains(string(got), `"unknown":1.0`) == (tt.id != "8") {
			t.Errorf("the others changed: %s", got)
		}
	}
	s.Put(t, twins)
	token := s.Login(t, "twins@example.com", tenant.Database, nil).AccessToken
	second := map[string]string{"link_with": s.Login(t, ada, tenant.Database, nil).IDToken}
	if answer := s.Do(t, http.MethodPost, userPath("auth0|twins")+"/identities", token, second, nil); answer.StatusCode != http.StatusCreated {
		t.Errorf("link to a document: %s", answer.Status)
	}
	if _, got := rawUser(t, s, "auth0|twins", token); !strings.Contains(string(got), `"unknown":1.0`) || !strings.Contains(string(got), `"score":1.0`) || !strings.Contains(string(got), `"user_id":"5d1018150a1b2c3d4e5f6a01"`) {
		t.Errorf("linked: %s", got)
	}
	back := s.Do(t, http.MethodDelete, identityPath("auth0|twins", "auth0", "twins"), token, nil, nil)
	if back.StatusCode != http.StatusBadRequest {
		t.Errorf("the main identity: %s", back.Status)
	}
}

// TestDocumentsArePatched: what is changed is changed, and nothing else.
func TestDocumentsArePatched(t *testing.T) {
	dir := t.TempDir()
	inDir := func(o *tenant.Options) { withDiscord(o); o.DataDir = dir }
	first := tenanttest.Start(t, inDir)
	o := odd[slices.IndexFunc(odd, func(o struct{ name, account, connection, id, document string }) bool {
		return o.account == "odd@example.com"
	})]
	first.Put(t, o.document)
	first.Close()
	if err := first.Tenant.Close(); err != nil {
		t.Fatal(err)
	}
	s := tenanttest.Start(t, inDir) // numbers keep their form on the disk, too
	tokens := s.Login(t, o.account, o.connection, nil)
	s.Do(t, http.MethodPatch, userPath(o.id), tokens.AccessToken, json.RawMessage(`{"user_metadata":{"new":2.50}}`), nil)
	want := strings.Replace(o.document, `"n":1.0,`, `"n":1.0,"new":2.50,`, 1)
	if _, got := rawUser(t, s, o.id, tokens.AccessToken); !same(t, got, []byte(want)) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	s.Do(t, http.MethodPatch, userPath(o.id), tokens.AccessToken, json.RawMessage(`{"user_metadata":{}}`), nil)
	if _, got := rawUser(t, s, o.id, tokens.AccessToken); strings.Contains(string(got), "user_metadata") {
		t.Errorf("emptied: %s", got)
	}
	if status, got := rawUser(t, s, o.id+"?fields=score,user_id", tokens.AccessToken); status == http.StatusOK {
		t.Errorf("the query was part of an id: %s", got)
	}
	var some json.RawMessage
	s.Do(t, http.MethodGet, userPath(o.id)+"?fields=score,nickname", tokens.AccessToken, nil, &some)
	if !same(t, some, []byte(`{"score":1.0,"nickname":7}`)) {
		t.Errorf("some fields: %s", some)
	}
}

// TestClaimsOfDocuments have the forms that the document has.
func TestClaimsOfDocuments(t *testing.T) {
	s := tenanttest.Start(t, withDiscord)
	for form, want := range map[string]any{`"true"`: "true", `1`: 1.0, `true`: true, `false`: false, `null`: nil} {
		s.Put(t, `{"user_id":"google-oauth2|c","email":"c@example.com","email_verified":`+form+`}`)
		claims := mustVerify(t, s, s.Login(t, "c@example.com", tenant.Google, nil).IDToken)
		if got, has := claims["email_verified"]; got != want || !has {
			t.Errorf("%s: claim %v, %t", form, got, has)
		}
		if _, has := claims["name"]; has {
			t.Errorf("%s: a name", form)
		}
	}
}

// TestNoAddress: an account without an address has none in its claims, its document and its
// profileData, and an organisation's says of its address what its provider says.
func TestNoAddress(t *testing.T) {
	s := tenanttest.Start(t, func(o *tenant.Options) {
		withDiscord(o)
		o.Connections = append(o.Connections,
			tenant.Connection{Name: "twitter", Strategy: "twitter"}, tenant.Connection{Name: "corp", Strategy: "samlp"})
		o.Users = append(o.Users, tenant.User{Identity: tenant.Identity{Connection: "twitter", ID: "77", Name: "Ada"}},
			tenant.User{Identity: tenant.Identity{Connection: "twitter", ID: "78"}})
		o.UserDocuments = []json.RawMessage{json.RawMessage(`{"user_id":"samlp|corp|1","email":"ada@corp.example","email_verified":"true",
			"identities":[{"provider":"samlp","user_id":"corp|1","connection":"corp","isSocial":false}]}`)}
	})
	second := s.Login(t, "twitter|77", "twitter", nil)
	if claims := mustVerify(t, s, second.IDToken); claims["sub"] != "twitter|77" || claims["name"] != "Ada" || claims["email"] != nil {
		t.Errorf("claims %v", claims)
	}
	var user map[string]any
	s.Do(t, "GET", "/api/v2/users/twitter%7C77", second.AccessToken, nil, &user)
	if _, has := user["email"]; has || user["email_verified"] != false {
		t.Errorf("document %v", user)
	}
	first := s.Login(t, ada, tenant.Database, nil)
	s.Do(t, "POST", "/api/v2/users/auth0%7C5d1018150a1b2c3d4e5f6a01/identities", first.AccessToken, map[string]string{"link_with": second.IDToken}, nil)
	s.Do(t, "GET", "/api/v2/users/auth0%7C5d1018150a1b2c3d4e5f6a01", first.AccessToken, nil, &user)
	linked := user["identities"].([]any)[1].(map[string]any)["profileData"].(map[string]any)
	if _, has := linked["email"]; has || linked["name"] != "Ada" || user["email"] != ada {
		t.Errorf("linked %v", user)
	}
	if claims := mustVerify(t, s, s.Login(t, "ada@corp.example", "corp", nil).IDToken); claims["email_verified"] != "true" {
		t.Errorf("an organisation's claims %v", claims)
	}
}

// TestAccountNames: where an address is no name the id is, and the page is inert.
func TestAccountNames(t *testing.T) {
	s := tenanttest.Start(t, withDiscord)
	s.Put(t, `[{"user_id":"google-oauth2|1","email":"two@example.com"},{"user_id":"google-oauth2|2","email":"TWO@example.com"},{"user_id":"google-oauth2|3","email":""},
		{"user_id":"google-oauth2|a"},{"user_id":"google-oauth2|A"},{"user_id":"google-oauth2|\"><script>","name":"<script>"},{"user_id":"google-oauth2|4","email":"One@example.com"}]`)
	p := s.Browser(t).Get(t, s.Flow(tenant.Google, nil).Path)
	for _, want := range []string{"google-oauth2|1", "google-oauth2|2", "google-oauth2|3", "google-oauth2|a", "google-oauth2|A", "One@example.com"} {
		if !strings.Contains(p.Body, `name="account" value="`+want+`"`) {
			t.Errorf("the page lacks %s: %s", want, p.Body)
		}
	}
	if strings.Contains(p.Body, "<script") || strings.Contains(p.Body, `value="two@example.com"`) {
		t.Errorf("page: %s", p.Body)
	}
	for _, name := range []string{"google-oauth2|1", "google-oauth2|2", "google-oauth2|a", "google-oauth2|A", `google-oauth2|"><script>`} {
		if claims := mustVerify(t, s, s.Login(t, name, tenant.Google, nil).IDToken); claims["sub"] != name {
			t.Errorf("%s signs in as %v", name, claims["sub"])
		}
	}
	if claims := mustVerify(t, s, s.Login(t, "one@EXAMPLE.com", tenant.Google, nil).IDToken); claims["sub"] != "google-oauth2|4" {
		t.Errorf("an address in another case: %v", claims["sub"])
	}
	for _, name := range []string{"two@example.com", "", "GOOGLE-oauth2|1", "google-oauth2|4", "google-oauth2|99"} {
		b := s.Browser(t)
		if p := b.Submit(t, b.Get(t, s.Flow(tenant.Google, nil).Path), "account", url.Values{"account": {name}}); p.Status != http.StatusBadRequest {
			t.Errorf("%q: %d at %s", name, p.Status, p.URL)
		}
	}
}

func TestWrongDocuments(t *testing.T) {
	s := tenanttest.Start(t, withDiscord)
	before := s.Users(t)
	put := func(body string) int {
		return serve(s.Tenant, http.MethodPost, "/_emulator/users", []byte(body)).Code
	}
	for body, want := range map[string]int{
		`null`: 400, `7`: 400, `"x"`: 400, `{`: 400, `{}`: 400, `{"user_id":""}`: 400, `{"user_id":{}}`: 400, `{"identities":[{"provider":"x"}]}`: 400,
		`[{"user_id":"google-oauth2|1"},{}]`: 400, `{"user_id":"x|1"} {}`: 400,
		`{"user_id":"y|1","identities":[{"provider":"y","user_id":"1"},{"provider":"auth0","user_id":"5d1018150a1b2c3d4e5f6a01"}]}`: 409,
	} {
		if got := put(body); got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
	if got := put(`{"user_id":"` + strings.Repeat("x", 8<<20) + `"}`); got != 400 {
		t.Errorf("more than 8 MB: %d", got)
	}
	if !reflect.DeepEqual(s.Users(t), before) {
		t.Error("something was put")
	}
	if got := put(`{"user_id":"google-oauth2|large","padding":"` + strings.Repeat("x", 7<<20) + `"}`); got != 204 {
		t.Errorf("512 KB: %d", got)
	}
	for _, want := range []int{204, 404} {
		if got := serve(s.Tenant, http.MethodDelete, "/_emulator/users/google-oauth2|large", nil); got.Code != want {
			t.Errorf("delete: %d, want %d", got.Code, want)
		}
	}
	for n, text := range []string{`user_documents: ["{"]`, `user_documents: ["[]"]`, `user_documents: [{name: x}]`, `user_documents: x`,
		`user_documents: ['{"user_id":"x|1"}', '{"user_id":"x|1"}']`} {
		if _, err := tenant.ReadOptions([]byte(fmt.Sprintf("clients: [{id: c}]\n%s\n", text)), tenant.Options{}); err == nil || !strings.Contains(err.Error(), "user_documents") {
			t.Errorf("file %d: %v", n, err)
		}
	}
}

// Whatever is put is told again, on the pages too, and links and unlinks or is refused.
func FuzzDocument(f *testing.F) {
	for _, o := range odd {
		f.Add([]byte(o.document))
	}
	f.Add([]byte(`[{"user_id":7},{"user_id":"a","identities":[null,{"provider":"auth0","user_id":1e9}]}]`))
	s := tenanttest.Start(f, withDiscord, func(o *tenant.Options) {
		o.RateLimit = tenant.RateLimit{PerSecond: 1e9, Burst: 1e9}
		o.Clients = append(o.Clients, tenant.Client{ID: "machine", Secret: "secret",
			Grants: []string{tenant.GrantClientCredentials}, Scopes: []string{"read:users", "update:users"}})
	})
	var machine tenanttest.Tokens
	s.Do(f, http.MethodPost, "/oauth/token", "", map[string]string{"grant_type": "client_credentials",
		"client_id": "machine", "client_secret": "secret", "audience": s.Audience()}, &machine)
	call := func(method, path string, body []byte) int {
		w := serve(s.Tenant, method, "", body, func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+machine.AccessToken)
			r.URL.Path, _ = url.PathUnescape(path)
			r.URL.RawPath = path
		})
		return w.Code
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s.Reset(t)
		if put := serve(s.Tenant, http.MethodPost, "/_emulator/users", body); put.Code >= 500 {
			t.Fatalf("put: %d", put.Code)
		}
		var users []struct {
			UserID     any `json:"user_id"`
			Identities any `json:"identities"`
		}
		listed := serve(s.Tenant, http.MethodGet, "/_emulator/users", nil)
		if err := json.Unmarshal(listed.Body.Bytes(), &users); err != nil {
			t.Fatalf("users: %v in %s", err, listed.Body)
		}
		for _, u := range users {
			id, _ := u.UserID.(string)
			provider, rest, _ := strings.Cut(id, "|")
			link, err := json.Marshal(map[string]string{"provider": provider, "user_id": rest})
			if err != nil {
				t.Fatal(err)
			}
			for _, status := range []int{
				serve(s.Tenant, http.MethodGet, "/_emulator/users/"+id, nil).Code,
				call(http.MethodGet, userPath(id), nil),
				call(http.MethodPost, userPath(adaID)+"/identities", link),
				call(http.MethodDelete, identityPath(adaID, provider, rest), nil),
			} {
				if status >= 500 {
					t.Errorf("%s: %d", id, status)
				}
			}
		}
		if status := serve(s.Tenant, http.MethodGet, "/_emulator/", nil).Code; status != http.StatusOK {
			t.Errorf("dashboard: %d", status)
		}
	})
}
