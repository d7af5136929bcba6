// Package platform names what a program is given by the machine that it runs on:
// a [Fetcher] for HTTP, a [Vault] for small secrets, [Storage], a [Channel] between
// tabs and a [Verifier] for signatures, with their errors.
//
// It knows no machine. Package browser has the real things; whatever is written
// against this package runs natively and in tests with others.
package platform
