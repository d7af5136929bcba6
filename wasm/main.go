// Command wasm is Twinlock as it runs in the browser.
package main

import (
	"context"
	"fmt"
	"time"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app"
	"twinlock/app/browser"
	"twinlock/app/config"
)

// configurationTimeout is how long the configuration may take. The boot script asks
// for it before this program is loaded, so it has usually arrived.
const configurationTimeout = 20 * time.Second

func main() {
	c, err := configuration()
	if err != nil {
		app.RegisterFailure(err)
	} else {
		app.Register(c)
	}
	browser.Mounting()
	goapp.RunWhenOnBrowser()
}

func configuration() (config.Config, error) {
	ctx, cancel := context.WithTimeout(context.Background(), configurationTimeout)
	defer cancel()
	data, err := browser.Configuration(ctx)
	if err != nil {
		return config.Config{}, fmt.Errorf("configuration: %w", err)
	}
	c, err := config.Parse(data)
	if err != nil {
		return config.Config{}, err
	}
	return c, c.CheckTenant(goapp.Getenv("TWINLOCK_ISSUER"), goapp.Getenv("TWINLOCK_CLIENT_ID"))
}
