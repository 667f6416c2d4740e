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
	"sync"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/templates/demo"
)

// demoLife makes the orders of the demo's start page: a merchant of its own, whose
// test clock is moved while the orders live, so that each ends in its situation.
type demoLife struct {
	app     *App
	gateway *sandbox.Sandbox
	sites   demoSites
	profile profile.Profile

	mu    sync.Mutex
	found []demo.Situation
	done  bool
	wrong string
}

// lifeSpan is how far the clock is moved: every subscription is renewed once.
const lifeSpan = 35 * 24 * time.Hour

// made is an order on its way into its situation.
type made struct {
	situation
	order order.Order
}

// run makes every situation. One that cannot be made is told on the page, and the
// others are made.
func (d *demoLife) run(ctx context.Context) error {
	err := d.again(ctx)
	if err == nil && len(d.found) == 0 {
		err = d.live(ctx)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = true
	if err != nil && ctx.Err() == nil {
		d.wrong = err.Error()
	}
	return nil // the demo goes on without them
}

// again finds what an earlier run of the same data made.
func (d *demoLife) again(ctx context.Context) error {
	for _, s := range situations {
		page, err := d.app.Orders.Orders(ctx, d.profile.ID, order.Filter{Tag: s.name}, paging.Window{Limit: 1})
		if err != nil {
			return err
		}
		for _, o := range page.Rows {
			token, err := d.app.Orders.LinkToken(ctx, d.profile.ID, o.ID)
			if err != nil {
				return err
			}
			d.list(s, token)
		}
	}
	return nil
}

// list puts a situation on the start page.
func (d *demoLife) list(s situation, token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.found = append(d.found, demo.Situation{Name: s.name, What: s.what, Link: d.sites.baseURL + "/pay/" + token})
}

func (d *demoLife) live(ctx context.Context) error {
	begun, err := d.app.Clocks.Clock(ctx, d.profile.ID)
	if err != nil {
		return err
	}
	buyer, err := d.app.Customers.Create(ctx, operator, d.profile.ID, customer.Details{Email: "kai@example.com", GivenName: "Kai", FamilyName: "Brandt",
		AddressLine1: "Hafenstraße 7", PostalCode: "20359", City: "Hamburg", CountryCode: "DE"}, nil)
	if err != nil {
		return err
	}
	var errs []error
	orders := make([]made, len(situations))
	begin := func(late bool) {
		for i, s := range situations {
			if s.late == late {
				orders[i] = made{situation: s}
				errs = append(errs, d.begin(ctx, &orders[i], buyer.ID))
			}
		}
	}
	begin(false)
	if _, err := d.app.Clocks.Advance(ctx, operator, d.profile.ID, begun.At.Add(lifeSpan), nil); err != nil {
		return err
	}
	begin(true)
	for _, m := range orders {
		if m.then != nil && m.order.ID != "" {
			errs = append(errs, told(m.situation, m.then(ctx, d, m.order)))
		}
	}
	return errors.Join(errs...)
}

func told(s situation, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

// begin sells, and pays where the situation says so.
func (d *demoLife) begin(ctx context.Context, m *made, buyer customer.ID) error {
	product, err := d.app.Products.Create(ctx, operator, d.profile.ID, m.sale, nil)
	if err != nil {
		return told(m.situation, err)
	}
	in := m.tell
	in.Type, in.CustomerID, in.Currency, in.Note = m.sale.Type, buyer, "EUR", m.what
	in.Tags = []string{m.name}
	if in.Lines == nil {
		in.Lines = []order.SaleLine{{Quantity: 1}}
	}
	in.Lines = append([]order.SaleLine{}, in.Lines...)
	in.Lines[0].ProductID = product.ID
	sold, err := d.app.Orders.Create(ctx, operator, d.profile.ID, in, nil)
	if err != nil {
		return told(m.situation, err)
	}
	m.order = sold.Order
	d.list(m.situation, sold.Token)
	if m.card == nil {
		return nil
	}
	return told(m.situation, d.pay(ctx, m.order, *m.card))
}

func customerActor(o order.Order) actor.Actor {
	return actor.Actor{Kind: actor.Customer, ID: string(o.ID)}
}

// present is the club's billing time when all has been done.
func (d *demoLife) present() time.Time { return d.app.Clock.Wall().Add(lifeSpan) }

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
	form := url.Values{"number": {"4200000000000000"}, "expiry": {expires.Format("01 / 06")}, "cvv": {"123"}, "holder": {c.holder},
		"shopperResultUrl": {d.sites.baseURL + "/"}}
	if err := postDemo(ctx, d.sites.gatewayAPI+"/v1/frame/"+at.CheckoutID+"/pay", form); err != nil {
		return err
	}
	if err := d.gateway.Flush(ctx); err != nil {
		return err
	}
	_, err = d.app.Payments.CheckReturn(ctx, o.ProfileID, at.ID)
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

// operate does something with an order's newest transaction of a type.
func (d *demoLife) operate(ctx context.Context, o order.Order, typ gateway.Type, amount string,
	do func(context.Context, actor.Actor, profile.ID, payment.TransactionID, string, *idem.Call) (payment.Attempt, error),
) error {
	t, err := d.newest(ctx, o, typ)
	if err != nil {
		return err
	}
	_, err = do(ctx, operator, o.ProfileID, t.ID, amount, nil)
	return err
}
