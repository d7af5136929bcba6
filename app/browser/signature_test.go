package browser_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"testing"

	"twinlock/app/browser"
	"twinlock/app/platform"
)

// It holds in a browser's program too: GOOS=js GOARCH=wasm go test, with Node.
func TestVerifyRS256(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key := platform.RSAKey{Modulus: private.N.Bytes(), Exponent: big.NewInt(int64(private.E)).Bytes()}
	other := platform.RSAKey{Modulus: bytes.Clone(key.Modulus), Exponent: key.Exponent}
	other.Modulus[100] ^= 1
	signed := []byte("header.payload")
	sum := sha256.Sum256(signed)
	signature, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	pss, err := rsa.SignPSS(rand.Reader, private, crypto.SHA256, sum[:], nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name      string
		key       platform.RSAKey
		signed    []byte
		signature []byte
		want      bool
	}{
		{"good", key, signed, signature, true},
		{"another key", other, signed, signature, false},
		{"no key", platform.RSAKey{}, signed, signature, false},
		{"another payload", key, []byte("header.pay1oad"), signature, false},
		{"nothing signed", key, nil, signature, false},
		{"no signature", key, signed, nil, false},
		{"signature cut short", key, signed, signature[:255], false},
		{"signature with more behind", key, signed, append(bytes.Clone(signature), 0), false},
		{"signature with more before", key, signed, append([]byte{0}, signature...), false},
		{"another padding", key, signed, pss, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := browser.VerifyRS256(t.Context(), test.key, test.signed, test.signature); (err == nil) != test.want {
				t.Errorf("err = %v, want good: %t", err, test.want)
			}
		})
	}
}
