package ui

import (
	"twinlock/app/flow"
	"twinlock/app/text"
)

// view has what drawing needs. Its methods draw one part of the page each.
type view struct {
	parts  *Parts
	say    *text.Messages // the words
	state  flow.State     // what is drawn
	wishes wishes         // what the buttons call

	updated     bool // a new version of the page is there
	installable bool // the browser offers to install the page
}
