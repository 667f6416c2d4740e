package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

// demoLife makes the orders of the demo's start page: a merchant of its own, whose
// test clock is moved while the orders live, so that each ends in its situation.
type demoLife struct {
	app     *App
	gateway *sandbox.Sandbox
	sites   demoSites
	profile profile.Profile

	mu    sync.Mutex
	links map[string]string // by the situation's name
	done  bool
	wrong string
}

// lifeSpan is how far the clock is moved: every subscription is renewed once.
const lifeSpan = 35 * 24 * time.Hour

// after is how far the clock has been moved by then; weeksAgo it was not.
func (a day) after() time.Duration {
	if a == daysAgo {
		return lifeSpan - 6*24*time.Hour
	}
	return lifeSpan
}

// made is an order on its way into its situation.
type made struct {
	situation
	order order.Order
}

// run makes every situation. One that cannot be made is told on the page, and the
// others are made.
func (d *demoLife) run(ctx context.Context) error {
	err := d.again(ctx)
	if err == nil && len(d.links) == 0 {
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
	if d.links == nil {
		d.links = map[string]string{}
	}
	d.links[s.name] = d.sites.baseURL + "/pay/" + token
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
	for _, at := range []day{weeksAgo, daysAgo, today} {
		if at != weeksAgo {
			if err := d.moveClock(ctx, begun.At.Add(at.after())); err != nil {
				return err
			}
		}
		for i, s := range situations {
			if s.at == at {
				orders[i] = made{situation: s}
				errs = append(errs, d.begin(ctx, &orders[i], buyer.ID))
			}
		}
	}
	for _, m := range orders {
		if m.then != nil && m.order.ID != "" {
			errs = append(errs, told(m.situation, m.then(ctx, d, m.order)))
		}
	}
	return errors.Join(errs...)
}

// moveClock moves the club's clock until it has arrived.
func (d *demoLife) moveClock(ctx context.Context, to time.Time) error {
	for {
		c, err := d.app.Clocks.Advance(ctx, operator, d.profile.ID, to, nil)
		if err != nil || !c.Moving() {
			return err
		}
	}
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
	if m.pays != nil {
		err = m.pays(ctx, d, m.order)
	}
	if err == nil {
		err = d.pay(ctx, m.order, *m.card)
	}
	if err == nil && m.soon != nil {
		err = m.soon(ctx, d, m.order)
	}
	return told(m.situation, err)
}

func customerActor(o order.Order) actor.Actor {
	return actor.Actor{Kind: actor.Customer, ID: string(o.ID)}
}

// present is the club's billing time when all has been done.
func (d *demoLife) present() time.Time { return d.app.Clock.Wall().Add(lifeSpan) }
