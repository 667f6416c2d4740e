// Package document owns issued papers: their numbers without gaps, the snapshot
// each one freezes, and the bytes it is drawn into once. An issued document
// never changes; a correction is another document.
package document

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// ID is a document's key.
type ID string

// Kind is the sort of document. The order summary is not one: it is never issued.
type Kind string

// The kinds of issued documents.
const (
	Invoice    Kind = "invoice"
	Receipt    Kind = "receipt"
	CreditNote Kind = "credit_note"
)

// ValidID reports whether s has the form of a document's key.
func ValidID(s string) bool { return id.Valid("doc", s) }

// ErrNotFound hides documents of other orders and profiles alike.
var ErrNotFound = fault.New(fault.NotFound, "document_not_found", "We could not find that document.")

// Series is one run of numbers: per profile, kind and year in the profile's zone.
type Series struct {
	ProfileID profile.ID
	Kind      Kind
	Year      int
}

// Document is an issued one.
type Document struct {
	ID        ID
	ProfileID profile.ID
	OrderID   order.ID
	// TransactionID is the payment that a receipt confirms, or with which an invoice
	// was issued; empty for an invoice that was issued before any money came.
	TransactionID string
	Kind          Kind
	Year          int
	Serial        int64
	Number        string // what people read
	IssuedOn      string // the day in the profile's zone, YYYY-MM-DD
	IssuedAt      time.Time
	Total         money.Amount
	Snapshot      *Snapshot // nil in a list
}

// File is a document's bytes, drawn once.
type File struct {
	SHA256  []byte
	Content []byte
	Missing int // characters that no font has, of a drawing that is to be kept
}

// Payment is money that came, as far as documents tell of it.
type Payment struct {
	TransactionID string
	At            time.Time
	Method        Method
	Reference     string
	Amount        money.Amount
}

// Tx is what issuing needs of a unit of work.
type Tx interface {
	// NextNumber takes the next serial of a series and keeps its row locked until
	// the transaction ends; take it last. It also moves the series' last issue
	// time forward to at, or returns that of the series if at lies before it.
	NextNumber(ctx context.Context, s Series, at time.Time) (serial int64, issuedAt time.Time, err error)
	InsertDocument(ctx context.Context, d Document) error
	// Allocate ties money of a transaction to an invoice.
	Allocate(ctx context.Context, invoice Document, transactionID string, amount money.Amount) error
}

var (
	errAmounts = errors.New("document: paid is more than the total")
	errReceipt = errors.New("document: a receipt confirms one payment")
)

// Issue numbers d, freezes in its snapshot what of it is paid and what is due, and
// writes it. The payments are allocated to an invoice, which may have none, one or
// several; a receipt confirms exactly one. Issue fills the key, the number and the
// dates; at is billing time. Call it last in a transaction: the number is locked
// until the end, and rolling back gives it back. Where several kinds are issued
// at once, invoices come first.
func Issue(ctx context.Context, tx Tx, d Document, p profile.Profile, at time.Time, payments ...Payment) (Document, error) {
	if d.Kind == Receipt && len(payments) != 1 {
		return Document{}, errReceipt
	}
	snapshot, err := d.Snapshot.settled(d.Total, payments)
	if err != nil {
		return Document{}, err
	}
	local := at.In(p.Location())
	d.ID, d.ProfileID, d.Year, d.Snapshot = ID(id.New("doc")), p.ID, local.Year(), &snapshot
	if len(payments) > 0 {
		d.TransactionID = payments[0].TransactionID
	}
	if d.Serial, d.IssuedAt, err = tx.NextNumber(ctx, Series{p.ID, d.Kind, d.Year}, at); err != nil {
		return Document{}, err
	}
	d.IssuedOn = d.IssuedAt.In(p.Location()).Format(time.DateOnly)
	d.Number = FormatNumber(formatOf(p, d.Kind), d.Year, d.Serial)
	if err := tx.InsertDocument(ctx, d); err != nil {
		return Document{}, err
	}
	if d.Kind != Invoice {
		return d, nil
	}
	for _, x := range payments {
		if err := tx.Allocate(ctx, d, x.TransactionID, x.Amount); err != nil {
			return Document{}, err
		}
	}
	return d, nil
}

func formatOf(p profile.Profile, k Kind) string {
	formats := p.Details.Filled()
	switch k {
	case Receipt:
		return formats.Receipt
	case CreditNote:
		return formats.CreditNote
	case Invoice:
	}
	return formats.Invoice
}

var serialField = regexp.MustCompile(`\{serial(?::(\d))?\}`)

// FormatNumber fills a format's {year} and {serial}; {serial:5} pads with zeros.
func FormatNumber(format string, year int, serial int64) string {
	s := strings.ReplaceAll(format, "{year}", strconv.Itoa(year))
	return serialField.ReplaceAllStringFunc(s, func(m string) string {
		width, _ := strconv.Atoi(serialField.FindStringSubmatch(m)[1]) // empty is no width
		return fmt.Sprintf("%0*d", width, serial)
	})
}
