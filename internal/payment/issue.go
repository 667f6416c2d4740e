package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// papers are the documents of one approved transaction on their way.
type papers struct {
	*booking
	merchant profile.Profile
	buyer    customer.Customer
	taken    money.Amount // zero where a card was only stored
	whole    order.Order  // what was sold
	part     order.Order  // what this payment is of
}

// papers prepares the documents of a transaction that took an amount; issued is
// false where the profile issues none.
func (b *booking) papers(ctx context.Context, taken money.Amount) (p papers, issued bool, err error) {
	p = papers{booking: b, whole: b.order, taken: taken}
	if p.merchant, err = b.tx.Profile(ctx, b.order.ProfileID); err != nil || !p.merchant.Details.Documents {
		return p, false, err
	}
	if p.buyer, err = b.tx.Customer(ctx, b.order.ProfileID, b.order.CustomerID); err != nil {
		return p, false, err
	}
	if p.whole.Lines, err = b.tx.OrderLines(ctx, b.order); err != nil {
		return p, false, err
	}
	p.part = p.whole
	if taken.IsPositive() && taken != p.whole.Total {
		p.part, err = p.whole.Asking(taken, b.scheduled.Description)
	}
	return p, true, err
}

// issueDocuments numbers and freezes the documents of an approved payment where
// the profile issues any; jobs draw them. What is sold in instalments is invoiced
// once, as a whole, and every other payment by itself; the money is allocated to
// its invoice and confirmed by a receipt. It comes last: the numbers are locked
// until the transaction ends. Where a card was only stored, nothing but the invoice
// of instalments is issued.
func (b *booking) issueDocuments(ctx context.Context) error {
	taken := b.txn.Amount
	if b.registers() {
		taken = money.New(0, b.order.Total.Currency())
	}
	p, issued, err := b.papers(ctx, taken)
	if err != nil || !issued {
		return err
	}
	invoice, err := p.invoice(ctx)
	if err != nil || p.taken.IsZero() {
		return err
	}
	return p.receipt(ctx, invoice)
}

// invoice issues the invoice of this payment, or finds that of the order, to which
// its money is allocated.
func (p papers) invoice(ctx context.Context) (document.Document, error) {
	paid := []document.Payment{p.paid()}
	if p.taken.IsZero() {
		paid = nil
	}
	if p.order.Type != catalog.Instalment {
		return p.issue(ctx, document.Invoice, p.part, "", paid...)
	}
	if p.payment.Kind == Initial {
		return p.issue(ctx, document.Invoice, p.whole, "", paid...)
	}
	invoice, err := p.tx.InvoiceOfOrder(ctx, p.order.ProfileID, p.order.ID)
	if errors.Is(err, document.ErrNotFound) { // documents were switched on later
		return document.Document{}, nil
	}
	if err != nil {
		return document.Document{}, err
	}
	return invoice, p.tx.Allocate(ctx, invoice, string(p.txn.ID), p.taken)
}

func (p papers) receipt(ctx context.Context, invoice document.Document) error {
	_, err := p.issue(ctx, document.Receipt, p.part, invoice.Number, p.paid())
	return err
}

// paid is the transaction as documents tell of it.
func (p papers) paid() document.Payment {
	t := p.txn
	return document.Payment{TransactionID: string(t.ID), At: p.now, Reference: id.Short(string(t.ID)), Amount: t.Amount,
		Method: document.Method{Brand: t.Method.Brand, BIN: t.Method.BIN, Last4: t.Method.Last4}}
}

func (p papers) issue(ctx context.Context, kind document.Kind, o order.Order, invoiceNumber string, paid ...document.Payment) (document.Document, error) {
	frozen, err := document.Freeze(p.merchant, p.buyer, o)
	if err != nil {
		return document.Document{}, fmt.Errorf("freeze %s: %w", kind, err)
	}
	frozen.InvoiceNumber = invoiceNumber
	d, err := document.Issue(ctx, p.tx, document.Document{OrderID: o.ID, Kind: kind, Total: o.Total, Snapshot: &frozen}, p.merchant, p.now, paid...)
	if err != nil {
		return d, fmt.Errorf("issue %s: %w", kind, err)
	}
	if err := p.tx.Record(ctx, event.Event{ProfileID: o.ProfileID, Type: "document.issued", OrderID: string(o.ID), Subject: string(d.ID), By: p.by, At: p.now,
		Data: map[string]any{"kind": string(kind), "number": d.Number}}); err != nil {
		return d, err
	}
	return d, p.tx.Enqueue(ctx, document.Draw{ProfileID: o.ProfileID, DocumentID: d.ID})
}
