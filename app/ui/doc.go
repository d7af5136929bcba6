// Package ui is what the person sees: the page, the pieces it is made of, and
// the one sentence and next step for every failure.
package ui
