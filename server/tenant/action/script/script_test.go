package script_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"twinlock/server/tenant/action"
	"twinlock/server/tenant/action/script"
)

func compile(t *testing.T, code string) *script.Script {
	t.Helper()
	s, err := script.Compile("test.js", code, map[string]string{"KEY": "k"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What the code sees and says comes through; of an execution only the cache is left.
func TestPostLogin(t *testing.T) {
	s := compile(t, `let runs = 0;
		exports.onExecutePostLogin = async (event, api) => {
			await null;
			api.idToken.setCustomClaim("seen", [event.client.client_id, event.secrets.KEY, ++runs, api.cache.get("k")?.value ?? "none"].join());
			api.cache.set("k", "kept", { ttl: 1000 });
			console.log("one", 2);
		};`)
	for _, want := range []string{"app,k,1,none", "app,k,1,kept"} {
		claims, err := s.PostLogin(action.Login{Client: action.Client{ID: "app"}})
		if err != nil || claims["seen"] != want {
			t.Errorf("%v, %v", claims, err)
		}
	}
	if got := s.Log(); !slices.Equal(got, []string{"one 2", "one 2"}) {
		t.Errorf("log %q", got)
	}
}

func TestFails(t *testing.T) {
	for code, want := range map[string]error{
		`exports.other = 1`: script.ErrNoHandler,
		`throw new Error()`: script.ErrRejected,
		`exports.onExecuteEventStream = () => { throw new Error() }`:                            script.ErrRejected,
		`exports.onExecuteEventStream = async () => { throw new Error() }`:                      script.ErrRejected,
		`exports.onExecuteEventStream = () => new Promise(() => {})`:                            script.ErrPending,
		`exports.onExecuteEventStream = async () => fetch("http://127.0.0.1:1/")`:               script.ErrRejected,
		`exports.onExecuteEventStream = async () => fetch("http://127.0.0.1:1/", {misspelt:1})`: script.ErrRejected,
		`exports.onExecuteEventStream = async () => require("fs")`:                              script.ErrRejected,
		`exports.onExecuteEventStream = async () => {}`:                                         nil,
		`exports.onExecuteEventStream = () => {}`:                                               nil,
	} {
		if err := compile(t, code).EventStream(action.Event{}); !errors.Is(err, want) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := script.Compile("test.js", "(", nil); err == nil {
		t.Error("what is no JavaScript compiles")
	}
}

// fetch sends what it is told to, and gives the answer as Node's does.
func TestFetch(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut || r.Header.Get("X-Own") != "1" || r.ContentLength != 4 {
			w.WriteHeader(http.StatusTeapot)
		}
		w.Write([]byte(`{"a":[1]}`))
	}))
	defer server.Close()
	s := compile(t, strings.ReplaceAll(`exports.onExecuteEventStream = async () => {
		const right = await fetch("URL", { method: "PUT", headers: { "X-Own": "1" }, body: "body", signal: AbortSignal.timeout(60000) });
		console.log(right.ok, right.status, (await right.json()).a[0]);
		const wrong = await fetch("URL");
		console.log(wrong.ok, wrong.status);
	};`, "URL", server.URL))
	if err := s.EventStream(action.Event{}); err != nil || !slices.Equal(s.Log(), []string{"true 200 1", "false 418"}) {
		t.Errorf("%v %q", err, s.Log())
	}
}
