package main

import (
	"context"
	"fmt"
	"io/fs"

	"twinlock/app/text"
	"twinlock/wasm/bundle"
	"twinlock/web"
	"twinlock/web/asset"
)

// sizes compares what is downloaded.
func sizes(t table, o others) error {
	dist, err := fs.Sub(web.Files, "dist")
	if err != nil {
		return err
	}
	m, err := bundle.ReadManifest(dist)
	if err != nil {
		return err
	}
	small := float64(m.Program.Encoded[asset.Brotli])
	hello := o.hello.program
	t.row("size: program, plain; go-app hello world", "B", float64(m.Program.Size), float64(hello.Size), 0, false)
	t.row("size: program, brotli; go-app hello world", "B", small, float64(hello.Encoded[asset.Brotli]), 0.9, false)
	if o.lock != nil {
		t.row("size: program, brotli; auth0-lock", "B", small, float64(len(o.lock.brotli)), 0, false)
	}
	return nil
}

// visitRows compares the first series, which is Twinlock's, with each of the others.
func visitRows(t table, list []series) {
	ours := list[0]
	first := func(mark func(marks) float64) func(series) float64 {
		return func(s series) float64 { return median(s.first, mark) }
	}
	back := func(mark func(marks) float64) func(series) float64 {
		return func(s series) float64 { return median(s.back, mark) }
	}
	paint := func(m marks) float64 { return m.Paint }
	usable := func(m marks) float64 { return m.Usable }
	ready := func(m marks) float64 { return m.Ready }
	profile := func(m marks) float64 { return m.Profile }
	for _, m := range []struct {
		name   string
		of     func(series) float64
		target map[string]float64
	}{
		{"first visit, paint", first(paint), nil},
		{"first visit, sign-in usable", first(usable), map[string]float64{"auth0-lock": 0.5}},
		{"first visit, app ready", first(ready), map[string]float64{"go-app hello world": 0.8}},
		{"return visit, paint", back(paint), nil},
		{"return visit, app ready", back(ready), map[string]float64{"auth0-lock": 1.5}},
		{"return visit, profile shown", back(profile), map[string]float64{"auth0-lock": 1.0}},
	} {
		for _, other := range list[1:] {
			if m.name == "return visit, profile shown" && other.contender != "auth0-lock" {
				continue
			}
			what := fmt.Sprintf("%s: %s; %s", ours.network.name, m.name, other.contender)
			t.row(what, "ms", m.of(ours), m.of(other), m.target[other.contender], false)
		}
	}
	called := median(ours.called, profile)
	t.row(ours.network.name+": callback, profile shown", "ms", called, 0, 0, false)
}

// profiles measures how long it takes to show many identities, on a return visit at full
// speed.
func profiles(ctx, browser context.Context, t table, rounds int) error {
	for _, identities := range []int{10, 100, 1000} {
		list, err := visits(ctx, browser, fullSpeed, rounds, []starter{
			func(f *fronts) (contender, error) { return f.twinlock(identities) },
		})
		if err != nil {
			return err
		}
		shown := median(list[0].back, func(m marks) float64 { return m.Profile })
		what := fmt.Sprintf("%s: return visit, profile with %d identities", fullSpeed.name, identities)
		t.row(what, "ms", shown, 0, 0, false)
	}
	return nil
}

// languages compares a first visit to a site that speaks English alone with those to one that
// speaks all languages, of somebody who reads English or Arabic.
func languages(ctx, browser context.Context, t table, rounds int) error {
	for _, n := range []network{fullSpeed, slow4G} {
		list, err := visits(ctx, browser, n, rounds, []starter{
			inLanguages("English alone", nil, "en"),
			inLanguages("all languages, read in English", text.Languages(), "en"),
			inLanguages("all languages, read in Arabic", text.Languages(), "ar"),
		})
		if err != nil {
			return err
		}
		for _, m := range []struct {
			name string
			of   func(marks) float64
		}{
			{"paint", func(m marks) float64 { return m.Paint }},
			{"sign-in usable", func(m marks) float64 { return m.Usable }},
			{"app ready", func(m marks) float64 { return m.Ready }},
		} {
			for _, other := range list[1:] {
				what := fmt.Sprintf("%s: first visit, %s: %s; English alone", n.name, m.name, other.contender)
				t.row(what, "ms", median(other.first, m.of), median(list[0].first, m.of), 0, false)
			}
		}
	}
	return nil
}
