package schedule

import (
	"time"

	"github.com/quittance/quittance/internal/order"
)

// End gives a payment up because its order has ended: what is not collected by
// then never is. It reports whether anything changed.
func (p *Payment) End() bool {
	if !p.Takes() {
		return false
	}
	p.Status, p.CollectAt, p.LeaseUntil, p.HeldBy = Cancelled, time.Time{}, time.Time{}, ""
	return true
}

// Newest is the planned payment that was made last; ok is false where none is
// planned.
func Newest(all []Payment) (newest Payment, ok bool) { return last(all) }

// PeriodEnd is the day on which the paid period of a subscription ends: the day of
// the next planned payment, which is given up. A payment that is being charged, as
// underWay says of the newest, pays the period after it. A period that ended
// before today ends today.
func PeriodEnd(o order.Order, all []Payment, underWay bool, loc *time.Location, now time.Time) (day string, err error) {
	day = DayOf(now, loc)
	newest, ok := last(all)
	if !ok {
		return day, nil
	}
	end := newest.DueOn
	if newest.Status != Scheduled || underWay {
		if end, err = NextDay(o, all, loc, max(newest.RhythmOn, newest.DueOn)); err != nil {
			return "", err
		}
	}
	return max(day, end), nil
}

// Afresh is the day on which a paused payment falls due when it goes on: its own,
// unless that has passed. Of a planned one it is the next day of the rhythm then,
// today included, so nothing is caught up with; of another it is today.
func Afresh(o order.Order, all []Payment, p Payment, loc *time.Location, now time.Time) (string, error) {
	today := DayOf(now, loc)
	switch {
	case p.DueOn >= today:
		return p.DueOn, nil
	case p.Origin != Planned:
		return today, nil
	}
	yesterday, err := dayBefore(today)
	if err != nil {
		return "", err
	}
	return NextDay(o, all, loc, yesterday)
}

func dayBefore(day string) (string, error) {
	t, err := ParseDay(day)
	if err != nil {
		return "", err
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly), nil
}
