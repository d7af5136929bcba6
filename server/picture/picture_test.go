package picture_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"twinlock/server/picture"
)

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webPOf returns a WebP of one pixel.
func webPOf(t *testing.T) []byte {
	t.Helper()
	body, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// svg is a picture around some content.
func svg(content string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 24 12">` + content + `</svg>`
}

// TestCheck: the type is what the content says.
func TestCheck(t *testing.T) {
	for extension, c := range map[string]struct {
		mediaType string
		body      []byte
	}{
		"png":  {"image/png", pngOf(t, picture.MaxSide, 1)},
		"jpg":  {"image/jpeg", jpegOf(t, 1, picture.MaxSide)},
		"webp": {"image/webp", webPOf(t)},
		"svg":  {"image/svg+xml", []byte("\ufeff<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- by hand -->\n" + svg(`<path d="M0 0"/>`) + "\n")},
	} {
		p, err := picture.Check(c.body)
		if err != nil || p.Type != c.mediaType || !regexp.MustCompile(`^web/picture\.[0-9a-f]{16}\.`+extension+`$`).MatchString(p.Path) {
			t.Errorf("%s: %s, %s, %v", extension, p.Path, p.Type, err)
		}
		if extension != "svg" && !bytes.Equal(p.Body, c.body) {
			t.Errorf("%s: the content is another one", extension)
		}
		again, err := picture.Check(p.Body)
		if err != nil || again.Path != p.Path {
			t.Errorf("%s: what is served is %s when it is read again (%v)", extension, again.Path, err)
		}
	}
	one, _ := picture.Check(pngOf(t, 1, 1))
	if two, _ := picture.Check(pngOf(t, 2, 2)); one.Path == two.Path {
		t.Error("two pictures have one path")
	}
}

// TestRefused: attack case 38.
func TestRefused(t *testing.T) {
	damaged := pngOf(t, 9, 9)
	damaged[len(damaged)-20] ^= 1
	for name, c := range map[string]struct{ body, want string }{
		"empty":                 {"", "is no PNG, JPEG, WebP or SVG"},
		"text":                  {"hello", "is no PNG, JPEG, WebP or SVG"},
		"GIF":                   {"GIF89a\x01\x00\x01\x00", "is no PNG, JPEG, WebP or SVG"},
		"too many bytes":        {string(pngOf(t, 1, 1)) + strings.Repeat(" ", picture.MaxBytes), "is larger than 64 kB"},
		"too wide":              {string(pngOf(t, picture.MaxSide+1, 1)), "is 1025 × 1 pixels large: at most 1024 × 1024"},
		"too high":              {string(jpegOf(t, 1, picture.MaxSide+1)), "is 1 × 1025 pixels large: at most 1024 × 1024"},
		"half a PNG":            {string(pngOf(t, 9, 9)[:40]), "is damaged: "},
		"damaged PNG":           {string(damaged), "is damaged: "},
		"half a JPEG":           {string(jpegOf(t, 9, 9)[:40]), "is damaged: "},
		"half a WebP":           {string(webPOf(t)[:24]), "is damaged: "},
		"HTML":                  {"<!doctype html><script>alert(1)</script>", "has a document type"},
		"XHTML":                 {`<html xmlns="http://www.w3.org/1999/xhtml"/>`, "is no SVG"},
		"no namespace":          {`<svg viewBox="0 0 1 1"/>`, "is no SVG"},
		"two pictures":          {svg("") + svg(""), "is no SVG"},
		"text beside it":        {svg("") + "x", "is no SVG"},
		"not closed":            {`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><g>`, "is no SVG"},
		"closed wrongly":        {svg("<g></defs>"), "is no SVG"},
		"attribute without =":   {svg("<g hidden/>"), "is no SVG"},
		"unknown entity":        {svg("&x;"), "is no SVG"},
		"in another encoding":   {`<?xml version="1.0" encoding="UTF-7"?>` + svg(""), "is no SVG"},
		"document type":         {"<!DOCTYPE svg>" + svg(""), "has a document type"},
		"entities":              {`<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + svg("&x;"), "has a document type"},
		"stylesheet from far":   {`<?xml-stylesheet href="https://evil.example/x.css"?>` + svg(""), "has <?xml-stylesheet …?>"},
		"no size":               {`<svg xmlns="http://www.w3.org/2000/svg" width="100%"/>`, "has no size"},
		"script":                {svg("<script>alert(1)</script>"), "has the element <script>"},
		"script with a prefix":  {svg(`<s:script xmlns:s="http://www.w3.org/2000/svg"/>`), "has the element <script>"},
		"script of HTML":        {svg(`<script xmlns="http://www.w3.org/1999/xhtml"/>`), "has the element <script>"},
		"shape of HTML":         {svg(`<path xmlns="http://www.w3.org/1999/xhtml"/>`), "has the element <path>"},
		"in capitals":           {svg("<PATH/>"), "has the element <PATH>"},
		"foreignObject":         {svg("<foreignObject/>"), "has the element <foreignObject>"},
		"image":                 {svg(`<image href="https://evil.example/"/>`), "has the element <image>"},
		"link":                  {svg(`<a href="javascript:alert(1)"/>`), "has the element <a>"},
		"use":                   {svg(`<use href="#x"/>`), "has the element <use>"},
		"style":                 {svg("<style>@import 'https://evil.example'</style>"), "has the element <style>"},
		"animation":             {svg(`<animate attributeName="href"/>`), "has the element <animate>"},
		"set":                   {svg(`<set attributeName="onload"/>`), "has the element <set>"},
		"metadata":              {svg("<metadata/>"), "has the element <metadata>"},
		"event":                 {svg(`<g onload="alert(1)"/>`), `has the attribute "onload"`},
		"event of the picture":  {`<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" onload="alert(1)"/>`, `has the attribute "onload"`},
		"event in capitals":     {svg(`<g ONCLICK="alert(1)"/>`), `has the attribute "ONCLICK"`},
		"style attribute":       {svg(`<g style="fill:red"/>`), `has the attribute "style"`},
		"base":                  {svg(`<g xml:base="https://evil.example/"/>`), `has the attribute "base"`},
		"unknown space":         {svg(`<g xmlns:x="urn:x" x:href="#a"/>`), `has the attribute "href"`},
		"attribute twice":       {svg(`<g fill="red" fill="red"/>`), `has the attribute "fill" twice`},
		"reference twice":       {svg(`<linearGradient href="#a" xlink:href="#a"/>`), `has the attribute "href" twice`},
		"reference far":         {svg(`<linearGradient href="https://evil.example/#a"/>`), `has href="https://evil.example/#a"`},
		"reference by data":     {svg(`<linearGradient xlink:href="data:image/svg+xml,x"/>`), `has href="data:`},
		"script in a reference": {svg(`<linearGradient xlink:href=" javascript:alert(1)"/>`), `has href=" javascript:`},
		"fill from far":         {svg(`<g fill="url(https://evil.example/#a)"/>`), `has fill="url(https:`},
		"second fill from far":  {svg(`<g fill="url(#a) URL( 'https://evil.example/#a')"/>`), `has fill="url(#a)`},
		"hidden fill from far":  {svg(`<g fill="u\72l(https://evil.example/#a)"/>`), `has fill="u\\72l`},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := picture.Check([]byte(c.body))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %q; it is served as %s", err, c.want, p.Body)
			}
		})
	}
}

// TestSVG: what is served is written anew.
func TestSVG(t *testing.T) {
	for in, want := range map[string]string{
		svg(`<path d="M0 0"/>`): `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12" width="24" height="12"><path d="M0 0"></path></svg>`,
		`<s:svg xmlns:s="http://www.w3.org/2000/svg" height="7px" width="5"><s:g/></s:svg>`: `<svg xmlns="http://www.w3.org/2000/svg" width="5" height="7"><g></g></svg>`,
		svg(`<!-- x --><g fill="url(#a)"><linearGradient id="a" xlink:href="#b"/></g>`): `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12" width="24" height="12">` +
			`<g fill="url(#a)"><linearGradient id="a" href="#b"></linearGradient></g></svg>`,
		svg(`<title>a &lt;script> "&amp;"</title><desc><![CDATA[<script>]]></desc>`): `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12" width="24" height="12">` +
			`<title>a &lt;script&gt; &#34;&amp;&#34;</title><desc>&lt;script&gt;</desc></svg>`,
		svg(`<g aria-label="&quot;&gt;&lt;script>"/>`): `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12" width="24" height="12">` +
			`<g aria-label="&#34;&gt;&lt;script&gt;"></g></svg>`,
		svg("<text>a <tspan>b</tspan>\n<tspan>c</tspan></text>"): `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12" width="24" height="12">` +
			`<text>a <tspan>b</tspan> <tspan>c</tspan></text></svg>`,
	} {
		p, err := picture.Check([]byte(in))
		if err != nil || string(p.Body) != want {
			t.Errorf("%s becomes\n%s (%v), want\n%s", in, p.Body, err, want)
		}
	}
}

// TestRead: attack case 38. Only files below the folder are read.
func TestRead(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	one := pngOf(t, 1, 1)
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(name, one, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(to, name string) {
		t.Helper()
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(outside, "secret.png"))
	write(filepath.Join(dir, "logo.html"))
	write(filepath.Join(dir, "folder", "ünï code.png"))
	link("folder/ünï code.png", "inside.png")
	link(filepath.Join(outside, "secret.png"), "out.png")
	link(outside, "out")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.png"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	for name, want := range map[string]string{
		"logo.html":             "",
		"folder/ünï code.png":   "",
		"inside.png":            "",
		"./folder/../logo.html": "",
		"missing.png":           "is not there, beside the settings file",
		"logo.html/x.png":       "cannot be read: ",
		"folder":                "is not a file",
		"pipe.png":              "is not a file",
		"out.png":               "cannot be read: path escapes",
		"out/secret.png":        "cannot be read: path escapes",
		"../" + filepath.Base(outside) + "/secret": "must be in the folder of the settings file, or below it",
		"folder/../../x.png":                       "must be in the folder of the settings file, or below it",
		filepath.Join(outside, "secret.png"):       "must be in the folder of the settings file, or below it",
	} {
		p, err := picture.Read(folder, name)
		if want == "" && (err != nil || p.Type != "image/png") || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %s, %v, want %q", name, p.Type, err, want)
		}
	}
}
