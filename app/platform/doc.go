// Package platform names what a program gets from the machine that it runs on: a
// [Fetcher] for HTTP, a [Vault] for small secrets, a [Storage] for short strings, a
// [Channel] and a [Mutex] between tabs, a [Verifier] for signatures, and their errors.
//
// It imports nothing that is bound to a machine. Package browser implements it with a
// browser's means; code that is written against this package also runs natively, and in
// tests with substitutes.
package platform
