// Package absent holds what stands in for parts of the standard library that
// the browser's program is built without.
//
// Libraries import them for what only a server does, and the linker cannot tell.
// The build replaces each through the go command's -overlay flag by one file from
// here (see package bundle), so the libraries stay unchanged. A file declares
// what the libraries need to compile and nothing more, which a test keeps so.
// None of it runs in a browser but package netip; whatever else is called there by
// mistake fails at once.
package absent
