// Package e2e tests the whole of Twinlock: real browsers against the real
// server and the embedded tenant, each on an origin of its own. Nothing is
// mocked but what a test says it takes away, such as the network.
//
// A test asserts what the tenant holds afterwards, and not only what the page
// says. An error in the console, an uncaught exception, a violation of the
// content security policy or a request that failed ends a test unless it was
// expected.
//
// With -short only what needs no browser runs. Of a long table a run tries the cases
// that stand for the others, and with -sweep all of them.
//
// The pictures of every page are made by
//
//	go test ./server/e2e -run TestScreens -sweep -screens DIR
//
// Tests run in Chromium, and in another browser by -browser=firefox or
// -browser=webkit. Those that need Chromium's own protocol are left out there,
// and WebKit tells of no errors in its console.
//
// A failed test leaves a picture and the page's HTML in $E2E_ARTIFACTS, or in a
// folder that its log names.
package e2e
