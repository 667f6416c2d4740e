//go:build linux

package crashtest

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"time"
)

// line is what a log line of the program may have that matters here.
type line struct {
	Time       time.Time `json:"time"`
	Level      string    `json:"level"`
	Message    string    `json:"msg"`
	Route      string    `json:"route"`
	MerchantID string    `json:"merchant_transaction_id"`
	Status     int       `json:"status"`
	Tx         uint64    `json:"tx"`
	Committed  bool      `json:"committed"`
	Kind       string    `json:"kind"`
	GatewayID  string    `json:"gateway_id"`
	Job        int64     `json:"job"`
	Err        string    `json:"err"`
}

// call is one request of a process to the gateway.
type call struct {
	route, merchantID string
	begun, ended      time.Time // ended is zero while it is open
}

// transaction is one that a process has begun and not ended.
type transaction struct {
	attempts []line // written in it
	bookings []string
}

// journal is what one run of a process was at, read from its log line by line.
type journal struct {
	mu       sync.Mutex
	rest     []byte // of a line that is not whole yet
	calls    []call
	open     map[uint64]*transaction
	jobs     map[int64]string
	attempts []line          // committed
	sent     map[string]bool // merchant transaction ids of calls that move money or open a checkout
	errors   []line
	odd      []string // lines that are no log lines: what a panic prints
	last     line
}

func newJournal() *journal {
	return &journal{open: map[uint64]*transaction{}, jobs: map[int64]string{}, sent: map[string]bool{}}
}

// add reads what a process wrote and returns the whole lines of it.
func (j *journal) add(b []byte) []line {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.rest = append(j.rest, b...)
	var lines []line
	for {
		text, rest, whole := bytes.Cut(j.rest, []byte("\n"))
		if !whole {
			return lines
		}
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			j.odd = append(j.odd, string(text))
		} else {
			j.note(l)
			lines = append(lines, l)
		}
		j.rest = bytes.Clone(rest)
	}
}

func (j *journal) note(l line) {
	j.last = l
	if l.Level == "ERROR" {
		j.errors = append(j.errors, l)
	}
	switch l.Message {
	case "transaction begins":
		j.open[l.Tx] = &transaction{}
	case "attempt written":
		if t := j.open[l.Tx]; t != nil {
			t.attempts = append(t.attempts, l)
		}
	case "booking written":
		if t := j.open[l.Tx]; t != nil {
			t.bookings = append(t.bookings, l.GatewayID)
		}
	case "transaction ended":
		if t := j.open[l.Tx]; t != nil && l.Committed {
			j.attempts = append(j.attempts, t.attempts...)
		}
		delete(j.open, l.Tx)
	case "gateway call begins":
		j.calls = append(j.calls, call{route: l.Route, merchantID: l.MerchantID, begun: l.Time})
		if strings.HasPrefix(l.Route, "POST ") {
			j.sent[l.MerchantID] = true
		}
	case "gateway call ended":
		for i := len(j.calls) - 1; i >= 0; i-- {
			if c := &j.calls[i]; c.ended.IsZero() && c.route == l.Route && c.merchantID == l.MerchantID {
				c.ended = l.Time
				break
			}
		}
	case "job begins":
		j.jobs[l.Job] = l.Kind
	case "job ended":
		delete(j.jobs, l.Job)
	}
}

// wroteAttempt is the kind of the attempt that a transaction has committed when l
// ended it; empty when l is another line.
func (j *journal) wroteAttempt(l line) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	if l.Message != "transaction ended" || !l.Committed || len(j.attempts) == 0 {
		return ""
	}
	if last := j.attempts[len(j.attempts)-1]; last.Tx == l.Tx {
		return last.Kind
	}
	return ""
}

// openJobs are the kinds of the jobs at work.
func (j *journal) openJobs() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var kinds []string
	for k := range maps.Values(j.jobs) {
		kinds = append(kinds, k)
	}
	return kinds
}
