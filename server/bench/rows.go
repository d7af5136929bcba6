package main

import (
	"fmt"
	"io/fs"

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
	one := func(size int) sample { return sample{float64(size)} }
	small, hello := one(m.Program.Encoded[asset.Brotli]), o.hello.program
	t.row("size: program, plain; "+helloWorld, "B", one(m.Program.Size), one(hello.Size), target{})
	t.row("size: program, brotli; "+helloWorld, "B", small, one(hello.Encoded[asset.Brotli]), atMost(0.9))
	if o.lock != nil {
		t.row("size: program, brotli; "+twoLocks, "B", small, one(len(o.lock.brotli)), target{})
	}
	return nil
}

// mark is one moment of a visit.
type mark struct {
	name string
	of   func(marks) float64
}

// The moments that rows are about.
var (
	paint   = mark{"paint", func(m marks) float64 { return m.Paint }}
	usable  = mark{"sign-in usable", func(m marks) float64 { return m.Usable }}
	ready   = mark{"app ready", func(m marks) float64 { return m.Ready }}
	profile = mark{"profile in sight", func(m marks) float64 { return m.Profile }}
	fresh   = mark{"profile fresh", func(m marks) float64 { return m.Fresh }}
)

// in returns the moment in each of some visits.
func (m mark) in(visits []marks) sample {
	s := make(sample, len(visits))
	for i, visit := range visits {
		s[i] = m.of(visit)
	}
	return s
}

// comparison is one moment of one kind of visit, beside others.
type comparison struct {
	kind   string
	visits func(series) []marks
	mark   mark
	beside map[string]target // by the other's name
}

// beside names contenders beside which there is nothing to reach.
func beside(names ...string) map[string]target {
	targets := make(map[string]target)
	for _, name := range names {
		targets[name] = target{}
	}
	return targets
}

// rows compares the first series, which is Twinlock's, with the others.
func rows(t table, list []series, comparisons []comparison) {
	ours := list[0]
	for _, c := range comparisons {
		for _, other := range list[1:] {
			want, ok := c.beside[other.contender]
			if !ok {
				continue
			}
			what := fmt.Sprintf("%s: %s, %s; %s", ours.network.name, c.kind, c.mark.name, other.contender)
			t.row(what, "ms", c.mark.in(c.visits(ours)), c.mark.in(c.visits(other)), want)
		}
	}
}

func first(s series) []marks  { return s.first }
func called(s series) []marks { return s.called }
func back(s series) []marks   { return s.back }

// visitRows are about visits in a browser that runs.
func visitRows(t table, list []series) {
	rows(t, list, []comparison{
		{"first visit", first, paint, beside(helloWorld, twoLocks)},
		{"first visit", first, usable, map[string]target{helloWorld: {}, twoLocks: atMost(0.5)}},
		{"first visit", first, ready, map[string]target{helloWorld: atMost(0.8), twoLocks: {}}},
		{"callback", called, profile, map[string]target{spaJS: atMost(1.2)}},
		{"return visit", back, paint, beside(helloWorld, twoLocks)},
		{"return visit", back, ready, map[string]target{helloWorld: {}, twoLocks: atMost(1.5)}},
		{"return visit", back, profile, map[string]target{twoLocks: atMost(1)}},
	})
}

// inNewProcess is the kind of the visits of [returns].
const inNewProcess = "return visit, new process"

// returnRows are about return visits in a new process.
func returnRows(t table, list []series) {
	soon, whole := atMost(1.5), atMost(2)
	if list[0].network == slow4G {
		soon, whole = atMost(1.2), atMost(1.5)
	}
	rows(t, list, []comparison{
		{inNewProcess, back, paint, beside(helloWorld, twoLocks)},
		{inNewProcess, back, profile, map[string]target{twoLocks: atMost(1)}},
		{inNewProcess, back, fresh, map[string]target{twoLocks: soon}},
		{inNewProcess, back, ready, map[string]target{helloWorld: {}, twoLocks: whole}},
	})
}

// againstRows compare two versions of Twinlock.
func againstRows(t table, visited, returned []series) {
	name := visited[1].contender
	rows(t, visited, []comparison{
		{"first visit", first, paint, beside(name)},
		{"first visit", first, usable, beside(name)},
		{"first visit", first, ready, beside(name)},
		{"callback", called, profile, beside(name)},
	})
	rows(t, returned, []comparison{
		{inNewProcess, back, paint, beside(name)},
		{inNewProcess, back, profile, beside(name)},
		{inNewProcess, back, fresh, beside(name)},
		{inNewProcess, back, ready, beside(name)},
	})
}

// profileRows compare profiles with more and more identities with the smallest one.
func profileRows(t table, list []series) {
	for i, want := range []target{atMost(1.2), atMost(2)} {
		more := list[i+1]
		for _, m := range []mark{profile, fresh} {
			what := fmt.Sprintf("%s: %s, %s: %s; %s", more.network.name, inNewProcess, m.name, more.contender, list[0].contender)
			t.row(what, "ms", m.in(more.back), m.in(list[0].back), want)
		}
	}
}

// languageRows compare the first visits to a site that speaks English alone with those to
// sites that speak more.
func languageRows(t table, list []series) {
	for _, m := range []mark{paint, usable, ready} {
		for _, more := range list[1:] {
			what := fmt.Sprintf("%s: first visit, %s: %s; %s", more.network.name, m.name, more.contender, list[0].contender)
			t.row(what, "ms", m.in(more.first), m.in(list[0].first), target{})
		}
	}
}
