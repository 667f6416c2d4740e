package mail

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/jobs"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// Queue is what it takes to owe a mail.
type Queue interface {
	// InsertMail adds a mail; isNew is false where there is one already of what is
	// told only once.
	InsertMail(ctx context.Context, m Mail) (isNew bool, err error)
	Profile(ctx context.Context, profileID profile.ID) (profile.Profile, error)
	Enqueue(ctx context.Context, args jobs.Args) error
}

// Tell owes the order's customer a mail, from wall time now on, in the transaction
// of what it tells of. Telling the same again changes nothing, and what the
// profile has switched off is not told.
func Tell(ctx context.Context, q Queue, o order.Order, about About, now time.Time) error {
	p, err := q.Profile(ctx, o.ProfileID)
	if err != nil || p.Details.Mutes(string(about.Kind)) {
		return err
	}
	_, err = owe(ctx, q, Mail{ProfileID: o.ProfileID, OrderID: o.ID, About: about, Language: o.Language}, now)
	return err
}

// TellMerchant owes a mail to the profile's own address, as Tell does to a
// customer's. A profile without an address is told nothing.
func TellMerchant(ctx context.Context, q Queue, profileID profile.ID, about About, now time.Time) error {
	p, err := q.Profile(ctx, profileID)
	if err != nil || p.Details.Email == "" {
		return err
	}
	_, err = owe(ctx, q, Mail{ProfileID: profileID, About: about, Language: p.Locale}, now)
	return err
}

// TellOperator owes a mail about a profile to whoever runs the installation, as
// TellMerchant does; where no address is set for them, the profile's own is told, and
// where it has none, nobody. That is known when the mail is sent.
func TellOperator(ctx context.Context, q Queue, profileID profile.ID, about About, now time.Time) error {
	p, err := q.Profile(ctx, profileID)
	if err != nil {
		return err
	}
	_, err = owe(ctx, q, Mail{ProfileID: profileID, About: about, Language: p.Locale}, now)
	return err
}

// DayStep is a day, YYYY-MM-DD, as a step: what is told of it is told again when
// the day changes.
func DayStep(day string) int64 {
	n, err := strconv.ParseInt(strings.ReplaceAll(day, "-", ""), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// owe writes m as due at wall time now, with its wake-up.
func owe(ctx context.Context, q Queue, m Mail, now time.Time) (Mail, error) {
	m.ID, m.State, m.CreatedAt, m.NextAttemptAt = ID(id.New("mal")), Due, now, now
	isNew, err := q.InsertMail(ctx, m)
	if err != nil || !isNew {
		return m, err
	}
	return m, q.Enqueue(ctx, m.wakeUp())
}
