// Package browser is the program's only way to the machine it runs on: fetch,
// storage, sealed storage, pop-up windows, channels between tabs, the location
// and the few DOM calls that a component cannot make. Whatever is kept or goes
// between tabs is reached by a [Scope] alone: there is no way to it that does not
// say for whom.
//
// It is the one package that imports syscall/js. Built natively it offers the
// same functions over net/http and memory, so that every package above it runs
// in plain Go tests.
package browser
