package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/tamper"
)

// InReportsTx runs fn in one transaction.
func (d *DB) InReportsTx(ctx context.Context, fn func(tamper.ReportsTx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// CountBlocked adds a report of a known source.
func (t *tx) CountBlocked(ctx context.Context, s tamper.Seen) (known bool, err error) {
	done, err := t.ExecContext(ctx, `
UPDATE blocked_sources SET last_at = $5, reports = reports + 1
 WHERE profile_id = $1 AND page = $2 AND directive = $3 AND source = $4 AND last_at >= $6`,
		string(s.ProfileID), string(s.Page), s.Directive, s.Source, ms(s.At), ms(s.Forget))
	if err != nil {
		return false, fmt.Errorf("count blocked source: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("count blocked source: %w", err)
	}
	return n > 0, nil
}

// InsertBlocked keeps a source. The unique key decides who was first. Processes that
// insert different sources at the same moment do not see each other's, so each may
// pass most by one.
func (t *tx) InsertBlocked(ctx context.Context, s tamper.Seen, since time.Time, most int) (isNew bool, err error) {
	if _, err := t.ExecContext(ctx, `DELETE FROM blocked_sources WHERE profile_id = $1 AND last_at < $2`, string(s.ProfileID), ms(s.Forget)); err != nil {
		return false, fmt.Errorf("forget blocked sources: %w", err)
	}
	var reports int64
	err = t.QueryRowContext(ctx, `
INSERT INTO blocked_sources (profile_id, page, directive, source, first_at, last_at, reports)
SELECT $1, $2, $3, $4, $5, $5, 1
 WHERE (SELECT count(*) FROM blocked_sources b WHERE b.profile_id = $1 AND b.first_at > $6) < $7
    ON CONFLICT (profile_id, page, directive, source) DO UPDATE SET last_at = excluded.last_at, reports = blocked_sources.reports + 1
RETURNING reports`, string(s.ProfileID), string(s.Page), s.Directive, s.Source, ms(s.At), ms(since), most).Scan(&reports)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("insert blocked source: %w", err)
	}
	return reports == 1, nil
}

// BlockedSources are a profile's that were reported first after a time, the newest
// first.
func (d *DB) BlockedSources(ctx context.Context, profileID profile.ID, after time.Time, limit int) ([]tamper.Sighting, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT page, directive, source, first_at, last_at, reports FROM blocked_sources
 WHERE profile_id = $1 AND first_at > $2 ORDER BY first_at DESC, source, directive, page LIMIT $3`, string(profileID), after.UnixMilli(), limit)
	found, err := collect(rows, err, func(row scanner) (s tamper.Sighting, err error) {
		return s, row.Scan(&s.Page, &s.Directive, &s.Source, at(&s.FirstAt), at(&s.LastAt), &s.Reports)
	})
	if err != nil {
		return nil, fmt.Errorf("read blocked sources: %w", err)
	}
	return found, nil
}
