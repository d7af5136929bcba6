package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	native "twinlock/app/browser"
	"twinlock/app/lock"
)

// The boot script of package lock, in pages of another program: it names the tab, and
// hands an answer over to the page that waits for it in another window.
func TestLockBootScript(t *testing.T) {
	t.Parallel()
	const issuer, client = "https://tenant.example/", "a client"
	scope := native.NewScope("/folder/", issuer, client, "").String()
	mux := http.NewServeMux()
	send := func(path, contentType, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			fmt.Fprint(w, body)
		})
	}
	tag := fmt.Sprintf(`<!doctype html><link rel="icon" href="data:,">
		<script type="module" src="/lock.js" data-lock="/folder/" data-issuer=%q data-client-id=%q></script>`, issuer, client)
	send("/lock.js", "text/javascript", lock.BootScript())
	send("/folder/callback", "text/html", tag)
	send("/folder/{$}", "text/html", tag+`<button onclick="w = window.open(next)">Open</button>`)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s := &stage{t: t, origin: server.URL, site: server.URL + "/folder"}
	p := s.blank()
	p.visit(s.site + "/")
	p.wait("the tab has a name", `sessionStorage.getItem("twinlock /folder/ tab")`)
	name := evaluate[string](p, `sessionStorage.getItem("twinlock /folder/ tab")`)
	p.visit(s.site + "/?again")
	p.wait("the script has run", `location.search && document.readyState === "complete"`)
	if again := evaluate[string](p, `sessionStorage.getItem("twinlock /folder/ tab")`); again != name {
		t.Errorf("after a reload the tab is named %q, not %q", again, name)
	}

	evaluate[bool](p, js(`(window.heard = [],
		window.channel = new BroadcastChannel(%s + "channel"),
		channel.onmessage = ({ data }) => {
			heard.push(data.kind + " " + data.state + " " + data.data);
			if (data.state === "login.mine") channel.postMessage({ kind: "taken", state: data.state });
		}, true)`, scope))
	open := func(answer string) {
		evaluate[bool](p, js(`(window.next = %s, true)`, s.site+"/callback"+answer))
		p.click("button")
	}
	open("?code=c&state=login.mine#rest")
	p.wait("the window has closed itself", `window.w?.closed`)
	open("#state=login.other")
	p.wait("the answer is heard", `heard.length === 2`)
	closed := evaluateAsync[bool](p, `new Promise((resolve) => setTimeout(() => resolve(w.closed), 1500))`)
	if closed {
		t.Error("a window has closed itself although nobody has accepted its answer")
	}
	evaluate[bool](p, `(w.close(), true)`)

	// A login that the tab itself has begun is its own to finish, wherever it waits.
	for login, store := range map[string]string{
		"login.here": `new Promise((done) => done(localStorage.setItem(%s, "{}") ?? true))`,
		"login.there": `new Promise((done, fail) => {
			const opening = indexedDB.open("twinlock /folder/", 1);
			opening.onerror = fail;
			opening.onsuccess = () => {
				const transaction = opening.result.transaction("vault", "readwrite");
				transaction.objectStore("vault").put("{}", %s);
				transaction.oncomplete = () => done(true);
			};
		})`,
	} {
		evaluateAsync[bool](p, js(store, scope+"tab "+name+" twinlock.tx."+login))
		evaluate[bool](p, js(`(location.href = %s, true)`, s.site+"/callback?state="+login))
		p.wait("the callback's page is there", js(`location.search.endsWith(%s) && document.readyState === "complete"`, login))
		if evaluateAsync[bool](p, js(`new Promise((resolve) => {
			new BroadcastChannel(%s + "channel").onmessage = () => resolve(true);
			const script = document.createElement("script");
			Object.assign(script, { type: "module", src: "/lock.js?again" });
			document.head.append(script);
			setTimeout(resolve, 1000, false);
		})`, scope)) {
			t.Errorf("%s is the tab's own, and is handed over", login)
		}
	}
}
