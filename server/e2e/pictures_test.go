package e2e

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"slices"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"twinlock/server/tenant"
)

// Attack case 38: a profile's picture is shown where its host is known to keep
// pictures, and no stranger's host, for instance a tracker's, hears of a visit.
func TestPicturesOfStrangers(t *testing.T) {
	t.Parallel()
	const (
		known   = "https://lh3.googleusercontent.com/a/picture"
		tracker = "https://s.gravatar.com/avatar/5f0e"
	)
	s := newStage(t, setup{furnish: func(o *tenant.Options) {
		o.Users = []tenant.User{
			{Identity: tenant.Identity{Connection: tenant.Google, ID: "118151210185211271536", Email: lovelace, EmailVerified: true, Picture: known}},
			{Identity: tenant.Identity{Connection: tenant.Facebook, ID: "10218151210185211", Email: byron, EmailVerified: true, Picture: tracker}},
		}
	}})
	p := s.blank()
	asked := p.servePictures()
	p.visit(s.site + "/")
	p.started()
	p.signIn(lovelace)
	p.wait("the picture is shown", js(`[...document.querySelectorAll("img[src=" + CSS.escape(%s) + "]")].some((e) => e.naturalWidth > 0)`, known))
	p.startLink(byron)
	p.appear("#btn-confirm")
	p.unfold("#confirm .fold:has(.about)")
	p.see("#confirm .about-moves .avatar", "A") // the initial
	if n := p.count(`#confirm img`); n != 1 {
		t.Errorf("%d pictures are shown", n)
	}

	t.Log("where the page fails, the content security policy holds")
	p.troubles.expect("Content Security Policy")
	blocked := evaluateAsync[bool](p, js(`new Promise((resolve) => {
		const picture = new Image();
		picture.onload = () => resolve(false);
		picture.onerror = () => resolve(true);
		picture.src = %s;
	})`, tracker))
	if !blocked {
		t.Error("the policy lets a stranger's picture be loaded")
	}
	if got := slices.Compact(asked()); !slices.Equal(got, []string{known}) {
		t.Errorf("the pictures %q were asked for, want only %s", got, known)
	}
}

// servePictures answers every https request of the page with a picture, and returns
// what was asked for. A host that was told by whom is marked so.
func (p *page) servePictures() (asked func() []string) {
	p.t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		p.t.Fatal(err)
	}
	var mu sync.Mutex
	var urls []string
	err := chromedp.Listen(p.ctx, func(event any) {
		e, ok := event.(*fetch.EventRequestPaused)
		if !ok {
			return
		}
		url := e.Request.URL
		for header := range e.Request.Headers {
			if header == "Referer" {
				url += " (with a referrer)"
			}
		}
		mu.Lock()
		urls = append(urls, url)
		mu.Unlock()
		go chromedp.Call(p.ctx, fetch.FulfillRequest, fetch.FulfillRequestParams{
			RequestID:       e.RequestID,
			ResponseCode:    200,
			ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: "image/png"}},
			Body:            picture.Bytes(),
		})
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.call("answer for others", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, fetch.Enable, fetch.EnableParams{
			Patterns: []*fetch.RequestPattern{{URLPattern: "https://*"}},
		})
		return err
	})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(urls)
	}
}
