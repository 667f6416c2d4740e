package payment

import (
	"context"
	"fmt"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/profile"
)

// issueDocuments numbers and freezes the invoice of a sale, to which its money is
// allocated, and the receipt, where the profile issues documents; jobs draw them.
// It comes last: the numbers are locked until the transaction ends.
func (b *booking) issueDocuments(ctx context.Context) error {
	p, err := b.tx.Profile(ctx, b.order.ProfileID)
	if err != nil || !p.Details.Documents {
		return err
	}
	c, err := b.tx.Customer(ctx, b.order.ProfileID, b.order.CustomerID)
	if err != nil {
		return err
	}
	if b.order.Lines, err = b.tx.OrderLines(ctx, b.order); err != nil {
		return err
	}
	frozen, err := document.Freeze(p, c, b.order)
	if err != nil {
		return fmt.Errorf("freeze documents: %w", err)
	}
	paid := document.Payment{TransactionID: string(b.txn.ID), At: b.now, Reference: id.Short(string(b.txn.ID)), Amount: b.txn.Amount,
		Method: document.Method{Brand: b.txn.Method.Brand, BIN: b.txn.Method.BIN, Last4: b.txn.Method.Last4}}
	invoice, err := b.issue(ctx, p, document.Document{Kind: document.Invoice, Total: b.order.Total, Snapshot: &frozen}, paid)
	if err != nil {
		return err
	}
	frozen.InvoiceNumber = invoice.Number
	_, err = b.issue(ctx, p, document.Document{Kind: document.Receipt, Total: b.txn.Amount, Snapshot: &frozen}, paid)
	return err
}

func (b *booking) issue(ctx context.Context, p profile.Profile, d document.Document, paid document.Payment) (document.Document, error) {
	d.OrderID = b.order.ID
	d, err := document.Issue(ctx, b.tx, d, p, b.now, paid)
	if err != nil {
		return d, fmt.Errorf("issue %s: %w", d.Kind, err)
	}
	if err := b.tx.Record(ctx, event.Event{ProfileID: p.ID, Type: "document.issued", OrderID: string(b.order.ID), Subject: string(d.ID), By: b.by, At: b.now,
		Data: map[string]any{"kind": string(d.Kind), "number": d.Number}}); err != nil {
		return d, err
	}
	return d, b.tx.Enqueue(ctx, document.Draw{ProfileID: p.ID, DocumentID: d.ID})
}
