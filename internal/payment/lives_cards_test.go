package payment_test

import (
	"errors"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// holders are what customers type as their name: a result of this card's payment, or
// of its later charges.
var holders = []string{"", "", "", "", "", "", "800.100.152", "000.200.000", "000.400.020", "THEN 800.100.152 MAC 02", "THEN 800.100.159 MAC 03", "THEN 300.100.100", "THEN 000.200.000"}

// notNow are why a checkout is not to be had that the tables permit.
var notNow = []error{payment.ErrPaid, payment.ErrInProgress, payment.ErrHeld, payment.ErrTooManyTries, payment.ErrGateway, order.ErrNotPayable}

// begin pays an order's checkout with a card that is approved.
func (l *lives) begin(o testkit.Order) {
	_ = l.SubmitCard(l.StartCheckout(o).CheckoutID, testkit.Card{Number: testkit.CardApproved,
		Holder: rapid.SampledFrom([]string{"", "", "THEN 800.100.152 MAC 02", "THEN 800.100.159 MAC 03", "THEN 300.100.100", "THEN 000.200.000"}).Draw(l.t, "holder")})
	l.minutes(1)
}

// pay tries a card in an order's checkout, which may be none any more.
func (l *lives) pay() {
	o := l.pickFor(order.Pay)
	var at payment.Attempt
	var err error
	if l.ask("pay", o, l.order(o).May(order.Pay), notNow, func() error {
		at, err = start(l.App, o)
		return err
	}) {
		l.submit(o, at)
	}
}

// submit types a card into a checkout; its customer comes back or does not.
func (l *lives) submit(o testkit.Order, at payment.Attempt) {
	if at.CheckoutID == "" {
		return
	}
	_ = l.SubmitCard(at.CheckoutID, testkit.Card{Number: rapid.SampledFrom([]string{testkit.CardApproved, testkit.CardSecond}).Draw(l.t, "number"),
		Holder: rapid.SampledFrom(holders).Draw(l.t, "holder")})
	if rapid.Bool().Draw(l.t, "comes back") {
		if _, err := l.Payments.CheckReturn(l.TB.Context(), o.ProfileID, at.ID); err != nil {
			l.t.Fatalf("come back: %v", err)
		}
	}
}

// update stores another card, with which what is outstanding is paid. A customer who
// was shown another amount is not charged.
func (l *lives) update() {
	o := l.pickFor(order.UpdateCard)
	now, shown := l.order(o), l.owed(o)
	wrong := rapid.IntRange(0, 4).Draw(l.t, "changed meanwhile") == 0
	tables := errors.Join(now.May(order.ChangeCard), now.May(order.UpdateCard))
	if now.May(order.UpdateCard) == nil && payment.MustUpdate(now, cards(l.App, o), shown, l.now) {
		tables = nil
	}
	if wrong {
		shown, _ = shown.Add(eur(1))
		tables = errors.Join(tables, payment.ErrOutstandingChanged)
	}
	var at payment.Attempt
	var err error
	if l.ask("update the card", o, tables, notNow, func() error {
		at, err = l.Payments.StartRegistration(l.TB.Context(), customer, o.ProfileID, o.ID, "ip-of-test", shown)
		if !wrong && errors.Is(err, payment.ErrOutstandingChanged) && l.owed(o) != shown {
			return payment.ErrInProgress // the gateway was asked, and told of a card that settles it
		}
		return err
	}) {
		l.submit(o, at)
	}
}

// outdated lets a customer look at the page of a card update and leave it.
func (l *lives) outdated() {
	o := l.pickFor(order.UpdateCard)
	at, err := l.Payments.StartRegistration(l.TB.Context(), customer, o.ProfileID, o.ID, "ip-of-test", l.owed(o))
	if err == nil && rapid.Bool().Draw(l.t, "comes late") {
		l.minutes(26)
		l.submit(o, at)
	}
}

// tryAgain has what is outstanding charged to the card that was stored for it.
func (l *lives) tryAgain() {
	o := fit(l.t, "order", l.orders, func(o testkit.Order) bool { return l.wallet(o).MayTryAgain() })
	shown := l.owed(o)
	l.ask("try again", o, l.order(o).May(order.UpdateCard), []error{payment.ErrCardUnusable, payment.ErrHeld, payment.ErrInProgress}, func() error {
		return l.Payments.TryAgain(l.TB.Context(), customer, o.ProfileID, o.ID, shown)
	})
}

// someCard is a stored card of an order.
func (l *lives) someCard(o testkit.Order) (payment.StoredMethod, bool) {
	all := cards(l.App, o)
	if len(all) == 0 {
		return payment.StoredMethod{}, false
	}
	return fit(l.t, "card", all, func(m payment.StoredMethod) bool { return !m.Main }), true
}

func (l *lives) choose() {
	o := l.pickFor(order.ChangeCard)
	m, ok := l.someCard(o)
	if !ok {
		return
	}
	l.ask("choose a card", o, l.order(o).May(order.ChangeCard), []error{payment.ErrMustUpdate, payment.ErrCardUnusable}, func() error {
		return l.Payments.ChooseMethod(l.TB.Context(), customer, o.ProfileID, o.ID, m.ID)
	})
}

func (l *lives) remove() {
	o := l.pickFor(order.ChangeCard)
	m, ok := l.someCard(o)
	if !ok {
		return
	}
	tables := l.order(o).May(order.ChangeCard)
	if m.Main {
		tables = errors.Join(tables, payment.ErrCardInUse)
	}
	if l.ask("remove a card", o, tables, []error{payment.ErrMustUpdate}, func() error {
		return l.Payments.RemoveMethod(l.TB.Context(), customer, o.ProfileID, o.ID, m.ID)
	}) {
		l.removed[m.ID] = l.chargesOf(m.ID)
	}
}

func (l *lives) chargesOf(id payment.MethodID) int64 {
	return l.number(`SELECT COUNT(*) FROM attempts WHERE kind = 'charge' AND payment_method_id = $1`, string(id))
}

// wallet is what the pages of an order's cards show.
func (l *lives) wallet(o testkit.Order) payment.Wallet {
	w, err := l.Payments.Wallet(l.TB.Context(), l.Overview(o))
	if err != nil {
		l.t.Fatal(err)
	}
	return w
}

// owed is what an order's customer is shown to pay with another card.
func (l *lives) owed(o testkit.Order) money.Amount {
	sum, err := l.wallet(o).Owed()
	if err != nil {
		l.t.Fatal(err)
	}
	return sum
}
