// Package absent holds stand-ins for the standard packages that the browser's program
// is built without.
//
// Libraries import these packages for what only a server does, and the linker cannot
// know that. The build replaces each of them by one file from here, through the go
// command's -overlay flag (see package bundle), so the libraries stay unchanged. A
// file declares what the libraries need to compile and nothing more, which a test
// checks. Packages netip and drbg do their work; fips140only and godebug answer what is
// true in a browser. Everything else must not run there, and fails at once if it is
// called by mistake. Package pow10 is one file for another: a table is worked out.
package absent
