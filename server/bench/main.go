// Command bench measures Twinlock and what it is compared with in one run, and prints one
// table: medians, with the lowest and the highest figure, and the median of the rounds'
// ratios of Twinlock's figure to the other's. A ratio below 1 is in Twinlock's favour; for
// requests per second, one above 1. Run it from the module's root, after make build.
//
// With -against it compares the versions of Twinlock that two checkouts have built, and
// nothing else.
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
)

// parts are the parts of the table, in the order of printing.
var parts = []string{"sizes", "serving", "visits", "returns", "profiles", "languages"}

func main() {
	rounds := flag.Int("rounds", 5, "how often each visit is measured")
	only := flag.String("only", "", "measure one part alone: "+strings.Join(parts, ", "))
	against := flag.String("against", "", "measure this checkout beside another one, whose `folder` this is: make build in both")
	flag.Parse()
	if *only != "" && !slices.Contains(parts, *only) {
		fmt.Fprintf(os.Stderr, "bench: there is no part %q, only %s\n", *only, strings.Join(parts, ", "))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the tenant's provider logs its routes
	if err := inFolder(func(dir string) error {
		b := &bench{dir: dir, rounds: *rounds, table: newTable(os.Stdout)}
		if *against != "" {
			return errors.Join(b.against(ctx, *against), b.table.flush())
		}
		return errors.Join(b.run(ctx, *only), b.table.flush())
	}); err != nil {
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

// bench is one run.
type bench struct {
	dir    string // for files
	rounds int
	table  table
}

// run measures one part, or all of them if only is empty.
func (b *bench) run(ctx context.Context, only string) error {
	built := sync.OnceValues(func() (others, error) { return buildOthers(ctx, b.dir) })
	withOthers := func(do func(context.Context, others) error) error {
		o, err := built()
		if err != nil {
			return err
		}
		return do(ctx, o)
	}
	measure := map[string]func() error{
		"sizes":     func() error { return withOthers(func(_ context.Context, o others) error { return sizes(b.table, o) }) },
		"serving":   func() error { return serving(ctx, b.table, b.dir) },
		"visits":    func() error { return withOthers(b.visits) },
		"returns":   func() error { return withOthers(b.returns) },
		"profiles":  func() error { return b.profiles(ctx) },
		"languages": func() error { return b.languages(ctx) },
	}
	for _, part := range parts {
		if only != "" && only != part {
			continue
		}
		if err := measure[part](); err != nil {
			return err
		}
	}
	return nil
}

// others are the programs that Twinlock's is compared with.
type others struct {
	hello     hello
	lock, spa *file // nil if Auth0's clients are not installed
}

func buildOthers(ctx context.Context, dir string) (o others, err error) {
	if o.hello, err = buildHello(ctx); err != nil {
		return o, err
	}
	for page, script := range map[string]**file{"lock.js": &o.lock, "spa.js": &o.spa} {
		*script, err = bundlePeer(ctx, dir, page)
		if errors.Is(err, errLeftOut) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		} else if err != nil {
			return o, err
		}
	}
	return o, nil
}

// starters start Twinlock, and the others that people can return to.
func (o others) starters() []starter {
	starts := []starter{
		func(f *fronts) (contender, error) { return f.twinlock(2) },
		func(f *fronts) (contender, error) { return f.hello(o.hello) },
	}
	if o.lock != nil {
		starts = append(starts, func(f *fronts) (contender, error) { return f.locks(*o.lock, 2) })
	}
	return starts
}
