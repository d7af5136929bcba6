package e2e

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// screens is the folder for the pictures; one that is thrown away if empty.
var screens = flag.String("screens", "", "the folder to leave the pictures of TestScreens in")

// TestScreens takes a picture of each page and dialog on a phone and on a
// desktop, light and dark.
func TestScreens(t *testing.T) {
	t.Parallel()
	dir := *screens
	if dir == "" {
		dir = t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, scheme := range cases(0, []string{"light", "dark"}) {
		for _, size := range []screen{phone, desktop} {
			t.Run(size.name+"-"+scheme, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, setup{})
				p := s.blank()
				p.resize(size)
				p.colours(scheme)
				p.visit(s.site + "/")
				p.started()
				p.tour(func(name string) {
					p.save(filepath.Join(dir, name+"-"+size.name+"-"+scheme+".png"))
				})
			})
		}
	}
}

// colours has the person prefer a colour scheme, and no motion.
func (p *page) colours(scheme string) {
	p.t.Helper()
	p.call("colours", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: scheme},
				{Name: "prefers-reduced-motion", Value: "reduce"},
			},
		})
		return err
	})
}

func (p *page) save(file string) {
	p.t.Helper()
	p.call("take a picture", func(ctx context.Context) error {
		if err := chromedp.Do(ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 0, 0)); err != nil {
			return err
		}
		picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return err
		}
		return os.WriteFile(file, picture, 0o644)
	})
}
