package site

import (
	"fmt"
	"slices"
)

// picturePolicy lets a picture that is opened by itself run and load nothing. Where it is
// part of a page, the page's policy counts.
const picturePolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// addPictures adds the operator's pictures.
func (b *builder) addPictures() error {
	for _, p := range b.Pictures {
		url := b.base + "/" + p.Path
		if slices.Contains(b.shown, url) {
			continue // it is named twice
		}
		// A host that makes pictures smaller would make them others, which are not kept.
		f, err := b.add("/"+p.Path, p.Type, forever+", no-transform", p.Body)
		if err != nil {
			return err
		}
		f.Header.Set("Content-Security-Policy", picturePolicy)
		b.shown = append(b.shown, url)
	}
	return nil
}

// logoStyle returns a rule that keeps a place for the operator's logo until it is there.
func (b *builder) logoStyle() string {
	for _, p := range b.Pictures {
		if p.Path == b.Config.Brand.Logo {
			return fmt.Sprintf(".brand-logo { aspect-ratio: auto %.4g / %.4g; }\n", p.Width, p.Height)
		}
	}
	return ""
}
