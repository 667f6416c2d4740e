package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
)

// news is what a mail tells of, as things stand now; filled as far as its kind
// needs it.
type news struct {
	told        time.Time // when the mail came to be, wall time
	transaction payment.Transaction
	papers      []document.Document
	due         schedule.Payment
	method      payment.StoredMethod // the one it is about, else the main one
	schedule    []schedule.Payment   // all of the order
}

// news reads what a mail is about.
func (s *Service) news(ctx context.Context, m mail.Mail, o order.Order) (news, error) {
	n := news{told: m.CreatedAt}
	var err error
	switch m.Kind {
	case mail.OrderReady, mail.OrderReminder:
		return n, nil
	case mail.PurchaseConfirmation, mail.RefundConfirmation, mail.MandateAgreement, mail.PaymentApproved:
		if n.transaction, err = s.Repo.Transaction(ctx, m.ProfileID, payment.TransactionID(m.Subject)); err != nil || m.Kind == mail.MandateAgreement {
			break
		}
		n.papers, err = s.Repo.DocumentsOfTransaction(ctx, m.ProfileID, m.OrderID, n.transaction.ID)
	case mail.PaymentRescheduled, mail.PaymentSkipped, mail.PaymentMerged, mail.PaymentDeclined, mail.PaymentRejected, mail.SubscriptionRenews:
		n.due, err = s.Repo.Scheduled(ctx, m.ProfileID, schedule.ID(m.Subject))
	case mail.CardExpiring, mail.CardExpired, mail.CardDetailsUpdate, mail.SubscriptionPaused, mail.SubscriptionResumed, mail.SubscriptionCancelled, mail.SubscriptionKept, mail.WebhookDisabled, mail.PageAltered, mail.SourceBlocked:
	}
	if err != nil {
		return n, fmt.Errorf("read what a mail is about: %w", err)
	}
	if n.schedule, err = s.Repo.ScheduleOf(ctx, m.ProfileID, m.OrderID); err != nil {
		return n, err
	}
	n.method, err = s.method(ctx, m, o)
	return n, err
}

// method is the card that a mail is about, else the order's main one; none is no
// error.
func (s *Service) method(ctx context.Context, m mail.Mail, o order.Order) (payment.StoredMethod, error) {
	if m.Kind == mail.CardExpiring || m.Kind == mail.CardExpired {
		found, err := s.Repo.Method(ctx, m.ProfileID, payment.MethodID(m.Subject))
		if errors.Is(err, payment.ErrMethodNotFound) {
			return payment.StoredMethod{}, errPointless
		}
		return found, err
	}
	all, err := s.Repo.Methods(ctx, o.ProfileID, o.ID)
	if err != nil || len(all) == 0 {
		return payment.StoredMethod{}, err
	}
	return all[0], nil
}
