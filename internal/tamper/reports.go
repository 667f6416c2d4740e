package tamper

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// Bounds of what reports can cause, since anybody who was sent a payment link can
// invent some.
const (
	maxNew     = 20 // sources that a profile gets to know in a day; of more nothing is kept
	newIn      = 24 * time.Hour
	remembered = 90 * 24 * time.Hour // after its last report; then a source is new again
)

// Seen is what a report adds to what is known.
type Seen struct {
	ProfileID profile.ID
	Blocked
	At     time.Time // of wall time
	Forget time.Time // sources without a report since are forgotten
}

// ReportsTx is a transaction of a report.
type ReportsTx interface {
	Tx
	// CountBlocked adds a report of a known source; known is false where there is none.
	CountBlocked(ctx context.Context, s Seen) (known bool, err error)
	// InsertBlocked keeps a source, and forgets old ones. isNew is false where another
	// process was faster, or where the profile has most sources that are new since.
	InsertBlocked(ctx context.Context, s Seen, since time.Time, most int) (isNew bool, err error)
}

// ReportsRepo keeps what was reported.
type ReportsRepo interface {
	InReportsTx(ctx context.Context, fn func(ReportsTx) error) error
	// BlockedSources are those of a profile that were reported first after a time, the
	// newest first.
	BlockedSources(ctx context.Context, profileID profile.ID, after time.Time, limit int) ([]Sighting, error)
}

// Reports keeps which sources the policy of payment pages blocked in customers'
// browsers (PCI DSS 6.4.3 and 11.6.1). The first report of a source is told, once
// however many processes take reports; later ones are counted.
type Reports struct {
	Repo  ReportsRepo
	Clock clock.Clock
	Log   *slog.Logger
}

// Take keeps a report of a browser that got a profile's page. What is not telling is
// dropped.
func (r *Reports) Take(ctx context.Context, profileID profile.ID, on Page, report Report) error {
	b, telling := report.Telling(on)
	if !telling {
		return nil
	}
	now := r.Clock.Wall()
	billing, err := r.Clock.Now(ctx, profileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	s := Seen{ProfileID: profileID, Blocked: b, At: now, Forget: now.Add(-remembered)}
	first := false
	err = r.Repo.InReportsTx(ctx, func(tx ReportsTx) error {
		first = false
		known, err := tx.CountBlocked(ctx, s)
		if err != nil || known {
			return err
		}
		if first, err = tx.InsertBlocked(ctx, s, now.Add(-newIn), maxNew); err != nil || !first {
			return err
		}
		return tell(ctx, tx, profileID, blockedAlarm(b, now), billing, now)
	})
	if err != nil {
		return fmt.Errorf("keep blocked source of %s: %w", profileID, err)
	}
	if first {
		r.Log.WarnContext(ctx, "a payment page blocked a source", "profile", profileID, "page", b.Page, "directive", b.Directive, "source", b.Source)
	}
	return nil
}

// blockedAlarm is that of a source that is new. One mail a day tells of all that were
// new by then.
func blockedAlarm(b Blocked, now time.Time) alarm {
	return alarm{
		task: payment.TaskSourceBlocked, subject: b.Text(), event: "payment_page.source_blocked",
		data: map[string]any{"page": string(b.Page), "directive": b.Directive, "source": b.Source},
		mail: mail.About{Kind: mail.SourceBlocked, Step: mail.DayStep(now.UTC().Format(time.DateOnly))},
	}
}
