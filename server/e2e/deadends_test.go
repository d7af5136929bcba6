package e2e

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"twinlock/app/text"
	"twinlock/app/text/texttest"
)

// withoutProgram answers for the program that nobody may have it, as long as it is told to.
type withoutProgram struct{ refuses atomic.Bool }

func (f *withoutProgram) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.refuses.Load() && strings.Contains(r.URL.Path, ".wasm") {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// goesOn checks that the page has its header, one sentence, and one thing to press that is in
// sight, and nothing that would wait for ever.
func (p *page) goesOn(sentence string) {
	p.t.Helper()
	p.see(".notice", sentence)
	for what, expression := range map[string]string{
		"headers":         seen("header.topbar"),
		"sentences":       seen("[role=alert]"),
		"things to press": seen("button, a.button"),
	} {
		if n := evaluate[int](p, expression+".length"); n != 1 {
			p.t.Errorf("%d %s, want one", n, what)
		}
	}
	p.none("still waits", seen(".bone, #btn-login")+`.map((e) => e.outerHTML)`)
	if !evaluate[bool](p, seen("button, a.button")+`[0].getBoundingClientRect().bottom <= innerHeight`) {
		p.t.Error("what can be pressed is out of sight")
	}
}

// Without the program, and without scripts, the page says so and has one way on.
func TestDeadEnds(t *testing.T) {
	t.Parallel()
	f := new(withoutProgram)
	s := newStage(t, setup{front: f.front})
	p := s.blank()
	p.needsChromium("scripts that are off")
	p.troubles.expect("status of", "instead of the program")
	p.resize(phone)
	say := texttest.In("en")

	f.refuses.Store(true)
	p.visit(s.site + "/")
	p.goesOn(text.Fill(say.Of(text.NoProgram), "value", "403"))
	f.refuses.Store(false)
	p.click(".boot-panel button")
	p.started()

	p.call("turn scripts off", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	p.call("load the page", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, cdppage.Navigate, cdppage.NavigateParams{URL: s.site + "/"})
		return err
	})
	p.goesOn(say.Of(text.NoScript))
}
