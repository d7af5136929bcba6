// Command wasm is Twinlock as it runs in the browser.
package main

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app"
)

func main() {
	app.Register()
	goapp.RunWhenOnBrowser()
}
