package ui

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"twinlock/app/flow"
	"twinlock/app/linking"
	"twinlock/app/text"
)

// view has what drawing needs. Its methods draw one part of the page each.
type view struct {
	parts  *Parts
	say    *text.Catalogue // the words
	state  flow.State      // what is drawn
	wishes wishes          // what the buttons call

	filter string           // what the person looks for among the linked accounts
	find   app.EventHandler // is called when that changes

	updated     bool // a new version of the page is there
	installable bool // the browser offers to install the page
}

// names returns what a person knows things by.
func (v *view) names() names { return names{v.say, v.parts.connections} }

// own returns the profile that is shown.
func (v *view) own() *linking.Account {
	own := linking.AccountOf(v.state.User)
	return &own
}
