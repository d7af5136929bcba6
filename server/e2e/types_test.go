package e2e

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/app/text/texttest"
)

// typed sends the right answer with another type, or with none.
func typed(contentType string) func(http.ResponseWriter, *httptest.ResponseRecorder) {
	return func(w http.ResponseWriter, right *httptest.ResponseRecorder) {
		for name, values := range right.Header() {
			w.Header()[name] = values
		}
		w.Header()["Content-Type"] = nil // so that none is guessed
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.Write(right.Body.Bytes())
	}
}

// watchStreaming notes whether a page has compiled the program while it came.
const watchStreaming = `{
	const right = WebAssembly.compileStreaming;
	WebAssembly.compileStreaming = (...args) => { window.streamed = true; return right(...args); };
}`

// The program starts whatever type the host sends it with: when it is rehearsed, and
// when it comes from the worker. With the right type it is compiled while it comes.
func TestProgramTypes(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{
		"application/wasm", "application/octet-stream", "text/plain; charset=utf-8", "", "application/wasm; charset=utf-8",
	} {
		t.Run(cmp.Or(contentType, "none"), func(t *testing.T) {
			t.Parallel()
			m := &spoiler{path: "/web/app.", spoil: typed(contentType)}
			m.on.Store(true)
			s := newStage(t, setup{front: m.front})
			p := s.blank()
			p.inject(watchStreaming)
			p.noteWorkers()
			p.visit(s.site + "/")
			p.started()
			if got, want := p.workers(), compiledAhead; !slices.Equal(got, want) {
				t.Errorf("worker: %q, want %q", got, want)
			}
			p.kept()
			p.visit(s.site + "/")
			p.started()
			if got, want := evaluate[bool](p, `window.streamed === true`), contentType == "application/wasm"; got != want {
				t.Errorf("compiled while it came: %t, want %t", got, want)
			}
		})
	}
}

// A host that sends something else instead of the program is told of, in the person's
// language.
func TestProgramIsNone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		spoil    func(http.ResponseWriter, *httptest.ResponseRecorder)
		language string
		says     func(*text.Catalogue) string
		value    string
	}{
		"a page": {aPage, "en", func(say *text.Catalogue) string { return say.Of(text.OtherProgram) }, "Content-Type: text/html"},
		"nothing, without a type": {func(w http.ResponseWriter, _ *httptest.ResponseRecorder) {
			w.Header()["Content-Type"] = nil
		}, "de", func(say *text.Catalogue) string { return say.Of(text.OtherProgram) }, "Content-Type: –"},
		"not found": {func(w http.ResponseWriter, _ *httptest.ResponseRecorder) {
			http.NotFound(w, httptest.NewRequest("GET", "/", nil))
		}, "de", func(say *text.Catalogue) string { return say.Of(text.NoProgram) }, "404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &spoiler{path: "/web/app.", spoil: tt.spoil}
			m.on.Store(true)
			s := newStage(t, setup{front: m.front, configure: func(c *config.Config) { c.Languages = []string{"en", "de"} }})
			p := s.blank()
			p.speak(tt.language)
			p.troubles.expect("instead of the program", "404")
			p.visit(s.site + "/")
			say := texttest.In(tt.language)
			p.alert(text.Fill(tt.says(say), "value", tt.value))
			p.see(".boot-panel button", say.Of(text.Reload))
			if n := p.count("[role=alert]"); n != 1 {
				t.Errorf("%d alerts", n)
			}
			if focused := evaluate[bool](p, `document.activeElement.matches(".boot-panel button")`); !focused {
				t.Error("the focus is not on the button")
			}
			m.on.Store(false)
			p.click(".boot-panel button")
			p.started()
		})
	}
}
