// Package texttest has the catalogues for tests.
package texttest

import (
	"twinlock/app/text"
	"twinlock/web"
)

// In returns the catalogue of a language. It panics where there is none.
func In(language string) *text.Catalogue {
	data, err := web.Files.ReadFile("catalogues/" + language + ".json")
	if err != nil {
		panic(err)
	}
	c, err := text.Parse(data)
	if err != nil {
		panic(err)
	}
	return c
}
