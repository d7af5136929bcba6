// Command mkbundle builds the browser's half of Twinlock into web/dist. It is
// run at the module's root, by make.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"twinlock/wasm/bundle"
	"twinlock/web/asset"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	m, err := bundle.Build(ctx, bundle.Options{
		Module:  ".",
		Package: "./wasm",
		Linked:  "bin/twinlock.wasm",
		Out:     "web/dist",
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "mkbundle:", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "%s: %d KB, br %d KB, zstd %d KB, gzip %d KB\n", m.Program.Name, m.Program.Size>>10,
		m.Program.Encoded[asset.Brotli]>>10, m.Program.Encoded[asset.Zstd]>>10, m.Program.Encoded[asset.Gzip]>>10)
}
