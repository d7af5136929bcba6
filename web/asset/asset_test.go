package asset_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"twinlock/web/asset"
)

func ExampleHashedName() {
	sum := asset.Sum([]byte("hello"))
	fmt.Println(asset.HashedName("app.wasm", sum))
	// Output: app.2cf24dba5fb0a30e.wasm
}

func TestCompress(t *testing.T) {
	body := bytes.Repeat([]byte("two locks, one identity. "), 1000)
	readers := map[asset.Encoding]func(io.Reader) (io.Reader, error){
		asset.Brotli: func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		asset.Gzip:   func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		asset.Zstd: func(r io.Reader) (io.Reader, error) {
			return zstd.NewReader(r, zstd.WithDecoderMaxWindow(8<<20))
		},
	}
	for _, e := range asset.Encodings {
		t.Run(string(e), func(t *testing.T) {
			small, err := e.Compress(body)
			if err != nil {
				t.Fatal(err)
			}
			if len(small) > len(body)/10 {
				t.Errorf("%d bytes became %d", len(body), len(small))
			}
			r, err := readers[e](bytes.NewReader(small))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("does not decode to what went in: %v", err)
			}
			again, err := e.Compress(body)
			if err != nil || !bytes.Equal(again, small) {
				t.Errorf("two runs differ: %v", err)
			}
			if e.Extension() == "" {
				t.Error("no extension")
			}
		})
	}
	if _, err := asset.Encoding("compress").Compress(body); err == nil {
		t.Error("an unknown coding was taken")
	}
}
