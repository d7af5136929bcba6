package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The whole of it below a folder.
func TestBasePath(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{basePath: "/link"})
	p := s.open("/")
	p.signIn(ada)
	p.clean()
	p.link(lovelace)
	s.wantHeld(map[string]string{adaID: adaAndGoogle, lovelaceID: ""})
	p.reload()
	p.profileOf(ada)
	p.linked(lovelace)
	p.signOut()
}

func TestUnknownPath(t *testing.T) {
	t.Parallel()
	for _, basePath := range cases(1, []string{"/link", ""}) {
		s := newStage(t, setup{basePath: basePath})
		p := s.blank()
		p.troubles.expect("status of 404")
		p.call("visit", func(ctx context.Context) error {
			response, err := chromedp.Run(ctx, chromedp.NavigateResponse(s.site+"/no/such/page"))
			if err == nil && response.Status != 404 {
				t.Errorf("status %d", response.Status)
			}
			return err
		})
		p.see("h1", "no page")
		p.fits()
		p.click("main a")
		p.started()
		p.appear("#btn-login")
	}
}

// troubles are worth something: what must not happen is seen where it does.
func TestTroubles(t *testing.T) {
	t.Parallel()
	s := newStage(t, setup{})
	p := s.open("/")
	x := &troubles{}
	if err := chromedp.Listen(p.ctx, x.see); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, script, want string }{
		{"exception", `setTimeout(() => { throw new Error("thrown on purpose") })`, "thrown on purpose"},
		{"rejection", `Promise.reject(new Error("rejected on purpose")) && 1`, "rejected on purpose"},
		{"console", `console.error("written on purpose")`, "written on purpose"},
		{"missing file", `fetch("/missing-on-purpose") && 1`, "missing-on-purpose"},
		{"script made of text", `try { document.createElement("script").textContent = "1"; } catch {}`, "TrustedScript"},
		{"inline style", `document.body.setAttribute("style", "color: red")`, "style-src"},
		{"foreign request", `fetch("https://foreign.invalid/").catch(() => {}) && 1`, "foreign.invalid"},
		{"dialog", `setTimeout(() => alert("asked on purpose"))`, "asked on purpose"},
	} {
		p.troubles.expect(tt.want)
		evaluate[bool](p, "(() => {"+tt.script+"; return true})()")
		p.until("the trouble is seen: "+tt.name, func(context.Context) (bool, error) {
			x.mu.Lock()
			defer x.mu.Unlock()
			for _, text := range x.seen {
				if strings.Contains(text, tt.want) {
					return true, nil
				}
			}
			return false, nil
		})
	}
}
