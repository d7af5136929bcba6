package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// table prints its columns when all rows are there: what was measured, Twinlock's median,
// the other's median, their ratio, and whether that reaches its target.
type table struct{ w *tabwriter.Writer }

func newTable(w io.Writer) table {
	t := table{tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	fmt.Fprintln(t.w, "measured\tTwinlock\tthe other\tratio\ttarget\t")
	return t
}

// row adds a comparison of two figures; theirs is 0 if there is nothing to compare with.
// target is the ratio to reach, 0 for none. more is true if a higher figure is better.
func (t table) row(what, unit string, ours, theirs, target float64, more bool) {
	ratio, verdict := "", ""
	if theirs > 0 {
		ratio = fmt.Sprintf("%.2f", ours/theirs)
		if target > 0 {
			met := ours/theirs <= target
			sign := "≤"
			if more {
				met, sign = ours/theirs >= target, "≥"
			}
			verdict = fmt.Sprintf("%s %.2f: missed", sign, target)
			if met {
				verdict = fmt.Sprintf("%s %.2f: met", sign, target)
			}
		}
	}
	other := ""
	if theirs > 0 {
		other = fmt.Sprintf("%.0f %s", theirs, unit)
	}
	fmt.Fprintf(t.w, "%s\t%.0f %s\t%s\t%s\t%s\t\n", what, ours, unit, other, ratio, verdict)
}

func (t table) flush() error { return t.w.Flush() }
