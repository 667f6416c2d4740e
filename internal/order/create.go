package order

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/user"
)

// Create makes a pending order with its link and its initial payment. It returns
// customer.ErrNotFound, catalog.ErrNotFound or ErrInvalid with every wrong field,
// or the faults of an amount that cannot be collected.
func (s *Service) Create(ctx context.Context, by actor.Actor, profileID profile.ID, in Sale, call *idem.Call) (Created, error) {
	o, err := s.draft(ctx, profileID, in)
	if err != nil {
		return Created{}, err
	}
	link, token, err := newLink(s.ring, profileID, o.ID, 1)
	if err != nil {
		return Created{}, err
	}
	made := Created{Order: o, Token: token}
	e := event.Event{ProfileID: profileID, Type: "order.created", OrderID: string(o.ID), Subject: string(o.ID), By: by, At: o.CreatedAt,
		Data: map[string]any{"type": string(o.Type), "total": o.Total.Decimal(), "initial": o.Plan.Initial.Decimal(), "currency": o.Total.Currency().Code()}}
	err = idem.Commit(ctx, s.repo.InOrderTx, func(tx Tx) error {
		if err := tx.InsertOrder(ctx, o, user.ID(by.User)); err != nil {
			return err
		}
		if err := tx.InsertLink(ctx, link, o.CreatedAt); err != nil {
			return err
		}
		return tx.OpenPayment(ctx, o)
	}, e, call, made)
	if err != nil {
		return Created{}, fmt.Errorf("create order: %w", err)
	}
	return made, nil
}

// draft checks everything that was told, prices it and plans its payments.
func (s *Service) draft(ctx context.Context, profileID profile.ID, in Sale) (Order, error) {
	merchant, err := s.profiles.Profile(ctx, profileID)
	if err != nil {
		return Order{}, err
	}
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return Order{}, fmt.Errorf("billing time: %w", err)
	}
	var bad mistakes
	cust, err := s.buyer(ctx, profileID, in, &bad)
	if err != nil {
		return Order{}, err
	}
	cur, err := money.ParseCurrency(in.Currency)
	if err != nil {
		bad.refuse("currency", "currency", "Use an ISO 4217 code such as EUR.")
	}
	in.validate(now.In(merchant.Location()), &bad)
	if len(bad) > 0 {
		return Order{}, refusal(bad)
	}
	o := Order{ID: ID(id.New("ord")), ProfileID: profileID, CustomerID: cust.ID, Type: in.Type, Status: Pending, Note: in.Note,
		Tags: slices.Compact(slices.Sorted(slices.Values(in.Tags))), Language: cmp.Or(in.Language, cust.Language, merchant.Locale),
		RedirectURL: in.RedirectURL, FailedRedirectURL: in.FailedRedirectURL, CreatedAt: now, Version: 1, Total: money.New(0, cur)}
	o.InvoiceID = cmp.Or(in.InvoiceID, id.Short(string(o.ID)))
	if err := s.fill(ctx, &o, in, &bad); err != nil {
		return Order{}, err
	}
	if len(bad) > 0 {
		return Order{}, refusal(bad)
	}
	return o, s.collectable(ctx, &o, in.Initial != "")
}

// buyer is the customer of a new order, or a mistake.
func (s *Service) buyer(ctx context.Context, profileID profile.ID, in Sale, bad *mistakes) (customer.Customer, error) {
	c, err := s.customers.Customer(ctx, profileID, in.CustomerID)
	switch {
	case errors.Is(err, customer.ErrNotFound), err == nil && in.CustomersOf != "" && c.CreatedBy != in.CustomersOf:
		bad.refuse("customer_id", "unknown_customer", "There is no such customer.")
	case err != nil:
		return c, err
	case !c.Active:
		bad.refuse("customer_id", "customer_inactive", "This customer is switched off and gets no new orders.")
	}
	return c, nil
}

// fill gives an order its lines, its total and its plan.
func (s *Service) fill(ctx context.Context, o *Order, in Sale, bad *mistakes) error {
	var listed money.Amount // before discounts: papers show that sum too
	o.Plan = Plan{Initial: o.Total, Recurring: o.Total}
	for i, l := range in.Lines {
		p, ok, err := s.product(ctx, o, in, i, bad)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		line, sound := l.price(i, p, bad)
		if in.Type != catalog.SinglePayment {
			o.Plan = in.plan(p, line, sound, bad)
		}
		if !sound {
			continue
		}
		o.Lines = append(o.Lines, line)
		before, timesErr := line.Unit.Times(line.Quantity)
		if listed, err = listed.Add(before); err == nil {
			o.Total, err = o.Total.Add(line.Total)
		}
		if err = errors.Join(timesErr, err); err != nil {
			bad.refuse("order_products", "too_large", "This amount is too large.")
			return nil
		}
	}
	if in.Type == catalog.SinglePayment {
		o.Plan.Initial, o.Plan.PreAuthorise = o.Total, in.PreAuthorise
	}
	o.Plan.Memo = in.Memo
	return nil
}

// product is what a line asks for, or a mistake. A single order that only
// holds its total may be of an instalment product too, which is then paid at once:
// it is how a merchant who splits payments takes one whole.
func (s *Service) product(ctx context.Context, o *Order, in Sale, i int, bad *mistakes) (p catalog.Product, ok bool, err error) {
	l := in.Lines[i]
	refuse := func(field, code, public string) {
		bad.refuse(fmt.Sprintf("order_products/%d/%s", i, field), code, public)
	}
	p, err = s.products.Product(ctx, o.ProfileID, l.ProductID)
	atOnce := in.Type == catalog.SinglePayment && in.PreAuthorise && p.Type == catalog.Instalment
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		refuse("product_id", "unknown_product", "There is no such product.")
	case err != nil:
		return p, false, err
	case !p.Active:
		refuse("product_id", "product_inactive", "This product is switched off and cannot be ordered.")
	case p.Type != in.Type && !atOnce:
		refuse("product_id", "product_type_mismatch", "This product cannot be sold in an order of this type.")
	case atOnce && p.PaymentLocked:
		refuse("product_id", "payment_locked", "How this product is paid is locked: it is split into payments.")
	case p.Price.Currency() != o.Total.Currency():
		refuse("product_id", "currency_mismatch", "This product is priced in another currency.")
	case l.Quantity < 1 || l.Quantity > 1_000_000:
		refuse("qty", "quantity", "Use a whole number from 1 to 1000000.")
	default:
		return p, true, nil
	}
	return p, false, nil
}

// refusal is the fault of an order with these mistakes. What the profile does not
// have is not found, as everywhere; every other mistake makes the order invalid.
func refusal(bad []fault.Field) error {
	has := func(code string) bool {
		return slices.ContainsFunc(bad, func(f fault.Field) bool { return f.Code == code })
	}
	switch {
	case has("unknown_customer"):
		return customer.ErrNotFound.With(bad...)
	case has("unknown_product"):
		return catalog.ErrNotFound.With(bad...)
	}
	return ErrInvalid.With(bad...)
}
