// Package driver stands in for database/sql/driver in the WebAssembly build. See
// package twinlock/wasm/absent.
//
// google/uuid can store its identifiers in a database. There is none in a browser.
package driver

// Value is a value that a database stores.
type Value any
