package e2e

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"twinlock/app/config"
	"twinlock/app/provider"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
	"twinlock/server/site"
	"twinlock/web"
)

// A gate holds back what is asked for at paths that have a text in them.
type gate struct {
	text string
	open chan struct{}
}

func newGate(t *testing.T, text string) *gate {
	g := &gate{text, make(chan struct{})}
	t.Cleanup(g.lift)
	return g
}

func (g *gate) lift() {
	select {
	case <-g.open:
	default:
		close(g.open)
	}
}

func (g *gate) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, g.text) {
			select {
			case <-g.open:
			case <-r.Context().Done():
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// Whoever does not wait for the program signs in without it, and it takes the
// login up at the callback.
func TestSignInBeforeTheProgram(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/app.")
	s := newStage(t, setup{front: g.front, basePath: "/link", configure: func(c *config.Config) { c.Languages = []string{"en", "de"} }})
	p := s.blank()
	p.visit(s.site + "/")
	p.click("#btn-login")
	p.appear("[role=dialog]")
	p.login(ada)
	p.see("[role=status], .skeleton", "")
	g.lift()
	p.profileOf(ada)
}

// Who closes the dialog has thought better of it, before the program is there and
// after.
func TestEarlyChoiceIsGivenUp(t *testing.T) {
	t.Parallel()
	for interaction, awaited := range map[provider.Interaction]string{provider.Redirect: "/config.json", provider.Popup: "/web/app."} {
		t.Run(string(interaction), func(t *testing.T) {
			t.Parallel()
			g := newGate(t, awaited)
			s := newStage(t, setup{front: g.front, interaction: interaction})
			p := s.blank()
			evaluate[bool](p, js(`(location = %s, true)`, s.site+"/"))
			p.click("#btn-login")
			p.choose(connectionOf(ada))
			p.appear(`[role=dialog] [aria-busy=true]`)
			p.key("\x1b")
			p.vanish("[role=dialog]")
			g.lift()
			p.started()
			p.idle()
			if asked := s.authorizations(); len(asked) != 0 {
				t.Errorf("the page has left for %q", asked)
			}
			p.click("#btn-login")
			p.choose(connectionOf(ada))
			p.until("a login begins", func(context.Context) (bool, error) { return len(s.authorizations()) > 0, nil })
		})
	}
}

// The dialog that a person has opened stays open when the program takes the page
// over, with the focus where it was.
func TestDialogOutlastsTheTakeover(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/app.")
	s := newStage(t, setup{front: g.front})
	p := s.blank()
	p.visit(s.site + "/")
	p.click("#btn-login")
	p.hears("#lock-login")
	focused := js(`document.activeElement?.dataset.connection === %s`, connectionOf(lovelace))
	evaluate[bool](p, js(`(document.querySelector('[data-connection="'+%s+'"]').focus(), true)`, connectionOf(lovelace)))
	g.lift()
	p.started()
	p.appear("[role=dialog]")
	p.wait("the focus is where it was", focused)
	p.login(ada)
	p.profileOf(ada)
}

// Where a window is wanted the program has to open it: what was chosen is shown
// as heard and is done as soon as it can be.
func TestEarlyChoiceOfAWindow(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/app.")
	s := newStage(t, setup{front: g.front, interaction: provider.Popup})
	p := s.blank()
	p.visit(s.site + "/")
	p.click("#btn-login")
	p.choose(connectionOf(ada))
	p.appear(`[role=dialog] [aria-busy=true]`)
	p.see("[role=status]", text.Fill(say.Of(text.Opening), "connection", "Email and password"))
	g.lift()
	p.until("the program has begun the login", func(context.Context) (bool, error) {
		return p.windows() > 0 || strings.HasPrefix(p.location(), s.issuer), nil
	})
	if p.windows() > 0 { // or, where the click counts as too old, a redirect
		p.window().answer(ada)
	} else {
		p.answer(ada)
	}
	p.profileOf(ada)
}

// No frame is painted before the boot script has run, and all the styles are in
// the page by then.
func TestFirstFrame(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/boot.")
	s := newStage(t, setup{front: g.front})
	p := s.blank()
	p.needsChromium("blocking=render")
	evaluate[bool](p, js(`(location = %s, true)`, s.site+"/")) // a visit waits for the scripts
	p.wait("the page is parsed", `document.readyState !== "loading" && document.querySelector("#btn-login")`)
	if got := evaluate[int](p, `performance.getEntriesByType("paint").length`); got != 0 {
		t.Errorf("%d frames before the boot script", got)
	}
	g.lift()
	p.started()
	p.wait("a frame", `performance.getEntriesByName("first-contentful-paint").length`)
	if evaluate[bool](p, `performance.getEntriesByName("first-contentful-paint")[0].startTime <
		performance.getEntriesByType("resource").find((r) => r.name.includes("/web/boot.")).responseEnd`) {
		t.Error("painted before the boot script was there")
	}
	if evaluate[bool](p, `performance.getEntriesByType("resource").some((r) => r.name.endsWith(".css"))`) {
		t.Error("a stylesheet is fetched")
	}
}

// The page is there in the person's language before the program is.
func TestLanguageBeforeTheProgram(t *testing.T) {
	t.Parallel()
	g := newGate(t, "/web/app.")
	s := newStage(t, setup{front: g.front, configure: func(c *config.Config) { c.Languages = []string{"en", "de"} }})
	p := s.blank()
	p.speak("de-AT")
	p.inject(meddler)
	p.visit(s.site + "/")
	german := texttest.In("de")
	p.see("h1", german.Of(text.Welcome))
	if n := evaluate[int](p, `document.querySelectorAll(".page").length`); n != 1 {
		t.Errorf("the page is there %d times", n)
	}
	p.click("#btn-login")
	p.see("[role=dialog] h2", german.Of(text.SignInTitle))
	if lang := evaluate[string](p, `document.documentElement.lang`); lang != "de" {
		t.Errorf("lang = %q", lang)
	}
	p.choose(connectionOf(ada))
	p.until("the tenant is asked in German", func(context.Context) (bool, error) {
		for _, r := range s.requests() {
			if r.Path == "/authorize" {
				return r.Query["ui_locales"] == "de" || r.Query["ui_locales"] == "", nil
			}
		}
		return false, nil
	})
}

// speak has the browser prefer a language.
func (p *page) speak(language string) {
	p.t.Helper()
	p.call("speak "+language, func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: "Mozilla/5.0", AcceptLanguage: language,
		})
		return err
	})
}

// The boot script begins a login exactly as package oidc does: its test vectors.
func TestBootVectors(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../app/oidc/testdata/begin.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Name, v.check)
	}
}

// A vector is one login, as far as a page can begin it.
type vector struct {
	Name        string
	Config      map[string]any
	RedirectURI string `json:"redirect_uri"`
	Connection  string
	Params      map[string]json.RawMessage
	Random      string
	Now         int64
	Scope, Key  string
	Transaction any
	URL         string
}

func (v vector) check(t *testing.T) {
	redirect, err := url.Parse(v.RedirectURI)
	if err != nil {
		t.Fatal(err)
	}
	base := strings.TrimSuffix(redirect.Path, "/callback")
	server := httptest.NewServer(v.page(t, base))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	p := (&stage{t: t, origin: server.URL, site: server.URL + base}).blank()
	p.troubles.expect("Failed to load", "ERR_", "404", "TypeError")
	sent, kept := make(chan string, 8), make(chan string, 8)
	if err := chromedp.Listen(p.ctx, func(event any) {
		switch e := event.(type) {
		case *cdppage.EventFrameRequestedNavigation:
			sent <- e.URL
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeLog {
				kept <- words(e.Args)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	// What is kept is read as it is written: the page leaves at once.
	p.inject(js(`const keep = Storage.prototype.setItem;
				Storage.prototype.setItem = function(key, value) {
					if (key.includes(".tx.")) console.log(JSON.stringify({key, value, tab: sessionStorage.getItem(%s)}));
					keep.call(this, key, value);
				};
				crypto.getRandomValues = (array) => { array.set(Uint8Array.fromHex(%s).subarray(0, array.length)); return array; };
				`, "twinlock "+base+"/ tab", v.Random) + fmt.Sprintf("Date.now = () => %d;", v.Now))
	p.visit(p.stage.site + "/")
	p.click("button")
	var got *url.URL
	select {
	case address := <-sent:
		if got, err = url.Parse(address); err != nil {
			t.Fatal(err)
		}
	case <-time.After(timeout):
		t.Fatal("the page goes nowhere")
	}
	want, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	query := want.Query()
	query.Set("redirect_uri", p.stage.site+"/callback")
	if got.Scheme+got.Host+got.Path != want.Scheme+want.Host+want.Path || !reflect.DeepEqual(got.Query(), query) {
		t.Errorf("sent to\n%s, want\n%s", got, want)
	}
	if len(kept) == 0 {
		t.Fatal("no transaction was kept")
	}
	var k struct{ Key, Value, Tab string }
	if err := json.Unmarshal([]byte(unquote(<-kept)), &k); err != nil {
		t.Fatal(err)
	}
	var transaction any
	if err := json.Unmarshal([]byte(k.Value), &transaction); err != nil {
		t.Fatal(err)
	}
	if k.Tab == "" || k.Key != v.Scope+"tab "+k.Tab+" "+v.Key || !reflect.DeepEqual(transaction, v.Transaction) {
		t.Errorf("kept %s under %q, want %s under %q", transaction, k.Key, v.Transaction, v.Scope+"tab … "+v.Key)
	}
}

// unquote takes a string out of how the console shows it.
func unquote(said string) string {
	if text := ""; json.Unmarshal([]byte(said), &text) == nil {
		return text
	}
	return said
}

// page has what the boot script needs, and never a program.
func (v vector) page(t *testing.T, base string) http.Handler {
	t.Helper()
	boot, err := site.BootScript(web.Files)
	if err != nil {
		t.Fatal(err)
	}
	configuration, err := json.Marshal(v.Config)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(configuration)
	params := ""
	for name, value := range v.Params {
		params += fmt.Sprintf(" data-%s=%q", strings.ReplaceAll(name, "_", "-"), unquote(string(value)))
	}
	language := cmp.Or(unquote(string(v.Params["ui_locales"])), "en")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /boot.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		w.Write(boot)
	})
	mux.HandleFunc("GET /"+language+".json", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"language": %q}`, language)
	})
	mux.HandleFunc("GET /app.wasm", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("GET "+base+"/config.json", func(w http.ResponseWriter, _ *http.Request) { w.Write(configuration) })
	mux.HandleFunc("GET "+base+"/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang=%[1]q><body>
			<dialog open data-opening=""%[2]s><button data-connection=%[3]q data-label="">Continue</button></dialog>
			<script src="/boot.js" data-base=%[4]q data-config="%[4]s/config.json" data-config-sum=%[5]q data-wasm="/app.wasm"
				data-worker="/none" data-languages=%[1]q data-catalogues="/*.json"></script>`,
			language, params, v.Connection, base, base64.StdEncoding.EncodeToString(sum[:]))
	})
	return mux
}
