package payment_test

import (
	"errors"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// booked is some transaction, mostly one of the types given.
func (l *lives) booked(types string) (o testkit.Order, x payment.Transaction, ok bool) {
	all := l.Strings(`SELECT type || ' ' || order_id || ' ' || id FROM transactions ORDER BY created_at, type, state, amount_minor`)
	if len(all) == 0 {
		return o, x, false
	}
	row := strings.Fields(fit(l.t, "transaction", all, func(row string) bool { return strings.Contains(types, row[:2]) }))
	o = l.orders[slices.IndexFunc(l.orders, func(o testkit.Order) bool { return string(o.ID) == row[1] })]
	err := l.DB.InPaymentTx(l.TB.Context(), func(tx payment.Tx) (err error) {
		x, err = tx.Transaction(l.TB.Context(), o.ProfileID, payment.TransactionID(row[2]))
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return o, x, true
}

// want compares what became of a command about money with what it must.
func (l *lives) want(what, amount string, got, want error) {
	if !errors.Is(got, want) || (got == nil) != (want == nil) {
		l.t.Fatalf("%s of %q: %v, want %v\n%s", what, amount, got, want, l.story())
	}
	if got == nil {
		l.given[what+" done"]++
	} else {
		l.given[what+" refused"]++
	}
}

// refund sends back a part of a transaction, all that is left of it, or more.
func (l *lives) refund() {
	o, x, ok := l.booked("DB CP")
	if !ok {
		return
	}
	taken := x.State == payment.Approved && !x.Surplus && (x.Type == "DB" || x.Type == "CP")
	left := min(l.refundable(x), x.Amount.Minor()-l.number(`SELECT COALESCE(SUM(amount_minor), 0) FROM attempts
 WHERE kind = 'refund' AND parent_transaction_id = $1 AND state IN ('created', 'open', 'pending', 'unknown', 'held', 'approved')`, string(x.ID)))
	amount, more := "", false
	switch rapid.SampledFrom([]string{"part", "part", "all", "more"}).Draw(l.t, "how much") {
	case "part":
		amount = eur(int64(rapid.IntRange(1, max(1, int(left))).Draw(l.t, "cents"))).Decimal()
	case "more":
		amount, more = eur(max(left, 0)+1).Decimal(), true
	}
	var want error
	switch {
	case !taken:
		want = payment.ErrNotRefundable
	case left <= 0:
		want = payment.ErrNothingToRefund
	case more:
		want = payment.ErrRefundTooLarge
	}
	_, err := l.Payments.Refund(l.TB.Context(), staff, o.ProfileID, x.ID, amount, nil)
	l.want("refund", amount, err, want)
}

// refundable is what may still be sent back of the payment of a transaction: what
// is under way counts as gone, and so does what is charged back.
func (l *lives) refundable(x payment.Transaction) int64 {
	return l.number(`SELECT captured_minor - refunded_minor - CASE WHEN disputed_minor > 0 THEN disputed_minor ELSE 0 END FROM payments WHERE id = $1`, string(x.PaymentID)) -
		l.number(`SELECT COALESCE(SUM(amount_minor), 0) FROM attempts WHERE kind = 'refund' AND payment_id = $1
   AND state IN ('created', 'open', 'pending', 'unknown', 'held')`, string(x.PaymentID))
}

// capture takes what is held, in whole, in part, or more of it than there is.
func (l *lives) capture() {
	o, x, ok := l.booked("PA")
	if !ok {
		return
	}
	amount := rapid.SampledFrom([]string{"", "50.00", "123.99", "124.01"}).Draw(l.t, "amount")
	want := l.mayDecide(o, x, order.Capture)
	if want == nil && amount == "124.01" {
		want = payment.ErrCaptureTooLarge
	}
	_, err := l.Payments.Capture(l.TB.Context(), staff, o.ProfileID, x.ID, amount, nil)
	l.want("capture", amount, err, want)
}

// reverse gives back what is held, which is never a part of it.
func (l *lives) reverse() {
	o, x, ok := l.booked("PA")
	if !ok {
		return
	}
	amount := rapid.SampledFrom([]string{"", "", "50.00"}).Draw(l.t, "amount")
	want := l.mayDecide(o, x, order.Reverse)
	if amount != "" && (want == nil || errors.Is(want, payment.ErrHoldDeciding)) {
		want = payment.ErrReversalPart
	}
	_, err := l.Payments.Reverse(l.TB.Context(), staff, o.ProfileID, x.ID, amount, nil)
	l.want("reversal", amount, err, want)
}

// mayDecide is why what a transaction holds may not be taken or given back.
func (l *lives) mayDecide(o testkit.Order, x payment.Transaction, c order.Command) error {
	p := l.Strings(`SELECT kind || ' ' || status FROM payments WHERE id = $1`, string(x.PaymentID))
	if x.State != payment.Approved || x.Surplus || x.Type != "PA" || len(p) == 0 || p[0][:7] != "initial" {
		return payment.ErrNotCapturable
	}
	switch payment.Status(p[0][8:]) {
	case payment.Paid:
		return payment.ErrCaptured
	case payment.Ended:
		return payment.ErrHoldOver
	case payment.Open:
		return payment.ErrNotCapturable
	case payment.Authorised:
	}
	if err := l.order(o).May(c); err != nil {
		return err
	}
	if l.number(`SELECT COUNT(*) FROM attempts WHERE payment_id = $1 AND kind IN ('capture', 'reversal') AND state IN ('created', 'open', 'pending', 'unknown', 'held')`, string(x.PaymentID)) > 0 {
		return payment.ErrHoldDeciding
	}
	return nil
}
