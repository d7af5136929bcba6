package site_test

import (
	"bytes"
	"testing"

	"twinlock/web/asset"
)

// A page is not painted before the boot script has run: it must stay small.
const maxBootScript = 8300 // bytes, with Brotli

func TestBootScript(t *testing.T) {
	s, again := render(t, options(t)), render(t, options(t))
	path := find(t, s, "/web/boot.", ".js")
	for f := range s.Files() {
		if f.Path != path {
			continue
		}
		for _, form := range f.Forms {
			t.Logf("%s: %d bytes", form.Encoding, len(form.Body))
			switch form.Encoding {
			case asset.Identity:
				if !bytes.HasPrefix(form.Body, []byte(`"use strict";`)) {
					t.Errorf("the script is not strict: it begins with %.60q", form.Body)
				}
			case asset.Brotli:
				if len(form.Body) > maxBootScript {
					t.Errorf("%d bytes, want at most %d", len(form.Body), maxBootScript)
				}
			}
		}
	}
	if find(t, again, "/web/boot.", ".js") != path {
		t.Error("the same modules have given another script")
	}
}
