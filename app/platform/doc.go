// Package platform defines what the program needs from the machine that it runs on: a
// [Fetcher] for HTTP, a [Vault] for small secrets, [Storage], a [Channel] and a
// [Mutex] between tabs, and a [Verifier] for signatures, with their errors.
//
// It is independent of any machine. Package browser implements it for the browser, and
// natively for tests; a test may bring its own implementation.
package platform
