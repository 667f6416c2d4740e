package paper

import (
	"strings"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
)

// Terms say what an order that is not paid yet collects at once and what later, if
// it begins now: "Today €20.00, then €10.00 every month from 3 June 2026 until you
// cancel." They are empty of an order that is paid at once and whole.
func Terms(t i18n.Localizer, o order.Order, now time.Time, zone *time.Location) (string, error) {
	p := o.Plan
	today := t.T("terms.today", "amount", t.Money(p.Initial))
	if p.OnlyStores() {
		today = t.T("terms.nothing")
	}
	said := []string{}
	switch o.Type {
	case catalog.SinglePayment:
		if p.PreAuthorise {
			said = append(said, t.T("terms.hold", "amount", t.Money(p.Initial)))
		}
	case catalog.Metered:
		said = append(said, t.T("terms.metered", "now", today))
	case catalog.Subscription:
		first, err := firstDay(t, o, now, zone)
		if err != nil {
			return "", err
		}
		said = append(said, t.T("terms.subscription", "now", today, "amount", t.Money(p.Recurring), "rhythm", Rhythm(t, o), "date", first))
	case catalog.Instalment:
		first, err := firstDay(t, o, now, zone)
		if err != nil {
			return "", err
		}
		names := []any{"now", today, "count", p.Splits, "amount", t.Money(p.Recurring), "first", t.Money(o.FirstPart()), "rhythm", Rhythm(t, o), "date", first}
		if key := "terms.instalment"; o.FirstPart() == p.Recurring {
			said = append(said, t.T(key, names...))
		} else {
			said = append(said, t.T(key+"_uneven", names...))
		}
		said = append(said, t.T("terms.total", "total", t.Money(o.Total)))
	}
	if p.Register {
		said = append(said, t.T("terms.check", "amount", t.Money(p.Initial)))
	}
	return strings.Join(said, " "), nil
}

// Rhythm is how often an order's payments fall due: "every month".
func Rhythm(t i18n.Localizer, o order.Order) string {
	return t.T("mail.rhythm."+strings.ToLower(string(o.Plan.Unit)), "count", o.Plan.Interval)
}

// firstDay is the day of the first scheduled payment of an order that begins now.
func firstDay(t i18n.Localizer, o order.Order, now time.Time, zone *time.Location) (string, error) {
	o.Plan.Splits = min(o.Plan.Splits, 1) // one is enough to know its day
	planned, err := schedule.Begin(o, now, zone, 1)
	if err != nil {
		return "", err
	}
	return t.Date(planned[0].CollectAt, zone), nil
}
