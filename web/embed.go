// Package web holds what the site is made of besides its pages: styles, icons, the
// scripts around the program, the catalogues of its words, and below dist what the build makes. CONTRACT.md lists the
// names that the scripts and the program have in common.
package web

import "embed"

// Files holds the folder. Before the first build dist has nothing but a dot file.
//
//go:embed *.css *.js *.svg *.png boot catalogues all:dist
var Files embed.FS
