// Package web is what is served as it stands: styles, scripts and icons, and
// below dist what the build makes.
package web

import "embed"

// Files holds the folder. Before the first build dist has nothing but a dot
// file.
//
//go:embed *.css *.js *.svg *.png all:dist
var Files embed.FS
