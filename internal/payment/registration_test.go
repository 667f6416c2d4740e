package payment_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
)

// When the scheduled payments of these tests fell due, and when their customer is
// there to change the card.
var (
	firstDue = time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC)
	later    = firstDue.AddDate(0, 0, 2)
)

const (
	soft = "THEN 800.100.152 MAC 02"
	hard = "THEN 800.100.152 MAC 03"
)

func eur(minor int64) money.Amount { return money.New(minor, money.EUR) }

// declined is an order whose stored card was declined on the first due day.
func declined(app *testkit.App, d catalog.Details, holder string) testkit.Order {
	app.TB.Helper()
	app.SetTestTime(began)
	o := app.Sell(d, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved, Holder: holder})
	app.ChargeDue(o, firstDue)
	app.SetTestTime(later)
	return o
}

func register(app *testkit.App, o testkit.Order, shown int64) (payment.Attempt, error) {
	return app.Payments.StartRegistration(app.TB.Context(), customer, o.ProfileID, o.ID, "ip-of-test", eur(shown))
}

func mustRegister(app *testkit.App, o testkit.Order, shown int64) payment.Attempt {
	app.TB.Helper()
	at, err := register(app, o, shown)
	if err != nil {
		app.TB.Fatal(err)
	}
	return at
}

// storeCard submits another card and books it; what it settles is charged.
func storeCard(app *testkit.App, o testkit.Order, at payment.Attempt, holder string) {
	app.TB.Helper()
	if got := app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond, Holder: holder}); got != "approved" {
		app.TB.Fatalf("the other card: %s", got)
	}
	comeBack(app, at)
	app.Deliver()
	app.ChargeDue(o, later)
}

// charged are the approved charges of an order's stored cards, oldest first.
func charged(app *testkit.App, o testkit.Order) []int64 {
	var all []int64
	stored := app.Strings(`SELECT merchant_transaction_id FROM attempts WHERE order_id = $1 AND kind = 'charge'`, string(o.ID))
	for _, e := range app.GatewayBooks(o) {
		if e.State == sandbox.StateApproved && slices.Contains(stored, e.MerchantTransactionID) {
			all = append(all, e.Amount.Minor())
		}
	}
	return all
}

func cards(app *testkit.App, o testkit.Order) []payment.StoredMethod {
	app.TB.Helper()
	all, err := app.DB.Methods(app.TB.Context(), o.ProfileID, o.ID)
	if err != nil {
		app.TB.Fatal(err)
	}
	return all
}

func wantCharged(t *testing.T, app *testkit.App, o testkit.Order, want ...int64) {
	t.Helper()
	if diff := cmp.Diff(want, charged(app, o)); diff != "" {
		t.Errorf("charges of stored cards (-want +got):\n%s", diff)
	}
}

func TestUpdatedCardSettlesWhatIsOutstanding(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		of     catalog.Details
		holder string
		shown  int64
		want   []string
	}{
		"soft-declined subscription": {testkit.Monthly, soft, 1200,
			[]string{"active", "2026-02-28 merged", "2026-03-31 scheduled", "2026-03-02 complete"}},
		"hard-declined subscription": {testkit.Monthly, hard, 1200,
			[]string{"active", "2026-02-28 merged", "2026-03-31 scheduled", "2026-03-02 complete"}},
		"hard-declined instalment": {testkit.Instalments, hard, 10_000,
			[]string{"active", "2026-02-28 merged", "2026-03-31 scheduled", "2026-04-30 scheduled", "2026-05-31 scheduled", "2026-06-30 scheduled", "2026-03-02 complete"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := declined(app, tt.of, tt.holder)

			at := mustRegister(app, o, tt.shown)
			if got := app.Schedule(o)[0].HeldBy; got != string(at.PaymentID) {
				t.Errorf("the declined payment is held by %q, want %s", got, at.PaymentID)
			}
			storeCard(app, o, at, "Ada Winter")

			wantStanding(t, app, o, tt.want...)
			wantCharged(t, app, o, tt.shown)
			if all := cards(app, o); len(all) != 2 || all[0].Method.Last4 != "5454" || all[0].InitialTransactionID == "" || all[0].State(later) != payment.CardGood {
				t.Errorf("the cards are %+v", all)
			}
		})
	}
}

// Suspended while two instalments fell due: one charge of both, and the last of
// them ends the order.
func TestUpdatedCardSettlesAllThatFellDueInOneCharge(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declined(app, testkit.Instalments, hard)
	later := began.AddDate(0, 5, 1)
	app.SetTestTime(later)

	at := mustRegister(app, o, 50_000)
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	comeBack(app, at)
	app.ChargeDue(o, later)

	wantCharged(t, app, o, 50_000)
	wantStanding(t, app, o, "complete", "2026-02-28 merged", "2026-03-31 merged", "2026-04-30 merged", "2026-05-31 merged", "2026-06-30 merged", "2026-07-02 complete")
}

func TestUpdateIsBookedAndChargedOnceHoweverOftenItIsTold(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			o := declined(app, testkit.Monthly, hard)
			at := mustRegister(app, o, 1200)
			for _, f := range []sandbox.Fault{{Kind: sandbox.FaultWebhookTwice, Next: 3}, {Kind: sandbox.FaultWebhookStale, Next: 3}} {
				fault(t, app, f)
			}
			app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond})

			done := make(chan error)
			all := []func() error{
				func() error { return app.Gateway.Flush(t.Context()) },
				func() error { return app.Payments.SweepNotifications(t.Context()) },
				func() error { return app.Payments.SweepAttempts(t.Context()) },
			}
			for range 4 {
				all = append(all, func() error { _, err := app.Payments.CheckReturn(t.Context(), o.ProfileID, at.ID); return err })
			}
			for _, f := range all {
				go func() { done <- f() }()
			}
			for range all {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			app.Deliver()
			schedule := app.Schedule(o)
			whole := schedule[len(schedule)-1].ID
			for range 4 {
				go func() { done <- app.Payments.Charge(t.Context(), o.ProfileID, whole) }()
			}
			for range 4 {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			app.Deliver()

			wantCharged(t, app, o, 1200)
			wantStanding(t, app, o, "active", "2026-02-28 merged", "2026-03-31 scheduled", "2026-03-02 complete")
			if n := len(cards(app, o)); n != 2 {
				t.Errorf("%d cards are stored", n)
			}
		})
	}
}

func TestDeclinedSettlementKeepsTheCardAndGivesThePartsBack(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		before, holder string // how the first card was declined, and the other one
		want           []string
		again          bool // the customer may have the same card charged again
	}{
		"soft after hard": {hard, soft, []string{"failed", "2026-02-28 soft_declined", "2026-03-31 scheduled", "2026-03-02 cancelled"}, true},
		"hard after hard": {hard, hard, []string{"suspended", "2026-02-28 hard_declined", "2026-03-31 scheduled", "2026-03-02 cancelled"}, false},
		"soft":            {soft, soft, []string{"failed", "2026-02-28 soft_declined", "2026-03-31 scheduled", "2026-03-02 cancelled"}, true},
		"hard":            {soft, hard, []string{"suspended", "2026-02-28 hard_declined", "2026-03-31 scheduled", "2026-03-02 cancelled"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := declined(app, testkit.Monthly, tt.before)
			storeCard(app, o, mustRegister(app, o, 1200), tt.holder)

			wantStanding(t, app, o, tt.want...)
			wantCharged(t, app, o)
			card := cards(app, o)[0]
			if card.Method.Last4 != "5454" || card.State(later) != payment.CardDeclined {
				t.Errorf("the main card is %+v", card)
			}
			if got := payment.MayTryAgain(cards(app, o), app.Schedule(o), later); got != tt.again {
				t.Errorf("the customer may try again: %t", got)
			}
			if err := app.Gateway.SetAnswer(t.Context(), card.Token, ""); err != nil {
				t.Fatal(err)
			}
			if !tt.again {
				if err := app.Payments.TryAgain(t.Context(), customer, o.ProfileID, o.ID, eur(1200)); !errors.Is(err, payment.ErrCardUnusable) {
					t.Errorf("tried again: %v", err)
				}
				storeCard(app, o, mustRegister(app, o, 1200), "Ada Winter")
				wantStanding(t, app, o, "active", "2026-02-28 merged", "2026-03-31 scheduled", "2026-03-02 cancelled", "2026-03-02 complete")
				wantCharged(t, app, o, 1200)
				return
			}
			mustRegister(app, o, 1200) // and went back from there
			for range 2 {
				err := app.Payments.TryAgain(t.Context(), customer, o.ProfileID, o.ID, eur(1200))
				if err != nil && !errors.Is(err, payment.ErrOutstandingChanged) {
					t.Error(err)
				}
			}
			app.ChargeDue(o, later)
			wantStanding(t, app, o, "active", "2026-02-28 merged", "2026-03-31 scheduled", "2026-03-02 cancelled", "2026-03-02 complete")
			wantCharged(t, app, o, 1200)
		})
	}
}

// A suspended order does not wait for its customer when the other card is declined
// for now: the planned try is made.
func TestTriesOfTheOtherCardAreMadeThoughTheOrderWasSuspended(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declined(app, testkit.Monthly, hard)
	storeCard(app, o, mustRegister(app, o, 1200), soft)
	if err := app.Gateway.SetAnswer(t.Context(), cards(app, o)[0].Token, ""); err != nil {
		t.Fatal(err)
	}
	try := app.Schedule(o)[0].CollectAt
	if try.IsZero() {
		t.Fatal("no try is planned")
	}

	app.ChargeDue(o, try)

	wantCharged(t, app, o, 1200)
	wantStanding(t, app, o, "active", "2026-02-28 recovered", "2026-03-31 scheduled", "2026-03-02 cancelled")
}

func TestAnotherAmountStartsNothing(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declined(app, testkit.Monthly, soft)
	before := app.Dump()
	for _, shown := range []int64{0, 1199, 2400} {
		if _, err := register(app, o, shown); !errors.Is(err, payment.ErrOutstandingChanged) {
			t.Errorf("with %d shown: %v", shown, err)
		}
	}
	if err := app.Payments.TryAgain(t.Context(), customer, o.ProfileID, o.ID, eur(1)); !errors.Is(err, payment.ErrOutstandingChanged) {
		t.Errorf("tried again: %v", err)
	}
	if diff := cmp.Diff(before, app.Dump()); diff != "" {
		t.Errorf("something was started:\n%s", diff)
	}
}

// What is held by an update nobody collects until the update is over, and then it
// is as it was.
func TestAbandonedUpdateReleasesWhatItHeld(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*testkit.App, payment.Attempt){
		"never came back": func(*testkit.App, payment.Attempt) {},
		"declined": func(app *testkit.App, at payment.Attempt) {
			app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond, Holder: "800.100.155"})
			app.Deliver()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := declined(app, testkit.Monthly, soft)
			before := app.Schedule(o)[0]
			at := mustRegister(app, o, 1200)
			leave(app, at)
			retry := before.CollectAt.Add(time.Hour)
			app.ChargeDue(o, retry)
			if got := app.Strings(`SELECT id FROM attempts WHERE kind = 'charge'`); len(got) != 1 {
				t.Errorf("while it is held it was charged: %d charges", len(got))
			}
			for range 5 {
				app.Advance(12 * time.Minute)
				app.RunJobs()
			}

			if got := app.Strings(`SELECT status FROM payments WHERE id = $1`, string(at.PaymentID)); got[0] != "ended" {
				t.Errorf("the registration is %s", got[0])
			}
			after := app.Schedule(o)[0]
			before.Version, after.Version = 0, 0 // and whoever looked had to lease it
			before.LeaseUntil, after.LeaseUntil = time.Time{}, time.Time{}
			if diff := cmp.Diff(before, after, cmp.AllowUnexported(money.Amount{}, money.Currency{})); diff != "" {
				t.Errorf("the part is not as it was:\n%s", diff)
			}
			app.ChargeDue(o, retry)
			if got := app.Strings(`SELECT id FROM attempts WHERE kind = 'charge'`); len(got) != 2 {
				t.Errorf("after it there are %d charges", len(got))
			}
		})
	}
}

// Two tabs: the amount grows between them. What is approved in the older one pays
// nothing, since its customer was shown another amount there.
func TestUpdateOfAnotherAmountReplacesTheOneBefore(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declined(app, testkit.Instalments, hard)
	older := mustRegister(app, o, 10_000)
	if again := mustRegister(app, o, 10_000); again.ID != older.ID {
		t.Errorf("the same amount has another checkout: %s", again.ID)
	}
	late := began.AddDate(0, 2, 1)
	app.SetTestTime(late)
	if _, err := register(app, o, 10_000); !errors.Is(err, payment.ErrOutstandingChanged) {
		t.Errorf("with the amount of yesterday: %v", err)
	}
	newer := mustRegister(app, o, 20_000)
	if newer.ID == older.ID || app.Attempt(older).State != payment.AttemptSuperseded {
		t.Fatalf("the older checkout is %s", app.Attempt(older).State)
	}

	app.SubmitCard(older.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	comeBack(app, older)
	app.ChargeDue(o, late)
	wantCharged(t, app, o)
	if n := len(cards(app, o)); n != 1 {
		t.Errorf("%d cards are stored", n)
	}
	app.SubmitCard(newer.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	comeBack(app, newer)
	app.ChargeDue(o, late)
	wantCharged(t, app, o, 20_000)
	if tasks := app.Tasks(o); len(tasks) > 0 {
		t.Errorf("staff are bothered with %v", tasks)
	}
}

func TestWhatIsBeingChargedIsLeftOutOfAnUpdate(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declined(app, testkit.Instalments, soft)
	card := cards(app, o)[0]
	if err := app.Gateway.SetAnswer(t.Context(), card.Token, ""); err != nil {
		t.Fatal(err)
	}
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge, Next: 1})
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1})
	app.ChargeDue(o, app.Schedule(o)[0].CollectAt)
	app.SetTestTime(began.AddDate(0, 2, 1)) // the second one has fallen due

	at := mustRegister(app, o, 10_000)
	if all := app.Schedule(o); all[0].HeldBy != "" || all[1].HeldBy == "" {
		t.Errorf("held are %q and %q", all[0].HeldBy, all[1].HeldBy)
	}
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	comeBack(app, at)
	app.ChargeDue(o, began.AddDate(0, 2, 1))
	for range 3 {
		app.Advance(5 * time.Minute)
		app.RunJobs()
	}

	wantCharged(t, app, o, 10_000, 10_000)
	wantStanding(t, app, o, "active", "2026-02-28 recovered", "2026-03-31 merged", "2026-04-30 scheduled", "2026-05-31 scheduled", "2026-06-30 scheduled", "2026-04-01 complete")
}

// The process dies after the card was booked, before its charge was sent, while the
// answer is on its way: the amount is charged once.
func TestSettlementSurvivesAKill(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]sandbox.Fault{
		"before the gateway heard": {Kind: sandbox.FaultCutBefore, Route: sandbox.RouteCharge, Next: 1},
		"after it was charged":     {Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge, Next: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := declined(app, testkit.Monthly, hard)
			at := mustRegister(app, o, 1200)
			fault(t, app, f)
			fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 2})
			returnWith(app, o, at)
			if _, err := register(app, o, 1200); !errors.Is(err, payment.ErrOutstandingChanged) {
				t.Errorf("while it is unknown another update began: %v", err)
			}
			for range 8 {
				app.Advance(11 * time.Minute)
				app.RunJobs()
				app.ChargeDue(o, later)
			}
			wantCharged(t, app, o, 1200)
			wantStanding(t, app, o, "active", "2026-02-28 merged", "2026-03-31 scheduled", "2026-03-02 complete")
		})
	}
}

// returnWith books the other card by the browser's return.
func returnWith(app *testkit.App, o testkit.Order, at payment.Attempt) {
	app.TB.Helper()
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	comeBack(app, at)
	app.ChargeDue(o, later)
}

// Nobody comes back, and of a card that is only stored the gateway notifies nobody.
func TestStoredCardOfACustomerWhoLeftIsFound(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declined(app, testkit.Monthly, hard)
	app.SubmitCard(mustRegister(app, o, 1200).CheckoutID, testkit.Card{Number: testkit.CardSecond})
	app.Advance(2 * time.Minute)
	app.RunJobs()
	app.ChargeDue(o, later)
	wantCharged(t, app, o, 1200)
}

// What its customer has agreed to pay at once is not put aside by a pause that comes
// between the card and its charge.
func TestPauseWaitsForTheChargeThatSettlesAnUpdate(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declined(app, testkit.Monthly, soft)
	at := mustRegister(app, o, 1200)
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	comeBack(app, at)
	pause := func() error {
		_, err := app.Course.Pause(t.Context(), staff, o.ProfileID, o.ID, nil)
		return err
	}

	if err := pause(); !errors.Is(err, schedule.ErrHeld) {
		t.Errorf("pause before the charge: %v", err)
	}
	app.ChargeDue(o, later)
	if err := pause(); err != nil {
		t.Errorf("pause after the charge: %v", err)
	}
	wantCharged(t, app, o, 1200)
	wantStanding(t, app, o, "paused", "2026-02-28 merged", "2026-03-31 paused", "2026-03-02 complete")
}

func TestCardOfAnOrderThatEndedMeanwhileIsForgotten(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declined(app, testkit.Monthly, hard)
	at := mustRegister(app, o, 1200)
	app.Exec(`UPDATE orders SET status = 'complete' WHERE id = $1`, string(o.ID))
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteDeregister, Next: 1})

	storeCard(app, o, at, "Ada Winter")
	app.Advance(time.Hour)
	app.RunJobs()

	wantCharged(t, app, o)
	if n := len(cards(app, o)); n != 1 {
		t.Errorf("%d cards are stored", n)
	}
	if got := app.Strings(`SELECT id FROM payment_methods WHERE removed_at IS NOT NULL AND forget_at IS NULL`); len(got) != 1 {
		t.Errorf("%d cards were forgotten", len(got))
	}
	if p := app.Schedule(o)[0]; p.HeldBy != "" || p.Status != schedule.HardDeclined {
		t.Errorf("the part is %s, held by %q", p.Status, p.HeldBy)
	}
}

func TestCardsAreAddedChosenAndRemoved(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(began)
	o := app.Sell(testkit.Monthly, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	first := cards(app, o)[0]
	ctx := t.Context()
	if err := app.Payments.RemoveMethod(ctx, customer, o.ProfileID, o.ID, first.ID); !errors.Is(err, payment.ErrCardInUse) {
		t.Errorf("the card in use was removed: %v", err)
	}
	at := mustRegister(app, o, 0)
	returnWith(app, o, at)
	second := cards(app, o)[0]
	if second.Method.Last4 != "5454" || !second.Main || cards(app, o)[1].Main {
		t.Fatalf("the cards are %+v", cards(app, o))
	}
	if err := app.Payments.ChooseMethod(ctx, customer, o.ProfileID, o.ID, first.ID); err != nil || cards(app, o)[0].ID != first.ID {
		t.Errorf("chosen: %v, main is %s", err, cards(app, o)[0].ID)
	}

	// A charge of the second one has no answer yet when it is removed.
	app.Exec(`UPDATE attempts SET payment_method_id = $1, state = 'unknown' WHERE id = $2`, string(second.ID), string(at.ID))
	if err := app.Payments.RemoveMethod(ctx, customer, o.ProfileID, o.ID, second.ID); err != nil {
		t.Fatal(err)
	}
	if err := app.Payments.RemoveMethod(ctx, customer, o.ProfileID, o.ID, second.ID); !errors.Is(err, payment.ErrMethodNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	forgotten := func() bool {
		return len(app.Strings(`SELECT id FROM payment_methods WHERE removed_at IS NOT NULL AND forget_at IS NULL`)) == 1
	}
	app.RunJobs()
	if forgotten() {
		t.Error("the gateway forgot a card while its charge is open")
	}
	app.Exec(`UPDATE attempts SET payment_method_id = NULL, state = 'approved' WHERE id = $1`, string(at.ID))
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteDeregister, Next: 1})
	for range 2 {
		if forgotten() {
			t.Error("forgotten without an answer")
		}
		app.Advance(10 * time.Minute)
		app.RunJobs()
	}
	if !forgotten() {
		t.Error("the gateway was not told")
	}
	if got := strings.Join(app.Tasks(o), ","); got != "" {
		t.Errorf("staff are bothered with %s", got)
	}
}

func TestOnlyAnUpdateMayFollowACardThatServesNoLonger(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(began)
	o := app.Sell(testkit.Monthly, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	at := mustRegister(app, o, 0)
	returnWith(app, o, at)
	other := cards(app, o)[1]
	app.Exec(`UPDATE payment_methods SET expiry_month = 3, expiry_year = 2026 WHERE main`)
	for now, want := range map[time.Time]payment.CardState{
		time.Date(2026, 2, 14, 23, 59, 0, 0, time.UTC): payment.CardGood,
		time.Date(2026, 2, 15, 0, 0, 0, 0, time.UTC):   payment.CardExpiring,
		time.Date(2026, 3, 31, 23, 59, 0, 0, time.UTC): payment.CardExpiring,
		time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC):    payment.CardExpired,
	} {
		if got := cards(app, o)[0].State(now); got != want {
			t.Errorf("on %v it is %s, want %s", now, got, want)
		}
	}
	app.SetTestTime(time.Date(2026, 2, 15, 1, 0, 0, 0, time.UTC))
	if err := app.Payments.ChooseMethod(t.Context(), customer, o.ProfileID, o.ID, other.ID); !errors.Is(err, payment.ErrMustUpdate) {
		t.Errorf("chosen: %v", err)
	}
	if err := app.Payments.RemoveMethod(t.Context(), customer, o.ProfileID, o.ID, other.ID); !errors.Is(err, payment.ErrMustUpdate) {
		t.Errorf("removed: %v", err)
	}
	mustRegister(app, o, 0)
	for _, status := range []order.Status{order.Paused, order.Complete, order.Cancelled, order.Pending} {
		app.Exec(`UPDATE orders SET status = $2 WHERE id = $1`, string(o.ID), string(status))
		if _, err := register(app, o, 0); err == nil {
			t.Errorf("a card was changed of an order that is %s", status)
		}
	}
}
