package payment

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

// HistoryKind is a sort of entry of the billing history.
type HistoryKind string

// The kinds that a reader tells apart.
const (
	HistoryPayments HistoryKind = "payment"
	HistoryRefunds  HistoryKind = "refund"
	HistoryDisputes HistoryKind = "dispute"
)

// Types are the transactions of a kind; none for no kind of ours.
func (k HistoryKind) Types() []gateway.Type {
	switch k {
	case HistoryPayments:
		return []gateway.Type{gateway.Debit, gateway.PreAuthorisation, gateway.Capture, gateway.Registration}
	case HistoryRefunds:
		return []gateway.Type{gateway.Refund, gateway.Reversal}
	case HistoryDisputes:
		return []gateway.Type{gateway.Chargeback, gateway.ChargebackReversal, gateway.RapidResolution}
	}
	return nil
}

// HistoryPage is how many entries of the billing history stand on one page.
const HistoryPage = 10

// HistoryQuery asks for a page of an order's billing history, newest first. Its
// zero value asks for the newest of all.
type HistoryQuery struct {
	Kind  HistoryKind // empty: all
	State State       // empty: all
	// The entry that the page begins behind; none for the first page.
	BeforeAt time.Time
	BeforeID TransactionID
}

// Plain reports whether the query asks for nothing but the newest entries, which
// an Overview has.
func (q HistoryQuery) Plain() bool { return q == HistoryQuery{} }

// History reads a page for a browser that came by the order's link, and whether
// older entries follow. Whether the link still holds Overview tells.
func (s *Service) History(ctx context.Context, link order.Link, q HistoryQuery) (entries []Transaction, more bool, err error) {
	entries, err = s.repo.History(ctx, link.ProfileID, link.OrderID, q, HistoryPage+1)
	if len(entries) > HistoryPage {
		return entries[:HistoryPage], true, err
	}
	return entries, false, err
}

// Transaction is one of a profile's transactions; ErrTransactionNotFound.
func (s *Service) Transaction(ctx context.Context, profileID profile.ID, id TransactionID) (Transaction, error) {
	return s.repo.Transaction(ctx, profileID, id)
}

// Transactions are a page of an order's transactions, newest first.
func (s *Service) Transactions(ctx context.Context, profileID profile.ID, orderID order.ID, w paging.Window) (paging.Page[Transaction], error) {
	return s.repo.Transactions(ctx, profileID, orderID, w)
}
