package fault_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"twinlock/server/tenant/fault"
)

var endpoint = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })

// ask sends a request through the queue and returns the answer.
func ask(q *fault.Queue, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	q.Middleware(endpoint).ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestPaths(t *testing.T) {
	const asked = "/api/v2/users/auth0%7C5d"
	for _, tt := range []struct {
		name, method, path string
		want               bool // for GET asked
	}{
		{"glob", "GET", "/api/v2/users/*", true},
		{"any method", "", "/api/v2/users/*", true},
		{"lower case", "get", "/api/v2/users/*", true},
		{"escaped", "", "/api/v2/users/auth0%7C5d", true},
		{"escaped otherwise", "", "/api/v2/users/auth0%7c5d", true},
		{"decoded", "", "/api/v2/users/auth0|5d", true},
		{"part", "", "/api/v2/users/auth0*", true},
		{"other method", "POST", "/api/v2/users/*", false},
		{"other user", "", "/api/v2/users/google*", false},
		{"longer", "", "/api/v2/users/*/identities", false},
		{"shorter", "", "/api/v2/*", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var q fault.Queue
			if err := q.Add(fault.Fault{Method: tt.method, Path: tt.path, Status: 503}); err != nil {
				t.Fatal(err)
			}
			if got := ask(&q, "GET", asked).Code; (got == 503) != tt.want {
				t.Errorf("status %d", got)
			}
		})
	}
}

// TestTimes: a fault applies as often as it says, the first that matches first.
func TestTimes(t *testing.T) {
	var q fault.Queue
	for _, f := range []fault.Fault{
		{Path: "/", Status: 500},
		{Path: "/", Status: 501, Times: 2},
		{Path: "/", Status: 502, Times: -1},
	} {
		if err := q.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	for n, want := range []int{500, 501, 501, 502, 502, 502} {
		if got := ask(&q, "GET", "/").Code; got != want {
			t.Errorf("request %d: status %d, want %d", n, got, want)
		}
	}
	q.Clear()
	if got := ask(&q, "GET", "/").Code; got != http.StatusNoContent {
		t.Errorf("after Clear: status %d", got)
	}
}

func TestBody(t *testing.T) {
	for _, tt := range []struct {
		body any
		want string
	}{
		{nil, ""}, {"what?", `"what?"`}, {map[string]any{"b": 1, "a": 2}, `{"a":2,"b":1}`}, {json.RawMessage(`{ "b": 1.0 }`),
			`{ "b": 1.0 }`},
	} {
		var q fault.Queue
		if err := q.Add(fault.Fault{Path: "/", Status: 500, Body: tt.body}); err != nil {
			t.Fatal(err)
		}
		w := ask(&q, "GET", "/")
		if typed := w.Header().Get("Content-Type") != ""; w.Body.String() != tt.want || typed != (tt.want != "") {
			t.Errorf("%v: %q, %v", tt.body, w.Body, w.Header())
		}
	}
	var q fault.Queue
	if err := q.Add(fault.Fault{Path: "/", Status: 500, Body: func() {}}); err == nil {
		t.Error("a function is a body")
	}
}

// TestParse reads what was written, and every byte of a body.
func TestParse(t *testing.T) {
	f, err := fault.Parse(strings.NewReader(`{"method":"POST","path":"/x","status":429,"body":{ "n": 1.0 },"token":{"nonce":null},"times":-1}`))
	if err != nil {
		t.Fatal(err)
	}
	if body, is := f.Body.(json.RawMessage); !is || string(body) != `{ "n": 1.0 }` || f.Method != "POST" || f.Times != -1 {
		t.Errorf("got %+v", f)
	}
	written, err := json.Marshal(f)
	if want := `{"method":"POST","path":"/x","status":429,"body":{"n":1.0},"times":-1,"token":{"nonce":null}}`; err != nil || string(written) != want {
		t.Errorf("got %s, %v, want %s", written, err, want)
	}
	for body, want := range map[string]any{`{"path":"/"}`: nil, `{"path":"/","body":null}`: "null"} {
		f, err := fault.Parse(strings.NewReader(body))
		if raw, is := f.Body.(json.RawMessage); err != nil || (f.Body == nil) != (want == nil) || is && string(raw) != want {
			t.Errorf("%s: body %v, %v", body, f.Body, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, body := range []string{
		``, `{}`, `[]`, `{"path":"x","status":500}`, `{"path":"/[","status":500}`, `{"path":"/","status":99}`, `{"path":"/","status":600}`,
		`{"path":"/","delay_ms":-1}`, `{"path":"/","delay_ms":60001}`, `{"path":"/","unknown":1}`, `{"path":"/","after":true}`,
		`{"path":"/","late_ms":1}`, `{"path":"/","drop":true,"late_ms":-1}`, `{"path":"/","drop":true,"late_ms":60001}`,
		`{"path":"/","token":{"alg":"RS512"}}`, `{"path":"/","token":{"kid":1}}`, `{"path":"/","token":{"signature":"good"}}`, `{"path":"/"} {}`,
		`{"path":"/","refuse":{"error_description":"x"}}`, `{"path":"/","refuse":{"error":"x","state":"y"}}`, `{"path":"/","refuse":{"error":1}}`,
	} {
		if _, err := fault.Parse(strings.NewReader(body)); err == nil {
			t.Errorf("%s is accepted", body)
		}
	}
}

// Nothing that Parse accepts breaks the requests of a tenant.
func FuzzParse(f *testing.F) {
	f.Add(`{"method":"GET","path":"/userinfo/*","status":503}`, "/userinfo/x")
	f.Add(`{"path":"/%","token":{"alg":"none"}}`, "/%25")
	f.Add(`{"path":"/*","refuse":{"error":"x"},"headers":{"X":""}}`, "/y")
	f.Fuzz(func(t *testing.T, body, path string) {
		parsed, err := fault.Parse(strings.NewReader(body))
		if err != nil || parsed.Drop || parsed.DelayMS > 0 || parsed.LateMS > 0 {
			t.Skip()
		}
		r, err := http.NewRequest("GET", "http://127.0.0.1/"+strings.TrimLeft(path, "/"), nil)
		if err != nil {
			t.Skip()
		}
		var q fault.Queue
		if err := q.Add(parsed); err != nil {
			t.Fatal(err)
		}
		q.Middleware(endpoint).ServeHTTP(httptest.NewRecorder(), r)
	})
}
