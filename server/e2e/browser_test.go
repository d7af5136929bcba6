package e2e

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"

	"twinlock/server/e2e/programs"
)

// browser is the context of the one Chromium that all tests share. Each person
// in a test has a profile of their own in it.
var browser context.Context

// which is the browser that people have. In others than Chromium a test is left
// out where it needs what only Chromium's own protocol can do.
var which = flag.String("browser", "chromium", "the browser to test in: chromium, firefox or webkit")

// another opens the browsers of people who do not have Chromium.
var another elsewhere

func TestMain(m *testing.M) {
	flag.DurationVar(&timeout, "condition-timeout", timeout, "how long to wait for a condition")
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	overlap()
	if !testing.Short() {
		stop, err := startWhich()
		if err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			return 1
		}
		defer stop()
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the tenant's provider logs its routes there
	return m.Run()
}

// overlap runs two tests for each processor, unless -parallel says otherwise: a test
// waits for timers and for the other processes half of the time.
func overlap() {
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "test.parallel" })
	if !set {
		_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	}
}

// needsBrowser leaves a test out of the fast layer, which has none.
func needsBrowser(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("needs a browser")
	}
}

func startWhich() (stop func(), err error) {
	if *which == "chromium" {
		browser, stop, err = startBrowser(lightest)
		return stop, err
	}
	start, known := others[*which]
	if !known {
		return nil, fmt.Errorf("-browser=%s: there is chromium, firefox and webkit", *which)
	}
	another, stop, err = start()
	return stop, err
}

// lightest finds the browser that the tests are quickest in. One that was chosen
// is taken for all of them.
func lightest() (string, error) {
	if os.Getenv(programs.Chromium.Env) == "" {
		if path, err := programs.Shell.Find(); err == nil {
			return path, nil
		}
	}
	return programs.Chromium.Find()
}

// whole opens a page for another person in a browser of its own, with windows,
// settings and a pop-up blocker.
func (s *stage) whole(more ...chromedp.ExecAllocatorOption) *page {
	s.t.Helper()
	if another != nil {
		s.t.Skip("needs Chromium with settings of its own")
	}
	ctx, stop, err := startBrowser(programs.Chromium.Find, more...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(stop)
	return newPage(s, newTroubles(s.t), ctx)
}

func startBrowser(find func() (string, error), more ...chromedp.ExecAllocatorOption) (ctx context.Context, stop func(), err error) {
	path, err := find()
	if err != nil {
		return nil, nil, err
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), append(flags(path), more...)...)
	ctx, cancel := chromedp.NewContext(allocator)
	stop = func() {
		cancel()
		cancelAllocator()
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, nil, fmt.Errorf("start %s: %w", path, err)
	}
	return ctx, stop, nil
}

// flags starts a browser that behaves as a person's does, but stays away from the
// network. A sandbox cannot be had by root.
func flags(path string) []chromedp.ExecAllocatorOption {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.Headless,
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.WindowSize(1280, 800),
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-default-apps", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("metrics-recording-only", true),
		chromedp.Flag("password-store", "basic"),
		chromedp.Flag("use-mock-keychain", true),
		// The program is not run for long enough to be worth optimising.
		chromedp.Flag("js-flags", "--liftoff-only"),
		// Frames that nobody looks at.
		chromedp.Flag("force-prefers-reduced-motion", true),
		// Otherwise a click that comes before a page's first frame is dropped.
		chromedp.Flag("allow-pre-commit-input", true),
		// Several windows are open and none is in front.
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	return options
}
