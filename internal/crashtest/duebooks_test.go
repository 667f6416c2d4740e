//go:build linux

package crashtest

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/app"
	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

// fallDue sells and pays a subscription, makes n of it, each with a card of its
// own, and lets their second month fall due now.
func fallDue(t *testing.T, f *fleet, n int) {
	t.Helper()
	cfg := config.Config{Database: f.database, Listen: "127.0.0.1:0", BaseURL: f.baseURL, SecretKey: f.secretKey, Poll: time.Second, SweepEvery: time.Hour, Workers: 1}
	inside, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := &testkit.App{App: inside, TB: t, URL: f.baseURL, SecretKey: f.secretKey, Profile: profile.Profile{ID: profile.ID(f.profileID)}}
	o := a.Sell(testkit.Monthly, order.Sale{})
	at := a.StartCheckout(o)
	form := url.Values{"number": {testkit.CardApproved}, "expiry": {"12 / 39"}, "cvv": {"123"}, "holder": {"Ada Winter"}, "shopperResultUrl": {f.baseURL + "/unused"}}
	resp, err := http.PostForm(f.gateway.url+"/v1/frame/"+at.CheckoutID+"/pay", form) //nolint:noctx // of the test
	if err != nil {
		t.Fatal(err)
	}
	var said struct{ Outcome string }
	if err := errors.Join(json.NewDecoder(resp.Body).Decode(&said), resp.Body.Close()); err != nil || said.Outcome != "approved" {
		t.Fatalf("pay: %s, %v", said.Outcome, err)
	}
	if _, err := a.Payments.CheckReturn(t.Context(), o.ProfileID, at.ID); err != nil {
		t.Fatal(err)
	}
	a.Multiply(o, n-1, n)
	a.OwnCards(o)
	pool, _ := a.DB.SQL()
	if _, err := pool.ExecContext(t.Context(), `UPDATE scheduled_payments SET collect_at = $1`, time.Now().Add(-time.Minute).UnixMilli()); err != nil {
		t.Fatal(err)
	}
	if err := inside.Close(); err != nil {
		t.Fatal(err)
	}
}

// collectedOnce holds the gateway's charges against the payments that were due, per
// merchantTransactionId: of each exactly one was approved, over its amount, and is
// booked as that. tries is how many charges the gateway has.
func (f *fleet) collectedOnce(ctx context.Context, n int) (wrong findings, tries int, err error) {
	theirs, err := sandbox.ReadBooks(f.gateway.file)
	if err != nil {
		return nil, 0, err
	}
	db, closeAll, err := f.openDead()
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	type due struct {
		id, status string
		minor      int64
		approved   int
	}
	payments := map[string]*due{}
	if err := each(ctx, db, `SELECT id, status, amount_minor FROM scheduled_payments WHERE position = 1`, func(scan func(...any) error) error {
		d := &due{}
		err := scan(&d.id, &d.status, &d.minor)
		payments[d.id] = d
		return err
	}); err != nil {
		return nil, 0, err
	}
	type charge struct {
		scheduledID, state string
		minor              int64
	}
	charges := map[string]charge{}
	if err := each(ctx, db, `SELECT merchant_transaction_id, scheduled_id, state, amount_minor FROM attempts WHERE kind = 'charge'`, func(scan func(...any) error) error {
		var id string
		var c charge
		err := scan(&id, &c.scheduledID, &c.state, &c.minor)
		charges[id] = c
		return err
	}); err != nil {
		return nil, 0, err
	}
	booked := map[string]string{}
	if err := each(ctx, db, `SELECT gateway_id, state || CASE WHEN surplus THEN ' surplus' ELSE '' END FROM transactions`, func(scan func(...any) error) error {
		var id, state string
		err := scan(&id, &state)
		booked[id] = state
		return err
	}); err != nil {
		return nil, 0, err
	}
	initial := 0
	for _, e := range theirs {
		c, ours := charges[e.MerchantTransactionID]
		if !ours {
			initial++ // of the one order that was paid
			continue
		}
		tries++
		if e.State == sandbox.StateApproved {
			payments[c.scheduledID].approved++
		}
		if e.Amount.Minor() != c.minor || booked[e.ID] != string(e.State) || (e.State == sandbox.StateApproved && c.state != "approved") {
			wrong.add("%s: the gateway has %s over %d, we have a %s attempt over %d, booked as %q", e.MerchantTransactionID, e.State, e.Amount.Minor(), c.state, c.minor, booked[e.ID])
		}
	}
	if initial != 1 || len(payments) != n {
		wrong.add("%d charges of the gateway are not ours, want 1; %d payments were due, want %d", initial, len(payments), n)
	}
	for _, d := range payments {
		if d.approved != 1 || d.status != "complete" {
			wrong.add("%s is %s and was collected %d times", d.id, d.status, d.approved)
		}
	}
	for rule, query := range map[string]string{
		"orders without exactly one next payment": `SELECT o.id FROM orders o LEFT JOIN (SELECT s.order_id, count(*) AS n FROM scheduled_payments s
   WHERE s.status = 'scheduled' AND s.position = 2 GROUP BY s.order_id) ahead ON ahead.order_id = o.id WHERE o.status <> 'active' OR COALESCE(ahead.n, 0) <> 1`,
		"payments without exactly one invoice and one receipt": `SELECT p.id FROM payments p LEFT JOIN (SELECT t.payment_id, count(*) AS n, count(DISTINCT d.kind) AS kinds FROM transactions t
   JOIN documents d ON d.profile_id = t.profile_id AND d.transaction_id = t.id GROUP BY t.payment_id) issued ON issued.payment_id = p.id
  WHERE p.kind = 'scheduled' AND (COALESCE(issued.n, 0) <> 2 OR issued.kinds <> 2)`,
		"numbers missing or double in a series": `SELECT kind FROM documents GROUP BY profile_id, kind, year HAVING count(*) <> max(serial) OR min(serial) <> 1`,
		"charges that still count as tries":     `SELECT attempt_id FROM charge_tries`,
	} {
		var found []string
		if err := each(ctx, db, query, func(scan func(...any) error) error {
			var s string
			err := scan(&s)
			found = append(found, s)
			return err
		}); err != nil {
			return nil, tries, err
		}
		if len(found) > 0 {
			wrong.add("%s: %d, %s", rule, len(found), strings.Join(found[:min(len(found), 3)], ", "))
		}
	}
	return wrong, tries, nil
}
