package testkit

import (
	"time"

	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
)

// PayWith pays an order with a card and lets the money be booked.
func (a *App) PayWith(o Order, c Card) payment.Attempt {
	a.TB.Helper()
	at := a.StartCheckout(o)
	a.SubmitCard(at.CheckoutID, c)
	a.Deliver()
	if _, err := a.Payments.CheckReturn(a.TB.Context(), o.ProfileID, at.ID); err != nil {
		a.TB.Fatalf("check return: %v", err)
	}
	return a.Attempt(at)
}

// Schedule is an order's scheduled payments by position.
func (a *App) Schedule(o Order) []schedule.Payment {
	a.TB.Helper()
	page, err := a.DB.ScheduledOf(a.TB.Context(), o.ProfileID, o.ID, paging.Window{Limit: 10_000})
	if err != nil {
		a.TB.Fatalf("read schedule: %v", err)
	}
	return page.Rows
}

// ChargeDue charges what is due of an order at a billing time, to which its
// profile's clock is set.
func (a *App) ChargeDue(o Order, at time.Time) {
	a.TB.Helper()
	a.SetTestTime(at)
	for _, p := range a.Schedule(o) {
		if err := a.Payments.Charge(a.TB.Context(), o.ProfileID, p.ID); err != nil {
			a.TB.Fatalf("charge scheduled payment %d: %v", p.Position, err)
		}
	}
}

// SetTestTime sets the first profile's billing time.
func (a *App) SetTestTime(at time.Time) {
	a.TB.Helper()
	a.Exec(`INSERT INTO test_clocks (profile_id, at) VALUES ($1, $2) ON CONFLICT (profile_id) DO UPDATE SET at = excluded.at`, string(a.Profile.ID), at.UnixMilli())
}

// Save changes a scheduled payment behind everybody's back.
func (a *App) Save(p schedule.Payment) {
	a.TB.Helper()
	if err := a.DB.InPaymentTx(a.TB.Context(), func(tx payment.Tx) error { return tx.SaveScheduled(a.TB.Context(), p) }); err != nil {
		a.TB.Fatalf("save scheduled payment: %v", err)
	}
}
