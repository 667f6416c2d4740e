package notify

import (
	"strings"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	view "github.com/quittance/quittance/templates/mail"
)

func (w writer) fact(name, value string) view.Fact {
	return view.Fact{Label: w.texts.T("mail.fact." + name), Value: value}
}

func (w writer) moment(t time.Time) string { return w.texts.Date(t, w.merchant.Location()) }

// day is a date of the profile's zone as people write it; empty for none.
func (w writer) day(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, w.merchant.Location())
	if err != nil {
		return ""
	}
	return w.texts.Date(t, w.merchant.Location())
}

func (w writer) instrument(m payment.Method) string {
	if m.Last4 == "" {
		return ""
	}
	return w.texts.T("portal.method.card", "brand", i18n.CardName(m.Brand, m.BIN), "last4", m.Last4)
}

// toPay is what the payment link asks for.
func toPay(w writer) view.Fact {
	switch {
	case w.order.Plan.Initial.IsZero():
		return view.Fact{}
	case w.order.Plan.Register, w.order.Plan.PreAuthorise:
		return w.fact("hold", w.texts.Money(w.order.Plan.Initial))
	}
	return w.fact("to_pay", w.texts.Money(w.order.Plan.Initial))
}

func paid(w writer) view.Fact { return w.fact("paid", w.texts.Money(w.news.transaction.Amount)) }
func refunded(w writer) view.Fact {
	return w.fact("refunded", w.texts.Money(w.news.transaction.Amount))
}
func held(w writer) view.Fact   { return w.fact("hold", w.texts.Money(w.news.transaction.Amount)) }
func amount(w writer) view.Fact { return w.fact("amount", w.texts.Money(w.news.due.Amount)) }

// heldBriefly is the small amount that stored a card where the gateway cannot do
// it for nothing.
func heldBriefly(w writer) view.Fact {
	if a := w.news.transaction.Amount; a.IsPositive() {
		return w.fact("held", w.texts.Money(a))
	}
	return view.Fact{}
}

func bookedOn(name string) part {
	return func(w writer) view.Fact { return w.fact(name, w.moment(w.news.transaction.BookedAt)) }
}

func paidWith(w writer) view.Fact {
	return w.fact("method", w.instrument(w.news.transaction.Method))
}
func card(w writer) view.Fact     { return w.fact("method", w.instrument(w.news.method.Method)) }
func dueOn(w writer) view.Fact    { return w.fact("due_on", w.day(w.news.due.DueOn)) }
func wasDueOn(w writer) view.Fact { return w.fact("was_due_on", w.day(w.news.due.DueOn)) }

func receivedOn(w writer) view.Fact {
	return w.fact("received_on", w.texts.DateTime(w.news.told, w.merchant.Location()))
}

// endsOn is the day on which a cancelled order ends, or ended at once.
func endsOn(w writer) view.Fact {
	if w.order.CancelsOn == "" && !w.order.EndedAt.IsZero() {
		return w.fact("ends_on", w.moment(w.order.EndedAt))
	}
	return w.fact("ends_on", w.day(w.order.CancelsOn))
}

func nextTry(w writer) view.Fact {
	if w.news.due.CollectAt.IsZero() {
		return view.Fact{}
	}
	return w.fact("next_try", w.moment(w.news.due.CollectAt))
}

// expires is the last month that is printed on the card.
func expires(w writer) view.Fact {
	m := w.news.method.Method
	return w.fact("expires", time.Date(m.ExpiryYear, time.Month(m.ExpiryMonth), 1, 0, 0, 0, 0, time.UTC).Format("01/2006"))
}

// sold is the order by its number and what it is of.
func sold(w writer) view.Fact {
	names := make([]string, len(w.order.Lines))
	for i, l := range w.order.Lines {
		names[i] = l.Name
	}
	return w.fact("order", w.order.InvoiceID+" · "+strings.Join(names, ", "))
}

// upcoming is the first payment that is still to be collected.
func (w writer) upcoming() (schedule.Payment, bool) {
	var first schedule.Payment
	found := false
	for _, p := range w.news.schedule {
		if p.Status == schedule.Scheduled && (!found || p.DueOn < first.DueOn) {
			first, found = p, true
		}
	}
	return first, found
}

func (w writer) soon(name string) view.Fact {
	p, ok := w.upcoming()
	if !ok {
		return view.Fact{}
	}
	return w.fact(name, w.texts.T("mail.next", "amount", w.texts.Money(p.Amount), "date", w.day(p.DueOn)))
}

func next(w writer) view.Fact  { return w.soon("next") }
func first(w writer) view.Fact { return w.soon("first") }

// outstanding is the sum of what was declined.
func outstanding(w writer) view.Fact {
	sum := money.New(0, w.order.Total.Currency())
	for _, p := range w.news.schedule {
		if p.Status == schedule.SoftDeclined || p.Status == schedule.HardDeclined {
			more, err := sum.Add(p.Amount)
			if err != nil {
				return view.Fact{}
			}
			sum = more
		}
	}
	if sum.IsZero() {
		return view.Fact{}
	}
	return w.fact("outstanding", w.texts.Money(sum))
}

func afterwards(w writer) view.Fact { return w.fact("afterwards", w.plan()) }
func agreed(w writer) view.Fact     { return w.fact("agreed", w.plan()) }

// plan is what an order collects after its first payment; empty for nothing.
func (w writer) plan() string {
	t, p := w.texts, w.order.Plan
	switch w.order.Type {
	case catalog.Subscription:
		return t.T("mail.plan.subscription", "amount", t.Money(p.Recurring), "rhythm", paper.Rhythm(t, w.order))
	case catalog.Metered:
		return t.T("mail.plan.metered")
	case catalog.Instalment:
		return t.T("mail.plan.instalment", "amount", t.Money(w.order.Split()), "count", p.Splits, "rhythm", paper.Rhythm(t, w.order))
	case catalog.SinglePayment:
	}
	return ""
}
