// Command twinlock serves the linked-accounts page: for an Auth0 tenant of yours, or
// with an embedded one to try it out.
package main

//go:generate go test . -run=^Test(SettingsPage|ReadmeTable|TextsPage)$ -update

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.LookupEnv)
	stop()
	os.Exit(code)
}
