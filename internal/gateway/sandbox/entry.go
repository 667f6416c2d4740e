package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/quittance/quittance/internal/money"
)

// State is what became of a payment in the books.
type State string

// The states. Only an approved payment moved money; a pending one still may.
const (
	StateApproved State = "approved"
	StatePending  State = "pending"
	StateDeclined State = "declined"
)

// Entry is one transaction of the books.
type Entry struct {
	ID                    string
	EntityID              string
	CheckoutID            string // of a payment made in a checkout
	ReferencedID          string // of a capture, refund, reversal or chargeback
	MerchantTransactionID string
	Type                  string       // DB, PA, CP, RF, RV, RG, CB, CBR, RDR
	Amount                money.Amount // zero for RG
	State                 State
	Code                  string // result code
	BookedAt, ChangedAt   time.Time
}

// MarshalJSON writes the entry as one line of GET /admin/books.
func (e Entry) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID                    string    `json:"id"`
		EntityID              string    `json:"entityId"`
		CheckoutID            string    `json:"checkoutId,omitempty"`
		ReferencedID          string    `json:"referencedId,omitempty"`
		MerchantTransactionID string    `json:"merchantTransactionId"`
		Type                  string    `json:"type"`
		Amount                string    `json:"amount"`
		Currency              string    `json:"currency"`
		State                 State     `json:"state"`
		Code                  string    `json:"code"`
		BookedAt              time.Time `json:"bookedAt"`
		ChangedAt             time.Time `json:"changedAt"`
	}{e.ID, e.EntityID, e.CheckoutID, e.ReferencedID, e.MerchantTransactionID, e.Type,
		e.Amount.Decimal(), e.Amount.Currency().Code(), e.State, e.Code, e.BookedAt, e.ChangedAt})
}

// Books lists every transaction, oldest first.
func (s *Sandbox) Books(ctx context.Context) ([]Entry, error) { return entries(ctx, s.books.r) }

// ReadBooks lists every transaction of the books in a file, oldest first,
// whether or not a gateway has the file open or was killed with it.
func ReadBooks(path string) (list []Entry, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("sandbox: no books: %w", err)
	}
	db, err := openFile(path, "_pragma=busy_timeout(10000)&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return entries(context.Background(), db)
}

func entries(ctx context.Context, q querier) ([]Entry, error) {
	list, err := payments(ctx, q, `ORDER BY seq`)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(list))
	for i, p := range list {
		var amount money.Amount
		if p.Currency != "" {
			if amount, err = p.Amount.money(p.Currency); err != nil {
				return nil, fmt.Errorf("sandbox: payment %s: %w", p.ID, err)
			}
		}
		out[i] = Entry{
			ID: p.ID, EntityID: p.EntityID, CheckoutID: p.CheckoutID, ReferencedID: p.ReferencedID,
			MerchantTransactionID: p.MerchantTransactionID, Type: p.Type, Amount: amount,
			State: p.State, Code: p.Code, BookedAt: p.BookedAt, ChangedAt: p.ChangedAt,
		}
	}
	return out, nil
}
