package site

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	dom "golang.org/x/net/html"

	"twinlock/web/asset"
)

// forms makes forms of these codings, the first of which is the smallest.
func forms(codings ...asset.Encoding) []Form {
	f := File{Status: http.StatusOK, Header: http.Header{}}
	for i, e := range codings {
		f.Forms = append(f.Forms, newForm(e, make([]byte, i)))
	}
	f.finish()
	return f.Forms
}

const nothing asset.Encoding = "" // is acceptable

func negotiated(forms []Form, lines ...string) asset.Encoding {
	header := http.Header{}
	if len(lines) > 0 {
		header["Accept-Encoding"] = lines
	}
	form := negotiate(header, forms)
	if form == nil {
		return nothing
	}
	return form.Encoding
}

func TestNegotiate(t *testing.T) {
	all := forms(asset.Brotli, asset.Zstd, asset.Gzip, asset.Identity)
	alone := forms(asset.Identity)
	tests := []struct {
		name, header string
		forms        []Form
		want         asset.Encoding
	}{
		{"empty header", "", all, asset.Identity},
		{"a browser's", "gzip, deflate, br, zstd", all, asset.Brotli},
		{"gzip alone", "gzip", all, asset.Gzip},
		{"old name of gzip", "x-gzip", all, asset.Gzip},
		{"letter case", "BR;Q=0.5", all, asset.Brotli},
		{"highest weight wins", "br;q=0.5, gzip;q=0.8, zstd;q=0.7", all, asset.Gzip},
		{"a thousandth is enough", "br;q=0.998, gzip;q=0.999", all, asset.Gzip},
		{"of equal weights the smallest", "gzip;q=0.5, zstd;q=0.5", all, asset.Zstd},
		{
			"the smallest may be another", "gzip, zstd, br",
			forms(asset.Gzip, asset.Zstd, asset.Brotli, asset.Identity), asset.Gzip,
		},
		{"weight 0 is a refusal", "br;q=0, gzip", all, asset.Gzip},
		{"0.000 is a refusal", "br;q=0.000", all, asset.Identity},
		{"anything", "*", all, asset.Brotli},
		{"anything but", "*, br;q=0", all, asset.Zstd},
		{"nothing but", "gzip;q=0.1, *;q=0", all, asset.Gzip},
		{"anything, a little, but rather this", "*;q=0.1, gzip;q=0.2", all, asset.Gzip},
		{"anything counts for no coding too", "*;q=0.5, br;q=0.1, zstd;q=0.1, gzip;q=0.1", all, asset.Identity},
		{"what is named goes before no coding", "gzip;q=0.001", all, asset.Gzip},
		{"identity preferred", "identity, br;q=0.5", all, asset.Identity},
		{"identity as good", "identity, br", all, asset.Brotli},
		{"identity refused", "identity;q=0, br;q=0.1", all, asset.Brotli},
		{"identity refused, of a file without codings", "gzip, identity;q=0", alone, nothing},
		{"identity refused, and nothing asked for", "identity;q=0", all, nothing},
		{"everything refused", "*;q=0", all, nothing},
		{"everything refused but identity", "*;q=0, identity", all, asset.Identity},
		{"unknown coding", "compress", all, asset.Identity},
		{"weight out of range", "br;q=2, gzip", all, asset.Gzip},
		{"weight is no number", "br;q=NaN, gzip", all, asset.Gzip},
		{"other parameter", "br;level=11, gzip", all, asset.Gzip},
		{"a word that contains br", "brotli, abr", all, asset.Identity},
		{"white space and gaps", " ,, br ; q=0.3 ,", all, asset.Brotli},
		{"file without codings", "br, gzip", alone, asset.Identity},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := negotiated(test.forms, test.header); got != test.want {
				t.Errorf("negotiated %q, want %q", got, test.want)
			}
		})
	}
	if got := negotiated(all); got != asset.Identity {
		t.Errorf("without the header: %q", got)
	}
	if got := negotiated(all, "identity;q=0.1", "gzip"); got != asset.Gzip {
		t.Errorf("on two lines: %q", got)
	}
}

func TestNegotiateDoesNotAllocate(t *testing.T) {
	all := forms(asset.Brotli, asset.Zstd, asset.Gzip, asset.Identity)
	header := http.Header{"Accept-Encoding": {"gzip, deflate, br, zstd;q=0.9"}}
	if n := testing.AllocsPerRun(100, func() { negotiate(header, all) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add("gzip, deflate, br;q=0.9, *;q=0")
	f.Add("br;q=1e-999")
	f.Fuzz(func(t *testing.T, header string) {
		lower := strings.ToLower(header)
		switch got := negotiated(forms(asset.Gzip, asset.Identity), header); got {
		case asset.Gzip:
			if !strings.Contains(lower, "gzip") && !strings.Contains(lower, "*") {
				t.Errorf("chose gzip, which nobody asked for: %q", header)
			}
		case asset.Identity:
		case nothing:
			if !strings.Contains(lower, "identity") && !strings.Contains(lower, "*") {
				t.Errorf("refused, although nothing in %q excludes the content as it is", header)
			}
		default:
			t.Errorf("chose %s, which the file does not have", got)
		}
	})
}

// TestParse feeds markup as go-app writes it.
func TestParse(t *testing.T) {
	tests := []struct{ name, page, want string }{
		{
			"a quotation mark in a value stays in it",
			`<p aria-label="Link \"Ada\"><script>alert(1)</script>">x</p>`,
			`<p aria-label="Link &#34;Ada&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">x</p>`,
		},
		{"a backslash is one backslash", `<p title="a\\b">x</p>`, `<p title="a\b">x</p>`},
		{"an escaped character is itself", `<p title="a\u00a0b\n">x</p>`, "<p title=\"a\u00a0b\n\">x</p>"},
		{"text with a quotation mark", `<p>He said &#34;no&#34;</p>`, `<p>He said &#34;no&#34;</p>`},
		{"false is absence", `<button disabled="false">x</button>`, `<button>x</button>`},
		{"true is presence", `<button disabled>x</button>`, `<button disabled="">x</button>`},
		{"ARIA has words", `<p aria-busy="false" aria-expanded>x</p>`, `<p aria-busy="false" aria-expanded="true">x</p>`},
		{"attributes in order", `<p id="b" class="c" aria-label="a">x</p>`, `<p aria-label="a" class="c" id="b">x</p>`},
		{
			"no gaps between children",
			"<p>\n      <b>1</b>\n      <b>2</b>\n    </p>",
			"<p><b>1</b><b>2</b></p>",
		},
		{
			"spaces of one's own stay",
			"<p>\n      Hello \n      <b>Ada</b>\n       and others\n    </p>",
			"<p>Hello <b>Ada</b> and others</p>",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := parse([]byte("<!doctype html>\n<html>\n  <body>\n    " + test.page + "\n  </body>\n</html>"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := render(doc)
			if err != nil {
				t.Fatal(err)
			}
			want := "<!DOCTYPE html><html><head></head><body>" + test.want + "</body></html>"
			if string(got) != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, page := range []string{`<p title="never closed>x</p>`, `<p title="\z">x</p>`, "<p title=\"two\nlines\">x</p>"} {
		if _, err := parse([]byte(page)); err == nil {
			t.Errorf("%q was taken", page)
		}
	}
}

func FuzzRequote(f *testing.F) {
	f.Add(`Link "Ada" <b> & 'x' \`)
	f.Fuzz(func(t *testing.T, value string) {
		page := "<!doctype html>\n<html><body><p title=" + strconv.Quote(value) + ">x</p></body></html>"
		doc, err := parse([]byte(page))
		if err != nil {
			t.Fatal(err)
		}
		p := find(doc, tag("p"))
		if n := len(p.Attr); n != 1 || p.FirstChild.Data != "x" {
			t.Fatalf("the value %q broke out: %d attributes, then %q", value, n, p.FirstChild.Data)
		}
		// HTML has no NUL, and knows one kind of line break.
		want := strings.NewReplacer("\x00", "\uFFFD", "\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(value, "\uFFFD"))
		if got := attr(p, "title"); got != want && value != "" && utf8.ValidString(value) {
			t.Errorf("title = %q, want %q", got, want)
		}
	})
}

func TestRebase(t *testing.T) {
	doc, err := dom.Parse(strings.NewReader(`<a href="/callback">1</a><a href="//elsewhere/">2</a>` +
		`<a href="https://x/">3</a><a href="/help" rel="noopener noreferrer">4</a><img src="/web/a.svg">`))
	if err != nil {
		t.Fatal(err)
	}
	b := builder{base: "/accounts"}
	b.rebase(doc)
	var got []string
	for n := range doc.Descendants() {
		if v := attr(n, "href") + attr(n, "src"); v != "" {
			got = append(got, v)
		}
	}
	if want := "/accounts/callback //elsewhere/ https://x/ /help /accounts/web/a.svg"; strings.Join(got, " ") != want {
		t.Errorf("links = %v, want %s", got, want)
	}
}
