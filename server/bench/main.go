// Command bench measures Twinlock beside what it is compared with, side by side in
// one run, and prints one table: medians, and ratios to the other's median. A
// ratio below 1 is in Twinlock's favour, but of requests per second one above. It
// is run from the module's root, after make build.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"

	"twinlock/server/e2e/programs"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often each visit is measured")
	alone := flag.Bool("serving", false, "measure the server alone, for which no browser is needed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the tenant's provider tells of its routes there
	measure := func(dir string) error { return run(ctx, dir, *rounds) }
	if *alone {
		measure = func(dir string) error { return runServing(ctx, dir) }
	}
	if err := inFolder(measure); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// inFolder gives do a folder that is removed afterwards.
func inFolder(do func(dir string) error) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	return errors.Join(do(dir), os.RemoveAll(dir))
}

func runServing(ctx context.Context, dir string) error {
	t := newTable(os.Stdout)
	return errors.Join(serving(ctx, t, dir), t.flush())
}

func run(ctx context.Context, dir string, rounds int) error {
	program, err := helloProgram(ctx, dir)
	if err != nil {
		return err
	}
	starts := []starter{
		func(f *fronts) (contender, error) { return f.twinlock(2) },
		func(f *fronts) (contender, error) { return f.hello(ctx, program) },
	}
	script, err := lockBundle(ctx, dir)
	switch {
	case errors.Is(err, errLeftOut):
		fmt.Fprintln(os.Stderr, "bench:", err)
	case err != nil:
		return err
	default:
		starts = append(starts, func(f *fronts) (contender, error) { return f.lock(script, 2) })
	}
	path, err := programs.Chromium.Find()
	if err != nil {
		return err
	}
	browser, end, err := startBrowser(ctx, path)
	if err != nil {
		return err
	}
	defer end()
	t := newTable(os.Stdout)
	if err := sizes(t, program, script); err != nil {
		return err
	}
	if err := serving(ctx, t, dir); err != nil {
		return err
	}
	for _, n := range []network{fullSpeed, slow4G} {
		list, err := visits(ctx, browser, n, rounds, starts)
		if err != nil {
			return err
		}
		visitRows(t, list)
	}
	if err := profiles(ctx, browser, t, rounds); err != nil {
		return err
	}
	return t.flush()
}
