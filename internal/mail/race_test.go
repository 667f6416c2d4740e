package mail_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// TestSweepsThatRaceTellEverythingOnce lets many sweeps find the same renewals and
// cards at the same moment.
func TestSweepsThatRaceTellEverythingOnce(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		app.SetTestTime(time.Date(2030, 3, 10, 15, 0, 0, 0, time.UTC))
		const n = 6
		for range n {
			subscribed(t, app, testkit.Monthly, order.Sale{})
		}
		app.Exec(`UPDATE payment_methods SET expiry_year = 2030, expiry_month = 5`)
		for _, at := range []time.Time{time.Date(2030, 4, 3, 12, 0, 0, 0, time.UTC), time.Date(2030, 4, 15, 12, 0, 0, 0, time.UTC), time.Date(2030, 6, 1, 12, 0, 0, 0, time.UTC)} {
			done := make(chan error, 8)
			for range cap(done) {
				go func() { done <- app.Mails.SweepProfile(context.WithoutCancel(t.Context()), app.Profile, at) }()
			}
			for range cap(done) {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
		}
		got := app.Strings(`SELECT kind || ' ' || CAST(COUNT(*) AS TEXT) FROM mails WHERE kind LIKE 'card_%' OR kind = 'subscription_renews' GROUP BY kind ORDER BY kind`)
		if want := []string{"card_expired 6", "card_expiring 6", "subscription_renews 6"}; !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	})
}
