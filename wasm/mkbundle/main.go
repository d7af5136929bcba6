// Command mkbundle builds the browser's half of Twinlock into web/dist. It is
// run at the module's root, by make.
//
//	go run ./wasm/mkbundle [-stock]
//
// With -stock it builds the program as anyone would: with the whole standard library,
// the toolchain's own settings and no packing. That program does the same and is much
// larger. It is for comparing, and for finding out whether a fault comes from what
// makes the program small.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"twinlock/wasm/bundle"
	"twinlock/web/asset"
)

// touched has the functions that the program's start calls on a first visit, one on a line, sorted. A list that is
// old costs speed and nothing else. TestTouched in server/e2e writes it:
//
//	make build && go test ./server/e2e -run '^TestTouched$' -touched
//
//go:embed touched.txt
var touched string

func main() {
	stock := flag.Bool("stock", false, "leave nothing out of the program and do not pack it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	m, err := bundle.Build(ctx, bundle.Options{
		Module:  ".",
		Package: "./wasm",
		Linked:  "bin/twinlock.wasm",
		Out:     "web/dist",
		Touched: strings.Split(strings.TrimSpace(touched), "\n"),
		Stock:   *stock,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "mkbundle:", err)
		os.Exit(1)
	}
	report(m)
}

func report(m bundle.Manifest) {
	for _, w := range m.Warnings {
		fmt.Fprintln(os.Stderr, "mkbundle: WARNING:", w)
	}
	fmt.Fprintf(os.Stderr, "%s: %d KB, br %d KB, zstd %d KB, gzip %d KB\n", m.Program.Name, m.Program.Size>>10,
		m.Program.Encoded[asset.Brotli]>>10, m.Program.Encoded[asset.Zstd]>>10, m.Program.Encoded[asset.Gzip]>>10)
}
