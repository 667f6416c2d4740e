package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Due is work whose time has come and that nobody has done yet.
type Due struct {
	What   string // attempts, notifications, mails or documents
	Count  int64
	Oldest time.Duration // how long the oldest has been due; zero for documents, which are due at once
}

// Backlog is what is still to be done: due rows, and jobs by their state.
type Backlog struct {
	Due  []Due
	Jobs map[string]int64
}

// Backlog counts what is still to be done. What is done costs it nothing.
func (d *DB) Backlog(ctx context.Context, now time.Time) (Backlog, error) {
	b := Backlog{Jobs: map[string]int64{}}
	for _, of := range []struct{ what, query string }{
		{"attempts", `SELECT COUNT(*), MIN(next_attempt_at) FROM attempts WHERE next_attempt_at <= $1`},
		{"notifications", `SELECT COUNT(*), MIN(next_attempt_at) FROM inbound_notifications WHERE next_attempt_at <= $1`},
		{"mails", `SELECT COUNT(*), MIN(next_attempt_at) FROM mails WHERE next_attempt_at <= $1`},
	} {
		due := Due{What: of.what}
		var oldest sql.NullInt64
		if err := d.reader.QueryRowContext(ctx, of.query, ms(now)).Scan(&due.Count, &oldest); err != nil {
			return Backlog{}, fmt.Errorf("count due %s: %w", of.what, err)
		}
		if oldest.Valid {
			due.Oldest = now.Sub(time.UnixMilli(oldest.Int64))
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
