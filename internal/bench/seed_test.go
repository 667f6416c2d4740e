package bench

import (
	"fmt"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// sell makes orders as the API does, of two products and one customer.
func (s *shop) sell(n int) []order.Created {
	s.TB.Helper()
	ctx, by := s.TB.Context(), actor.TheSystem
	c, err := s.Customers.Create(ctx, by, s.Profile.ID, customer.Details{Email: "ada@example.com", GivenName: "Ada", FamilyName: "Winter",
		AddressLine1: "Lindenweg 3", PostalCode: "10115", City: "Berlin", CountryCode: "DE"}, nil)
	if err != nil {
		s.TB.Fatalf("make customer: %v", err)
	}
	in := order.Single{CustomerID: c.ID, Currency: "EUR"}
	for i, d := range []catalog.Details{
		{Name: "City bicycle, overhaul", Description: "Brakes, chain and lights, parts included", Price: money.New(8900, money.EUR)},
		{Name: "Bell, brass", Price: money.New(1750, money.EUR)},
	} {
		d.Type, d.Tax = catalog.SinglePayment, 190_000
		p, err := s.Products.Create(ctx, by, s.Profile.ID, d, nil)
		if err != nil {
			s.TB.Fatalf("make product: %v", err)
		}
		in.Lines = append(in.Lines, order.SingleLine{ProductID: p.ID, Quantity: int64(i + 1)})
	}
	made := make([]order.Created, 0, n)
	for i := range n {
		in.InvoiceID = fmt.Sprintf("HB-%06d", i+1)
		o, err := s.Orders.CreateSingle(ctx, by, s.Profile.ID, in, nil)
		if err != nil {
			s.TB.Fatalf("make order: %v", err)
		}
		made = append(made, o)
	}
	return made
}

// settle pays orders: the first one at the gateway, the others by copies of its
// rows under keys of their own.
func (s *shop) settle(orders []order.Created) {
	s.TB.Helper()
	first := testkit.Order{Order: orders[0].Order, Token: orders[0].Token}
	at := s.StartCheckout(first)
	if outcome := s.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved}); outcome != "approved" {
		s.TB.Fatalf("pay order: %s", outcome)
	}
	s.Deliver()
	s.WantPaid(first)
	last := orders[len(orders)-1].Order
	for _, copying := range copies {
		s.Exec(copying, string(first.ProfileID), string(first.ID), last.InvoiceID)
	}
}

// others are the orders to be paid, each beside the first one's rows. $1 is the
// profile, $2 the first order, $3 the last order's number: numbers ascend.
const others = `
  JOIN orders o ON o.profile_id = x.profile_id AND o.id <> x.order_id AND o.invoice_id <= $3
  JOIN payments y ON y.profile_id = o.profile_id AND y.order_id = o.id
 WHERE x.profile_id = $1 AND x.order_id = $2`

const documentRest = `year, serial, number, issued_on, issued_at, currency, total_minor, snapshot, drawn, created_at)`

// copies must run in this order, since each row refers to the ones before.
var copies = []string{`
INSERT INTO attempts (profile_id, id, order_id, payment_id, gateway_account_id, merchant_transaction_id, kind, type, state, currency, amount_minor,
       parent_gateway_id, checkout_id, script_url, integrity, ip_hash, created_at, sent_at, expires_at, asks, closed_at)
SELECT x.profile_id, 'att_' || o.id, o.id, y.id, x.gateway_account_id, 'mtx_' || o.id, x.kind, x.type, x.state, x.currency, x.amount_minor,
       x.parent_gateway_id, 'chk_' || o.id, x.script_url, x.integrity, x.ip_hash, x.created_at, x.sent_at, x.expires_at, x.asks, x.closed_at
  FROM attempts x` + others, `
INSERT INTO transactions (profile_id, id, order_id, payment_id, attempt_id, gateway_account_id, gateway_id, referenced_id, type, state, surplus,
       currency, amount_minor, result_code, reason, brand, bin, last4, expiry_month, expiry_year, gateway_at, booked_at, created_at)
SELECT x.profile_id, 'txn_' || o.id, o.id, y.id, 'att_' || o.id, x.gateway_account_id, 'gw_' || o.id, x.referenced_id, x.type, x.state, x.surplus,
       x.currency, x.amount_minor, x.result_code, x.reason, x.brand, x.bin, x.last4, x.expiry_month, x.expiry_year, x.gateway_at, x.booked_at, x.created_at
  FROM transactions x` + others, `
INSERT INTO documents (profile_id, id, order_id, transaction_id, kind, ` + documentRest + `
SELECT x.profile_id, x.kind || '_' || o.id, o.id, 'txn_' || o.id, x.kind, x.year, x.serial + ROW_NUMBER() OVER (PARTITION BY x.kind ORDER BY o.id),
       'D-' || o.invoice_id, x.issued_on, x.issued_at, x.currency, x.total_minor, x.snapshot, x.drawn, x.created_at
  FROM documents x` + others, `
UPDATE payments SET status = 'paid', captured_minor = amount_minor, paid_at = created_at
 WHERE profile_id = $1 AND order_id <> $2
   AND order_id IN (SELECT o.id FROM orders o WHERE o.profile_id = $1 AND o.invoice_id <= $3)`, `
UPDATE orders SET status = 'complete', ended_at = created_at
 WHERE profile_id = $1 AND id <> $2 AND invoice_id <= $3`,
}
