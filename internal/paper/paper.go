// Package paper turns what a document says into the bytes that a customer
// keeps: snapshot in, translated and formatted input for package pdf out. An
// issued document is drawn once, by a job or by its first download, and those
// bytes are served for ever; an order summary is drawn anew each time.
package paper

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/pdf"
)

// Repo is what this package needs from storage.
type Repo interface {
	// Document is one of an order, with its snapshot; document.ErrNotFound.
	Document(ctx context.Context, profileID profile.ID, orderID order.ID, kind document.Kind, number string) (document.Document, error)
	DocumentByID(ctx context.Context, profileID profile.ID, documentID document.ID) (document.Document, error)
	// Documents are a page of an order's documents, without their snapshots.
	Documents(ctx context.Context, profileID profile.ID, orderID order.ID, w paging.Window) (paging.Page[document.Document], error)
	// DocumentFile are a document's bytes; document.ErrNotFound when it was not drawn yet.
	DocumentFile(ctx context.Context, profileID profile.ID, documentID document.ID) (document.File, error)
	// KeepFile stores bytes unless there are some already and returns those that
	// are kept. Staff are left a task about those that lack characters.
	KeepFile(ctx context.Context, profileID profile.ID, documentID document.ID, f document.File, at time.Time) (document.File, error)
	Customer(ctx context.Context, profileID profile.ID, customerID customer.ID) (customer.Customer, error)
	// Logo is the picture with a hash; profile.ErrLogoNotFound.
	Logo(ctx context.Context, hash string) (profile.LogoFile, error)
	// UndrawnDocuments are issued documents whose drawing is still due, behind one of
	// them in the order of their keys.
	UndrawnDocuments(ctx context.Context, behind document.Draw, limit int) ([]document.Draw, error)
	// AskAboutUndrawn leaves staff a task about a document that cannot be drawn, once.
	AskAboutUndrawn(ctx context.Context, j document.Draw, at time.Time) error
}

// Service draws.
type Service struct {
	repo  Repo
	clock clock.Clock
	log   *slog.Logger
	logos logos
}

// NewService returns a Service.
func NewService(repo Repo, c clock.Clock, log *slog.Logger) *Service {
	return &Service{repo: repo, clock: c, log: log}
}

// Document is an order's document and its bytes, drawn now if no job has done it
// yet. It returns document.ErrNotFound.
func (s *Service) Document(ctx context.Context, profileID profile.ID, orderID order.ID, kind document.Kind, number string) (document.Document, document.File, error) {
	d, err := s.repo.Document(ctx, profileID, orderID, kind, number)
	if err != nil {
		return document.Document{}, document.File{}, err
	}
	f, err := s.file(ctx, d)
	return d, f, err
}

// DocumentByID is a profile's document and its bytes, like Document.
func (s *Service) DocumentByID(ctx context.Context, profileID profile.ID, documentID document.ID) (document.Document, document.File, error) {
	d, err := s.repo.DocumentByID(ctx, profileID, documentID)
	if err != nil {
		return document.Document{}, document.File{}, err
	}
	f, err := s.file(ctx, d)
	return d, f, err
}

// Documents are a page of an order's documents, newest first, without their snapshots.
func (s *Service) Documents(ctx context.Context, profileID profile.ID, orderID order.ID, w paging.Window) (paging.Page[document.Document], error) {
	return s.repo.Documents(ctx, profileID, orderID, w)
}

// file are the bytes of a document, drawn now if they were not yet.
func (s *Service) file(ctx context.Context, d document.Document) (document.File, error) {
	f, err := s.repo.DocumentFile(ctx, d.ProfileID, d.ID)
	if errors.Is(err, document.ErrNotFound) {
		return s.draw(ctx, d)
	}
	return f, err
}

// Draw draws an issued document unless it has been drawn. It may run twice and
// at once: the first bytes that are stored stay.
func (s *Service) Draw(ctx context.Context, profileID profile.ID, documentID document.ID) error {
	if _, err := s.repo.DocumentFile(ctx, profileID, documentID); !errors.Is(err, document.ErrNotFound) {
		return err
	}
	d, err := s.repo.DocumentByID(ctx, profileID, documentID)
	if err != nil {
		return err
	}
	_, err = s.draw(ctx, d)
	return err
}

// sweepBatch is how many undrawn documents are looked for at a time, and about how
// many are drawn in one sweep.
const sweepBatch = 100

// SweepUndrawn draws documents whose wake-up was lost, a bounded number. Those that
// cannot be drawn keep no other waiting, however many they are: staff are told of each
// once, and the next sweep tries them again.
func (s *Service) SweepUndrawn(ctx context.Context) error {
	var errs []error
	drawn := 0
	for behind := (document.Draw{}); drawn < sweepBatch && ctx.Err() == nil; {
		due, err := s.repo.UndrawnDocuments(ctx, behind, sweepBatch)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("find undrawn documents: %w", err))...)
		}
		for _, d := range due {
			behind = d
			err := s.Draw(ctx, d.ProfileID, d.DocumentID)
			if err != nil && ctx.Err() == nil {
				err = errors.Join(err, s.repo.AskAboutUndrawn(ctx, d, s.clock.Wall()))
			}
			if err == nil {
				drawn++
			}
			errs = append(errs, err)
		}
		if len(due) < sweepBatch {
			break
		}
	}
	return errors.Join(errs...)
}

func (s *Service) draw(ctx context.Context, d document.Document) (document.File, error) {
	logo, err := s.logo(ctx, d.Snapshot.Logo)
	if err != nil {
		return document.File{}, fmt.Errorf("draw document %s: %w", d.ID, err)
	}
	var buf bytes.Buffer
	report, err := write(&buf, d, logo)
	if err != nil {
		return document.File{}, fmt.Errorf("draw document %s: %w", d.ID, err)
	}
	s.warn(ctx, report, d.OrderID, d.Number)
	sum := sha256.Sum256(buf.Bytes())
	return s.repo.KeepFile(ctx, d.ProfileID, d.ID, document.File{SHA256: sum[:], Content: buf.Bytes(), Missing: report.Missing}, s.clock.Wall())
}

// write draws an issued document from its snapshot and its logo.
func write(w io.Writer, d document.Document, logo pdf.Logo) (pdf.Report, error) {
	switch d.Kind {
	case document.Invoice:
		in, err := invoice(d)
		if err != nil {
			return pdf.Report{}, err
		}
		in.Seller.Logo = logo
		return pdf.WriteInvoice(w, in)
	case document.Receipt:
		in, err := receipt(d)
		if err != nil {
			return pdf.Report{}, err
		}
		in.Seller.Logo = logo
		return pdf.WriteReceipt(w, in)
	case document.CreditNote:
		in, err := creditNote(d)
		if err != nil {
			return pdf.Report{}, err
		}
		in.Seller.Logo = logo
		return pdf.WriteCreditNote(w, in)
	}
	return pdf.Report{}, fmt.Errorf("paper: no drawing of a %s", d.Kind)
}

// Summary draws an order as it stands now, in the reader's language, with the
// payment link as a code where the order is Payable by it.
func (s *Service) Summary(ctx context.Context, v payment.Overview, lang, link string) ([]byte, error) {
	now, err := s.clock.Now(ctx, v.Profile.ID)
	if err != nil {
		return nil, fmt.Errorf("billing time: %w", err)
	}
	c, err := s.repo.Customer(ctx, v.Profile.ID, v.Order.CustomerID)
	if err != nil {
		return nil, fmt.Errorf("read customer of %s: %w", v.Order.ID, err)
	}
	in, err := summary(v, c, lang, link, now)
	if err != nil {
		return nil, fmt.Errorf("draw summary of %s: %w", v.Order.ID, err)
	}
	if in.Seller.Logo, err = s.logo(ctx, v.Profile.Details.Logo.Hash); err != nil {
		return nil, fmt.Errorf("draw summary of %s: %w", v.Order.ID, err)
	}
	var buf bytes.Buffer
	report, err := pdf.WriteOrderSummary(&buf, in)
	if err != nil {
		return nil, fmt.Errorf("draw summary of %s: %w", v.Order.ID, err)
	}
	s.warn(ctx, report, v.Order.ID, in.Number)
	return buf.Bytes(), nil
}

// warn says in the log that a paper lacks characters.
func (s *Service) warn(ctx context.Context, r pdf.Report, orderID order.ID, number string) {
	if r.Missing > 0 {
		s.log.WarnContext(ctx, "paper lacks characters that no font has", slog.String("order_id", string(orderID)),
			slog.String("number", number), slog.Int("characters", r.Missing))
	}
}
