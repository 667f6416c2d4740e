package collect

import (
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/schedule"
)

// maxAheadYears is how far ahead a payment may be scheduled.
const maxAheadYears = 10

// mistakes are what is wrong with a request, at JSON pointers.
type mistakes []fault.Field

func (m *mistakes) refuse(field, code, public string) {
	*m = append(*m, fault.Field{Pointer: "/scheduled_payment/" + field, Code: code, Public: public})
}

func (m mistakes) err() error {
	if len(m) == 0 {
		return nil
	}
	return ErrInvalid.With(m...)
}

// readDay takes a day from today on.
func (w *work) readDay(day string, bad *mistakes) {
	if day == "" {
		return
	}
	last := w.now.In(w.loc).AddDate(maxAheadYears, 0, 0)
	switch _, err := schedule.ParseDay(day); {
	case err != nil:
		bad.refuse("date", "date", "Use a date such as 2026-03-01.")
	case day < w.today():
		bad.refuse("date", "date_over", "This day is over. Use today or a later one.")
	case day > schedule.DayOf(last, w.loc):
		bad.refuse("date", "date_too_far", "Use a day within the next ten years.")
	}
}

// readAmount takes a decimal amount that the gateway can collect.
func (w *work) readAmount(text string, bad *mistakes) money.Amount {
	a, err := money.Parse(text, w.order.Total.Currency())
	switch {
	case err != nil || !a.IsPositive():
		bad.refuse("amount", "amount", "Use a decimal amount of the order's currency such as 20.00.")
	case !w.payable(a):
		bad.refuse("amount", "amount_not_payable", "This amount cannot be collected: it is too large, or finer than the payment account can handle.")
	}
	return a
}

func (w *work) payable(a money.Amount) bool {
	return w.limits.Step > 0 && a.Minor() <= w.limits.Max && a.Minor()%w.limits.Step == 0
}
