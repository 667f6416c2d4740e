// Package document owns issued papers: their numbers without gaps, the snapshot
// each one freezes, and the bytes it is drawn into once. An issued document
// never changes; a correction is another document.
package document

import (
	"context"
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
	ID            ID
	ProfileID     profile.ID
	OrderID       order.ID
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

// Snapshot is everything a document says, as it was when the money was booked.
// Amounts are decimals of Currency.
type Snapshot struct {
	Language  string     `json:"language"`
	TimeZone  string     `json:"time_zone"`
	Currency  string     `json:"currency"`
	Seller    Party      `json:"seller"`
	Accent    string     `json:"accent,omitempty"`
	Customer  Party      `json:"customer"`
	OrderID   string     `json:"order_id"`
	InvoiceID string     `json:"invoice_id"`
	Note      string     `json:"note,omitempty"`
	Lines     []Line     `json:"lines"`
	Total     string     `json:"total"`
	Paid      string     `json:"paid"`
	PaidAt    time.Time  `json:"paid_at"`
	Method    Method     `json:"method"`
	Reference string     `json:"reference"`
	TaxByRate []TaxTotal `json:"tax_by_rate,omitempty"`
}

// Party is a seller or a customer on paper.
type Party struct {
	Name    string   `json:"name"`
	Address []string `json:"address,omitempty"`
	Country string   `json:"country,omitempty"` // ISO 3166-1 alpha-2; empty where Address names it
	TaxID   string   `json:"tax_id,omitempty"`
	Email   string   `json:"email,omitempty"`
	Phone   string   `json:"phone,omitempty"`
	Website string   `json:"website,omitempty"`
}

// Line is one line on paper.
type Line struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Quantity    int64  `json:"quantity"`
	Unit        string `json:"unit"`
	Total       string `json:"total"`
}

// TaxTotal is the tax included at one rate.
type TaxTotal struct {
	RatePPM int64  `json:"rate_ppm"`
	Tax     string `json:"tax"`
}

// Method is how it was paid, masked.
type Method struct {
	Brand string `json:"brand"`
	Last4 string `json:"last4"`
}

// File is a document's bytes, drawn once.
type File struct {
	SHA256  []byte
	Content []byte
}

// Tx is what issuing needs of a unit of work.
type Tx interface {
	// NextNumber takes the next serial of a series and keeps its row locked until
	// the transaction ends; take it last. It also moves the series' last issue
	// time forward to at, or returns that of the series if at lies before it.
	NextNumber(ctx context.Context, s Series, at time.Time) (serial int64, issuedAt time.Time, err error)
	InsertDocument(ctx context.Context, d Document) error
	Allocate(ctx context.Context, d Document, transactionID string, amount money.Amount) error
}

// Issue numbers d and writes it. It fills the key, the number and the dates; at
// is billing time. Call it last in a transaction: the number is locked until
// the end, and rolling back gives it back.
func Issue(ctx context.Context, tx Tx, d Document, p profile.Profile, at time.Time) (Document, error) {
	local := at.In(p.Location())
	d.ID, d.ProfileID, d.Year = ID(id.New("doc")), p.ID, local.Year()
	serial, issuedAt, err := tx.NextNumber(ctx, Series{p.ID, d.Kind, d.Year}, at)
	if err != nil {
		return Document{}, err
	}
	d.Serial, d.IssuedAt = serial, issuedAt
	d.IssuedOn = issuedAt.In(p.Location()).Format(time.DateOnly)
	d.Number = FormatNumber(formatOf(p, d.Kind), d.Year, serial)
	if err := tx.InsertDocument(ctx, d); err != nil {
		return Document{}, err
	}
	if err := tx.Allocate(ctx, d, d.TransactionID, d.Total); err != nil {
		return Document{}, err
	}
	return d, nil
}

func formatOf(p profile.Profile, k Kind) string {
	if k == Receipt && p.Details.ReceiptFormat != "" {
		return p.Details.ReceiptFormat
	}
	switch k {
	case Invoice:
		return "INV-{year}-{serial:5}"
	case CreditNote:
		return "CN-{year}-{serial:5}"
	case Receipt:
		return "R-{year}-{serial:5}"
	}
	return string(k) + "-{year}-{serial}"
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
