package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Due is work whose time has come and that nobody has done yet.
type Due struct {
	What   string // attempts, notifications, mails, scheduled_payments, webhook_endpoints or documents
	Count  int64
	Oldest time.Duration // how long the oldest has been due; zero for documents, which are due at once
}

// Backlog is what is still to be done: due rows, and jobs by their state.
type Backlog struct {
	Due  []Due
	Jobs map[string]int64
}

// dueScheduled are scheduled payments that are due to be charged. Where a test clock
// stands still nothing is late. The profiles come first: of each the index of what is
// due has the rows.
var dueScheduled = `
SELECT COUNT(*), MIN(s.collect_at) FROM profiles p CROSS JOIN scheduled_payments s
 WHERE s.profile_id = p.id AND s.collect_at <= $1 AND ` + collectable + `
   AND NOT EXISTS (SELECT 1 FROM test_clocks c WHERE c.profile_id = p.id)`

// dueEndpoints are webhook endpoints that take what they are sent and wait for a
// repetition that is due, or for events that nobody has looked at. One that fails
// waits for its merchant and not for us.
const dueEndpoints = `
SELECT COUNT(DISTINCT x.id), MIN(x.since) FROM (
SELECT w.id, w.due_at AS since FROM webhook_endpoints w WHERE w.status = 'enabled' AND w.failures = 0 AND w.due_at <= $1
 UNION ALL
SELECT w.id, (SELECT e.occurred_at FROM events e WHERE e.profile_id = w.profile_id AND e.seq > w.seen_seq ORDER BY e.seq LIMIT 1)
  FROM webhook_endpoints w JOIN event_series s ON s.profile_id = w.profile_id
 WHERE w.status = 'enabled' AND w.failures = 0 AND w.seen_seq < s.last AND NOT EXISTS (SELECT 1 FROM test_clocks c WHERE c.profile_id = w.profile_id)) x`

// Backlog counts what is still to be done. What is done costs it nothing.
func (d *DB) Backlog(ctx context.Context, now time.Time) (Backlog, error) {
	b := Backlog{Jobs: map[string]int64{}}
	for _, of := range []struct{ what, query string }{
		{"attempts", `SELECT COUNT(*), MIN(next_attempt_at) FROM attempts WHERE next_attempt_at <= $1`},
		{"notifications", `SELECT COUNT(*), MIN(next_attempt_at) FROM inbound_notifications WHERE next_attempt_at <= $1`},
		{"mails", `SELECT COUNT(*), MIN(next_attempt_at) FROM mails WHERE next_attempt_at <= $1`},
		{"scheduled_payments", dueScheduled},
		{"webhook_endpoints", dueEndpoints},
	} {
		due := Due{What: of.what}
		var oldest sql.NullInt64
		if err := d.reader.QueryRowContext(ctx, of.query, ms(now)).Scan(&due.Count, &oldest); err != nil {
			return Backlog{}, fmt.Errorf("count due %s: %w", of.what, err)
		}
		if oldest.Valid {
			due.Oldest = max(0, now.Sub(time.UnixMilli(oldest.Int64)))
		}
		b.Due = append(b.Due, due)
	}
	undrawn := Due{What: "documents"}
	if err := d.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM documents d WHERE d.drawn = FALSE`).Scan(&undrawn.Count); err != nil {
		return Backlog{}, fmt.Errorf("count due documents: %w", err)
	}
	b.Due = append(b.Due, undrawn)
	type jobs struct {
		state string
		count int64
	}
	rows, err := d.reader.QueryContext(ctx, `
SELECT state, COUNT(*) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled') GROUP BY state`)
	counted, err := collect(rows, err, func(row scanner) (jobs, error) {
		var j jobs
		return j, row.Scan(&j.state, &j.count)
	})
	if err != nil {
		return Backlog{}, fmt.Errorf("count jobs: %w", err)
	}
	for _, j := range counted {
		b.Jobs[j.state] = j.count
	}
	return b, nil
}
