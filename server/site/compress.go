package site

import (
	"crypto/sha256"
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
	key := compressedKey{e, sha256.Sum256(body)}
	if small, ok := compressed.Load(key); ok {
		return small.([]byte), nil
	}
	small, err := e.Compress(body)
	if err == nil {
		compressed.Store(key, small)
	}
	return small, err
}
