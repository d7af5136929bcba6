// Package ui draws the page, and passes on what the person does.
//
// Primary types: a [Page] draws the state of its flow ([flow.State]) and calls the flow's
// methods; [Parts] are what it works with, made from one configuration; [Broken] is the
// page that is shown if the program cannot start.
//
// It also has the sentence for every error, warning and kind of the packages below, and
// joins flow to package lock and to the browser.
package ui
