// Package driver stands in for database/sql/driver in the WebAssembly build. See
// package twinlock/wasm/absent.
//
// google/uuid can be stored by a database. There is none in a browser.
package driver

// Value is what a database would be given.
type Value any
