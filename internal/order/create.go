package order

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/profile"
)

// Single is what a merchant tells to create a single order.
type Single struct {
	CustomerID customer.ID
	Currency   string
	InvoiceID  string // empty: a short form of the order's key
	Note       string
	Tags       []string // each at most once
	Language   string   // empty: the customer's, else the profile's
	Lines      []SingleLine
	// Where the browser goes on to after the payment; empty: the portal.
	RedirectURL, FailedRedirectURL string
}

// SingleLine asks for a product. Amount, Discount, Fee and Tax are of one, as the
// merchant wrote them; empty means the product's.
type SingleLine struct {
	ProductID catalog.ID
	Quantity  int64
	Amount    string
	Discount  string
	Fee       string
	Tax       string // the tax included in Amount less Discount
}

// MaxLines bounds an order.
const MaxLines = 200

// CreateSingle makes a pending single order with its link and its initial
// payment. It returns customer.ErrNotFound, catalog.ErrNotFound or ErrInvalid with
// every wrong field, or the faults of an amount that cannot be collected.
func (s *Service) CreateSingle(ctx context.Context, by actor.Actor, profileID profile.ID, in Single, call *idem.Call) (Created, error) {
	cust, o, err := s.draft(ctx, profileID, in)
	if err != nil {
		return Created{}, err
	}
	if o.Language = cmp.Or(in.Language, cust.Language); o.Language == "" {
		p, err := s.profiles.Profile(ctx, profileID)
		if err != nil {
			return Created{}, err
		}
		o.Language = p.Locale
	}
	link, token, err := newLink(s.ring, profileID, o.ID, 1)
	if err != nil {
		return Created{}, err
	}
	made := Created{Order: o, Token: token}
	e := event.Event{ProfileID: profileID, Type: "order.created", OrderID: string(o.ID), Subject: string(o.ID), By: by, At: o.CreatedAt,
		Data: map[string]any{"type": string(o.Type), "total": o.Total.Decimal(), "currency": o.Total.Currency().Code()}}
	err = idem.Commit(ctx, s.repo.InOrderTx, func(tx Tx) error {
		if err := tx.InsertOrder(ctx, o); err != nil {
			return err
		}
		if err := tx.InsertLink(ctx, link, o.CreatedAt); err != nil {
			return err
		}
		return tx.OpenPayment(ctx, o)
	}, e, call, made)
	if err != nil {
		return Created{}, fmt.Errorf("create single order: %w", err)
	}
	return made, nil
}

// draft checks everything that was told and prices it.
func (s *Service) draft(ctx context.Context, profileID profile.ID, in Single) (customer.Customer, Order, error) {
	var bad []fault.Field
	refuse := func(pointer, code, public string) {
		bad = append(bad, fault.Field{Pointer: "/order/" + pointer, Code: code, Public: public})
	}
	cust, err := s.customers.Customer(ctx, profileID, in.CustomerID)
	if errors.Is(err, customer.ErrNotFound) {
		refuse("customer_id", "unknown_customer", "There is no such customer.")
	} else if err != nil {
		return cust, Order{}, err
	} else if !cust.Active {
		refuse("customer_id", "customer_inactive", "This customer is switched off and gets no new orders.")
	}
	cur, err := money.ParseCurrency(in.Currency)
	if err != nil {
		refuse("currency", "currency", "Use an ISO 4217 code such as EUR.")
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{{"invoice_id", in.InvoiceID, 100}, {"note", in.Note, 2000}} {
		if utf8.RuneCountInString(f.value) > f.most {
			refuse(f.name, "too_long", fmt.Sprintf("Use at most %d characters.", f.most))
		}
	}
	if in.Language != "" && in.Language != "en" && in.Language != "de" {
		refuse("language", "language", "Use en or de.")
	}
	in.validateTags(refuse)
	in.validateAddresses(refuse)
	if n := len(in.Lines); n == 0 || n > MaxLines {
		refuse("order_products", "line_count", fmt.Sprintf("An order has 1 to %d products.", MaxLines))
	}
	if len(bad) > 0 {
		return cust, Order{}, refusal(bad)
	}
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return cust, Order{}, fmt.Errorf("billing time: %w", err)
	}
	o := Order{ID: ID(id.New("ord")), ProfileID: profileID, CustomerID: cust.ID, Type: catalog.SinglePayment, Status: Pending,
		InvoiceID: in.InvoiceID, Note: in.Note, Tags: slices.Compact(slices.Sorted(slices.Values(in.Tags))), RedirectURL: in.RedirectURL, FailedRedirectURL: in.FailedRedirectURL,
		CreatedAt: now, Version: 1, Total: money.New(0, cur)}
	if o.InvoiceID == "" {
		o.InvoiceID = id.Short(string(o.ID))
	}
	var listed money.Amount // before discounts: papers show that sum too
	for i, l := range in.Lines {
		line, fields, err := s.price(ctx, profileID, cur, i, l)
		if err != nil {
			return cust, Order{}, err
		}
		if bad = append(bad, fields...); len(fields) > 0 {
			continue
		}
		o.Lines = append(o.Lines, line)
		before, timesErr := line.Unit.Times(line.Quantity)
		if listed, err = listed.Add(before); err == nil {
			o.Total, err = o.Total.Add(line.Total)
		}
		if err = errors.Join(timesErr, err); err != nil {
			return cust, Order{}, ErrInvalid.With(fault.Field{Pointer: "/order/order_products", Code: "too_large", Public: "This amount is too large."})
		}
	}
	if len(bad) > 0 {
		return cust, Order{}, refusal(bad)
	}
	if err := s.payable(ctx, profileID, o.Total); err != nil {
		return cust, Order{}, err
	}
	o.Plan = Plan{Initial: o.Total, Recurring: money.New(0, cur)}
	return cust, o, nil
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

// price turns what was asked for into a line, or says which fields are wrong.
func (s *Service) price(ctx context.Context, profileID profile.ID, cur money.Currency, i int, in SingleLine) (Line, []fault.Field, error) {
	at := func(field, code, public string) []fault.Field {
		return []fault.Field{{Pointer: fmt.Sprintf("/order/order_products/%d/%s", i, field), Code: code, Public: public}}
	}
	p, err := s.products.Product(ctx, profileID, in.ProductID)
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		return Line{}, at("product_id", "unknown_product", "There is no such product."), nil
	case err != nil:
		return Line{}, nil, err
	case !p.Active:
		return Line{}, at("product_id", "product_inactive", "This product is switched off and cannot be ordered."), nil
	case p.Type != catalog.SinglePayment:
		return Line{}, at("product_id", "product_type_mismatch", "This product cannot be sold in a single order."), nil
	case p.Price.Currency() != cur:
		return Line{}, at("product_id", "currency_mismatch", "This product is priced in another currency."), nil
	case in.Quantity < 1 || in.Quantity > 1_000_000:
		return Line{}, at("qty", "quantity", "Use a whole number from 1 to 1000000."), nil
	}
	l := Line{Position: i + 1, ProductID: p.ID, Name: p.Name, Description: p.Description, Quantity: in.Quantity}
	if told := in.priced(); p.PricingLocked && told != "" {
		return Line{}, at(told, "pricing_locked", "The price of this product is locked."), nil
	}
	fields := l.reprice(in, p.Details, at)
	return l, fields, nil
}
