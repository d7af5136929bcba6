package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// sample has what was measured of one thing, a figure a round. It is empty if there is no
// such thing.
type sample []float64

// median returns the figure in the middle, and 0 of nothing.
func (s sample) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// in returns the median and, of several figures, the lowest and the highest.
func (s sample) in(unit string) string {
	switch len(s) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%.0f %s", s[0], unit)
	}
	return fmt.Sprintf("%.0f %s (%.0f–%.0f)", s.median(), unit, slices.Min(s), slices.Max(s))
}

// over divides each figure by that of the same round.
func (s sample) over(other sample) sample {
	ratios := make(sample, min(len(s), len(other)))
	for i := range ratios {
		ratios[i] = s[i] / other[i]
	}
	return ratios
}

// A target is the ratio to reach; the zero value is none.
type target struct {
	ratio float64
	more  bool // a higher ratio is better
}

func atMost(ratio float64) target  { return target{ratio, false} }
func atLeast(ratio float64) target { return target{ratio, true} }

// verdict says whether a ratio reaches the target.
func (t target) verdict(ratio float64) string {
	sign, met := "≤", ratio <= t.ratio
	if t.more {
		sign, met = "≥", ratio >= t.ratio
	}
	switch {
	case t.ratio == 0:
		return ""
	case met:
		return fmt.Sprintf("%s %.2f: met", sign, t.ratio)
	}
	return fmt.Sprintf("%s %.2f: not met", sign, t.ratio)
}

// table prints its columns when all rows are there: what was measured, Twinlock's figures,
// the other's, the median of the ratios, and whether that reaches its target.
type table struct{ w *tabwriter.Writer }

func newTable(w io.Writer) table {
	t := table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	fmt.Fprintln(t.w, "measured\tTwinlock\tthe other\tratio\ttarget\t")
	return t
}

// row adds a comparison. theirs is empty if there is nothing to compare with.
func (t table) row(what, unit string, ours, theirs sample, want target) {
	ratio, verdict := "", ""
	if ratios := ours.over(theirs); len(ratios) > 0 {
		ratio, verdict = fmt.Sprintf("%.2f", ratios.median()), want.verdict(ratios.median())
	}
	fmt.Fprintf(t.w, "%s\t%s\t%s\t%s\t%s\t\n", what, ours.in(unit), theirs.in(unit), ratio, verdict)
}

func (t table) flush() error { return t.w.Flush() }
