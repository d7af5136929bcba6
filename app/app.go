// Package app is the composition root: it makes the parts of a configuration,
// joins them, and gives each route its page. The browser's program and the
// server, which prerenders the same pages, both start here.
package app

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/config"
	"twinlock/app/text"
	"twinlock/app/ui"
)

// Paths are the routes of the app. Each is a page of its own: the tenant calls
// back at "/callback".
var Paths = []string{"/", CallbackPath}

// CallbackPath is where the tenant sends the browser back to.
const CallbackPath = "/callback"

// Register gives every route its page, made for a configuration, in the language of
// a catalogue. Calling it again replaces the pages. go-app's routes belong to the
// whole program, so there is one configuration at a time.
func Register(c config.Config, say *text.Catalogue) {
	parts := ui.NewParts(c, app.Getenv("GOAPP_ROOT_PREFIX"), say)
	for _, path := range Paths {
		finishing := path == CallbackPath
		app.Route(path, func() app.Composer { return ui.NewPage(parts, finishing) })
	}
}

// RegisterFailure gives every route a page that says why the app cannot start,
// for instance because its configuration is wrong.
func RegisterFailure(err error, say *text.Catalogue) {
	for _, path := range Paths {
		app.Route(path, func() app.Composer { return ui.NewBroken(err, say) })
	}
}
