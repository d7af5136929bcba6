// Command bench measures Twinlock and what it is compared with in one run, and prints one
// table with medians and the ratio of Twinlock's median to the other's. A ratio below 1 is
// in Twinlock's favour; for requests per second, one above 1. Run it from the module's
// root, after make build.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"

	"twinlock/server/e2e/programs"
)

// parts are the parts of the table, in the order of printing.
var parts = []string{"sizes", "serving", "visits", "profiles", "languages"}

func main() {
	rounds := flag.Int("rounds", 5, "how often each visit is measured")
	only := flag.String("only", "", "measure one part alone: "+strings.Join(parts, ", "))
	flag.Parse()
	if *only != "" && !slices.Contains(parts, *only) {
		fmt.Fprintf(os.Stderr, "bench: there is no part %q, only %s\n", *only, strings.Join(parts, ", "))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the tenant's provider logs its routes
	if err := inFolder(func(dir string) error { return run(ctx, dir, *rounds, *only) }); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// inFolder runs do with a temporary folder.
func inFolder(do func(dir string) error) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	return errors.Join(do(dir), os.RemoveAll(dir))
}

func run(ctx context.Context, dir string, rounds int, only string) error {
	built := sync.OnceValues(func() (others, error) { return buildOthers(ctx, dir) })
	withOthers := func(do func(others) error) error {
		o, err := built()
		if err != nil {
			return err
		}
		return do(o)
	}
	t := newTable(os.Stdout)
	measure := map[string]func() error{
		"sizes":   func() error { return withOthers(func(o others) error { return sizes(t, o) }) },
		"serving": func() error { return serving(ctx, t, dir) },
		"visits": func() error {
			return withOthers(func(o others) error {
				return inBrowser(ctx, func(b context.Context) error { return allVisits(ctx, b, t, rounds, o) })
			})
		},
		"languages": func() error {
			return inBrowser(ctx, func(b context.Context) error { return languages(ctx, b, t, rounds) })
		},
		"profiles": func() error {
			return inBrowser(ctx, func(b context.Context) error { return profiles(ctx, b, t, rounds) })
		},
	}
	for _, part := range parts {
		if only != "" && only != part {
			continue
		}
		if err := measure[part](); err != nil {
			return err
		}
	}
	return t.flush()
}

// others are the programs that Twinlock's is compared with.
type others struct {
	hello hello
	lock  *file // nil if auth0-lock is not installed
}

func buildOthers(ctx context.Context, dir string) (others, error) {
	h, err := buildHello(ctx)
	if err != nil {
		return others{}, err
	}
	script, err := bundleLock(ctx, dir)
	if errors.Is(err, errLeftOut) {
		fmt.Fprintln(os.Stderr, "bench:", err)
	} else if err != nil {
		return others{}, err
	}
	return others{h, script}, nil
}

// inBrowser runs do with a browser of its own.
func inBrowser(ctx context.Context, do func(browser context.Context) error) error {
	path, err := programs.Chromium.Find()
	if err != nil {
		return err
	}
	browser, end, err := startBrowser(ctx, path)
	if err != nil {
		return err
	}
	defer end()
	return do(browser)
}

func allVisits(ctx, browser context.Context, t table, rounds int, o others) error {
	starts := []starter{
		func(f *fronts) (contender, error) { return f.twinlock(2) },
		func(f *fronts) (contender, error) { return f.hello(o.hello) },
	}
	if o.lock != nil {
		starts = append(starts, func(f *fronts) (contender, error) { return f.lock(*o.lock, 2) })
	}
	for _, n := range []network{fullSpeed, slow4G} {
		list, err := visits(ctx, browser, n, rounds, starts)
		if err != nil {
			return err
		}
		visitRows(t, list)
	}
	return nil
}
