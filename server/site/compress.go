package site

import (
	"crypto/sha256"
	"errors"
	"sync"

	"twinlock/web/asset"
)

// compressed remembers what [compress] has made. Sites of one process share most of
// their files, and the best compression takes a quarter of a second for a site.
var compressed sync.Map // of compressedKey to []byte

type compressedKey struct {
	coding asset.Encoding
	sum    [sha256.Size]byte
}

// compress returns body in a coding, as [asset.Encoding.Compress] does, and works it
// out once for each content. The result must not be changed.
func compress(e asset.Encoding, body []byte) ([]byte, error) {
	return compressBy(e, e.Compress, body)
}

func compressBy(e asset.Encoding, by func([]byte) ([]byte, error), body []byte) ([]byte, error) {
	key := compressedKey{e, sha256.Sum256(body)}
	if small, ok := compressed.Load(key); ok {
		return small.([]byte), nil
	}
	small, err := by(body)
	if err == nil {
		compressed.Store(key, small)
	}
	return small, err
}

// compressSoon returns the forms of many files, which it compresses at the same time. Each is
// small, and there may be forty: they have the two codings that browsers take, not in their
// very smallest form, so that a site of many languages starts as soon as one of few.
func compressSoon(files [][]byte) ([][]Form, error) {
	forms, problems := make([][]Form, len(files)), make([]error, len(files))
	var all sync.WaitGroup
	for i, body := range files {
		all.Go(func() {
			forms[i] = []Form{newForm(asset.Identity, body)}
			for _, e := range []asset.Encoding{asset.Brotli, asset.Gzip} {
				small, err := compressBy(e, e.CompressSoon, body)
				if err != nil {
					problems[i] = err
					return
				}
				forms[i] = append(forms[i], newForm(e, small))
			}
		})
	}
	all.Wait()
	return forms, errors.Join(problems...)
}
