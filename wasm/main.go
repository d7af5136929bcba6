// Command wasm is Twinlock as it runs in the browser.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app"
	"twinlock/app/browser"
	"twinlock/app/config"
	"twinlock/app/text"
)

// fileTimeout is how long the configuration may take, and how long the catalogue. The boot
// script asks for them before this program is loaded, so they have usually arrived.
const fileTimeout = 20 * time.Second

func main() {
	say, err := catalogue()
	if err != nil { // there is nothing to say it with: the boot script does
		println(err.Error())
		os.Exit(1)
	}
	c, err := configuration()
	if err != nil {
		app.RegisterFailure(err, say)
	} else {
		app.Register(c, say)
	}
	browser.Mounting()
	goapp.RunWhenOnBrowser()
}

func catalogue() (*text.Catalogue, error) {
	ctx, cancel := context.WithTimeout(context.Background(), fileTimeout)
	defer cancel()
	data, err := browser.Catalogue(ctx)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return text.Parse(data)
}

func configuration() (config.Config, error) {
	ctx, cancel := context.WithTimeout(context.Background(), fileTimeout)
	defer cancel()
	data, err := browser.Configuration(ctx)
	if err != nil {
		return config.Config{}, fmt.Errorf("configuration: %w", err)
	}
	c, err := config.Parse(data)
	if err != nil {
		return config.Config{}, err
	}
	// The files of the words are those that the page was made with.
	c.Languages = strings.Fields(goapp.Getenv("TWINLOCK_LANGUAGES"))
	return c, c.CheckTenant(goapp.Getenv("TWINLOCK_ISSUER"), goapp.Getenv("TWINLOCK_CLIENT_ID"))
}
