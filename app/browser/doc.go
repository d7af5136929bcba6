// Package browser is the program's only access to the machine that it runs on. A [Scope]
// has what is stored or shared between tabs: storage, a sealed vault, a channel, locks.
// [Fetch] sends HTTP requests, [VerifyRS256] checks signatures, [OpenPopup] opens a
// window. The other functions are for the window and its address, dialogs and presses,
// the clipboard, and the boot script that has started the program.
//
// It is the one package that imports syscall/js. Built natively it has the same
// functions over net/http and memory, so that the packages above it run in plain Go
// tests; each function says what it does there.
package browser
