package bench

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// row is one line of the report.
type row struct {
	name   string
	beside string               // the row whose time is 1; empty for none
	atMost float64              // aim: as many times that row's time; 0 for none
	round  func() time.Duration // does the thing a number of times and says how long one took
	times  []time.Duration      // one per round
}

// each measures n runs of do, one after the other.
func each(n int, do func()) func() time.Duration {
	return func() time.Duration {
		start := time.Now()
		for range n {
			do()
		}
		return time.Since(start) / time.Duration(n)
	}
}

// median is the middle round.
func (r *row) median() time.Duration {
	sorted := slices.Sorted(slices.Values(r.times))
	return sorted[len(sorted)/2]
}

// print writes the rows as one table. Time and rate are those of the row named
// beside: twice its time is half its rate.
func print(w io.Writer, rows []*row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "median\tfastest\tslowest\tper second\ttime ×\trate ×\t")
	for _, r := range rows {
		m := r.median()
		fmt.Fprintf(t, "%s\t%s\t%s\t%.0f\t", micro(m), micro(slices.Min(r.times)), micro(slices.Max(r.times)), 1/m.Seconds())
		if i := slices.IndexFunc(rows, func(o *row) bool { return o.name == r.beside }); i >= 0 {
			times := float64(m) / float64(rows[i].median())
			fmt.Fprintf(t, "%.2f\t%.2f\t%s%s\n", times, 1/times, "  "+r.name, r.verdict(times))
			continue
		}
		fmt.Fprintf(t, "1\t1\t%s\n", "  "+r.name)
	}
	return t.Flush()
}

func (r *row) verdict(times float64) string {
	switch {
	case r.atMost == 0:
		return ""
	case times <= r.atMost:
		return fmt.Sprintf(" (aim: time × ≤ %.4g, met)", r.atMost)
	}
	return fmt.Sprintf(" (aim: time × ≤ %.4g, missed)", r.atMost)
}

func micro(d time.Duration) string { return fmt.Sprintf("%.1f µs", float64(d.Nanoseconds())/1e3) }
