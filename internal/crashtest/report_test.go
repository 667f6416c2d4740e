//go:build linux

package crashtest

import (
	"fmt"
	"sort"
	"strings"
	"time"
)

// report is what one run did.
type report struct {
	engine                string
	seed                  uint64
	payments, held, kills int
	compared              map[string]int // transactions by attempt, type and state
	counts                [phases]int
	detail                map[string]int
	rounds                int
	late                  string // what was left before the last leap, if they were many
	took                  time.Duration
	complaints            map[string]int
}

func (r report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s seed %d: %d payments, %d kills (", r.engine, r.seed, r.payments, r.kills)
	compared := 0
	for _, n := range r.compared {
		compared += n
	}
	for p := range phases {
		fmt.Fprintf(&b, "%s %d, ", p, r.counts[p])
	}
	fmt.Fprintf(&b, "elsewhere %d), %d transactions compared, %d orders with held money, %d leaps to settle, %.0f s", r.detail["elsewhere"], compared, r.held, r.rounds, r.took.Seconds())
	for _, list := range []map[string]int{r.compared, r.detail, r.complaints} {
		names := make([]string, 0, len(list))
		for name := range list {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Fprintf(&b, "\n    %4d %s", list[name], name)
		}
	}
	if r.late != "" {
		b.WriteString("\n    left before the last leap:\n    " + r.late)
	}
	return b.String()
}

// complaints counts the errors that processes logged; a panic is a finding.
func (f *fleet) complaints(wrong *findings, counts map[string]int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.runs {
		for _, l := range r.journal.errors {
			counts["logged: "+l.Message+": "+shorten(l.Err)]++
		}
		if len(r.journal.odd) > 0 {
			wrong.add("a process wrote what is no log line: %s", strings.Join(r.journal.odd, "\n"))
		}
	}
}

// shorten takes ids out of an error, so that equal ones count as one.
func shorten(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if strings.ContainsAny(w, "_0123456789") && len(w) > 12 {
			words[i] = "…"
		}
	}
	return strings.Join(words, " ")
}
