package ui

import (
	"twinlock/app/flow"
	"twinlock/app/text"
)

// view is what is drawn: a state, with the words for it, and the hands that wishes are
// passed on by.
type view struct {
	parts  *Parts
	say    *text.Messages
	state  flow.State
	wishes wishes

	updated     bool // a new version of the page is there
	installable bool // the browser offers to install the page
}
