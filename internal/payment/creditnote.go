package payment

import (
	"context"
	"errors"

	"github.com/quittance/quittance/internal/document"
)

// creditNote corrects the invoice of a payment by what was refunded of it, where the
// profile issues documents and the payment has an invoice. The refund is allocated
// to that invoice below zero. It comes last, as all documents do.
func (b *booking) creditNote(ctx context.Context) error {
	p, issued, err := b.papers(ctx, b.txn.Amount)
	if err != nil || !issued {
		return err
	}
	invoice, err := b.tx.InvoiceOfTransaction(ctx, b.order.ProfileID, b.attempt.ParentID)
	if errors.Is(err, document.ErrNotFound) { // documents were switched on later
		return nil
	}
	if err != nil {
		return err
	}
	back := p.paid()
	if back.Method.Last4 == "" { // some gateways do not repeat the card
		parent, err := b.tx.Transaction(ctx, b.order.ProfileID, b.attempt.ParentID)
		if err != nil {
			return err
		}
		back.Method = document.Method{Brand: parent.Method.Brand, BIN: parent.Method.BIN, Last4: parent.Method.Last4}
	}
	if _, err := p.issue(ctx, document.CreditNote, p.part, invoice.Number, back); err != nil {
		return err
	}
	return b.tx.Allocate(ctx, invoice, string(b.txn.ID), b.txn.Amount.Neg())
}
