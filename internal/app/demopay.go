package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// begun is about when the club's first orders were made.
func (d *demoLife) begun() time.Time { return d.app.Clock.Wall() }

// pay does what a customer's browser does: it opens the checkout, types the card
// into the gateway's frame, and comes back.
func (d *demoLife) pay(ctx context.Context, o order.Order, c demoCard) error {
	at, err := d.app.Payments.StartCheckout(ctx, customerActor(o), o.ProfileID, o.ID, "")
	if err != nil {
		return err
	}
	expires := d.app.Clock.Wall().AddDate(3, 0, 0)
	if c.expires != nil {
		expires = c.expires(d)
	}
	if c.holder == "" {
		c.holder = "Kai Brandt"
	}
	return d.enter(ctx, at, url.Values{"number": {"4200000000000000"}, "expiry": {expires.Format("01 / 06")}, "holder": {c.holder}})
}

// storeCard stores another card in the order's portal, which pays what is
// outstanding.
func storeCard(ctx context.Context, d *demoLife, o order.Order) error {
	now, err := d.app.Orders.Order(ctx, o.ProfileID, o.ID)
	if err != nil {
		return err
	}
	w, err := d.app.Payments.Wallet(ctx, payment.Overview{Profile: d.profile, Order: now})
	if err != nil {
		return err
	}
	owed, err := w.Owed()
	if err != nil {
		return err
	}
	at, err := d.app.Payments.StartRegistration(ctx, customerActor(o), o.ProfileID, o.ID, "", owed)
	if err != nil {
		return err
	}
	return d.enter(ctx, at, url.Values{"number": {"5454545454545454"}, "expiry": {d.app.Clock.Wall().AddDate(4, 0, 0).Format("01 / 06")}, "holder": {"Kai Brandt"}})
}

// enter types a card into a checkout's frame, and comes back.
func (d *demoLife) enter(ctx context.Context, at payment.Attempt, card url.Values) error {
	card.Set("cvv", "123")
	card.Set("shopperResultUrl", d.sites.baseURL+"/")
	if err := postDemo(ctx, d.sites.gatewayAPI+"/v1/frame/"+at.CheckoutID+"/pay", card); err != nil {
		return err
	}
	if err := d.gateway.Flush(ctx); err != nil {
		return err
	}
	_, err := d.app.Payments.CheckReturn(ctx, at.ProfileID, at.ID)
	return err
}

func postDemo(ctx context.Context, address string, form url.Values) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	var answer json.RawMessage
	_ = json.NewDecoder(io.LimitReader(resp.Body, 4096)).Decode(&answer) // only to tell it
	return fmt.Errorf("demo: the gateway's frame answered %s: %s", resp.Status, answer)
}

// operate does something with an order's newest transaction of a type, until the
// gateway has answered.
func (d *demoLife) operate(ctx context.Context, o order.Order, typ gateway.Type, amount string,
	do func(context.Context, actor.Actor, profile.ID, payment.TransactionID, string, *idem.Call) (payment.Attempt, error),
) error {
	t, err := d.newest(ctx, o, typ)
	if err != nil {
		return err
	}
	at, err := do(ctx, operator, o.ProfileID, t.ID, amount, nil)
	if err != nil {
		return err
	}
	return until(ctx, func() (bool, error) {
		at, err := d.app.DB.Attempt(ctx, o.ProfileID, at.ID)
		return !at.State.Open(), err
	})
}

// until waits for what the workers do.
func until(ctx context.Context, done func() (bool, error)) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

var errNothingBooked = errors.New("demo: nothing was booked")

// newest is an order's newest approved transaction of a type.
func (d *demoLife) newest(ctx context.Context, o order.Order, typ gateway.Type) (payment.Transaction, error) {
	last, err := d.history(ctx, o)
	if err != nil {
		return payment.Transaction{}, err
	}
	for _, t := range last {
		if t.Type == typ && t.State == payment.Approved {
			return t, nil
		}
	}
	return payment.Transaction{}, fmt.Errorf("%w: no %s of order %s", errNothingBooked, typ, o.InvoiceID)
}

// history are an order's last transactions, newest first.
func (d *demoLife) history(ctx context.Context, o order.Order) ([]payment.Transaction, error) {
	last, _, err := d.app.Payments.History(ctx, order.Link{ProfileID: o.ProfileID, OrderID: o.ID}, payment.HistoryQuery{})
	return last, err
}
