// Command size says what the browser's half of Twinlock weighs, by package, and
// compares it with go-app's hello world. It is run at the module's root, by make.
package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"

	"twinlock/wasm/bundle"
	"twinlock/wasm/module"
	"twinlock/web/asset"
)

// What make bundle has built: the program as it was linked, and what is served.
const (
	linked = "bin/twinlock.wasm"
	dist   = "web/dist"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := report(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(1)
	}
}

func report(ctx context.Context) error {
	built, err := bundle.ReadManifest(os.DirFS(dist))
	if err != nil {
		return err
	}
	program, err := os.ReadFile(linked)
	if err != nil {
		return err
	}
	weights, err := module.Weigh(program)
	if err != nil {
		fmt.Fprintf(os.Stderr, "size: the packages of a program by %s cannot be weighed: %v\n", built.Go, err)
	} else {
		printPackages(weights, built.Program.Size)
	}
	hello, err := bundle.BuildHello(ctx, ".")
	if err != nil {
		return err
	}
	printComparison(built.Program, hello.Program)
	return nil
}

// printPackages prints what each package weighs, the heaviest first.
func printPackages(weights map[string]module.Weight, total int) {
	weight := func(path string) int { return weights[path].Code + weights[path].Tables }
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	line := func(name string, code, tables, sum int) {
		fmt.Fprintf(w, "%d\t%d\t%d\t%.1f %%\t  %s\n", code, tables, sum, 100*float64(sum)/float64(total), name)
	}
	fmt.Fprintln(w, "code\ttables\tbytes\tshare\t  package")
	var all module.Weight
	for _, path := range slices.SortedFunc(maps.Keys(weights), func(a, b string) int {
		return cmp.Or(weight(b)-weight(a), cmp.Compare(a, b))
	}) {
		line(path, weights[path].Code, weights[path].Tables, weight(path))
		all.Code += weights[path].Code
		all.Tables += weights[path].Tables
	}
	rest := total - all.Code - all.Tables
	line("(data: types, constants, stack maps, the index of functions)", 0, 0, rest)
	line("total", all.Code, all.Tables, total)
}

func printComparison(app, hello bundle.File) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintln(w, "\nraw\tgzip\tzstd\tbrotli\t  program")
	for _, program := range []struct {
		name string
		file bundle.File
	}{{"Twinlock", app}, {"go-app's hello world", hello}} {
		f := program.file
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t  %s\n",
			f.Size, f.Encoded[asset.Gzip], f.Encoded[asset.Zstd], f.Encoded[asset.Brotli], program.name)
	}
	ratio := func(a, b int) float64 { return float64(a) / float64(b) }
	fmt.Fprintf(w, "%.2f\t%.2f\t%.2f\t%.2f\t  ratio\n", ratio(app.Size, hello.Size),
		ratio(app.Encoded[asset.Gzip], hello.Encoded[asset.Gzip]),
		ratio(app.Encoded[asset.Zstd], hello.Encoded[asset.Zstd]),
		ratio(app.Encoded[asset.Brotli], hello.Encoded[asset.Brotli]))
}
