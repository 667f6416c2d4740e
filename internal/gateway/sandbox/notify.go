package sandbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// notification is one waiting or ended message to a merchant.
type notification struct {
	Seq        int64     `json:"seq"`
	EntityID   string    `json:"entityId"`
	PaymentID  string    `json:"paymentId"`
	MadeAt     time.Time `json:"madeAt"`
	DueAt      time.Time `json:"dueAt"`
	Tries      int       `json:"tries"`
	LastStatus int       `json:"lastStatus"`
	Ended      string    `json:"ended,omitempty"`
	plain      string
}

// swapPatience is how long a notification waits for the one that shall overtake it.
const swapPatience = time.Minute

// announce queues what the merchant has to hear about a payment, in the
// transaction that books it, with the webhook faults that strike.
func (s *Sandbox) announce(ctx context.Context, tx *sql.Tx, p payment) error {
	e, ok := s.entities.get(p.EntityID)
	if !ok || e.WebhookURL == "" {
		return nil
	}
	hit := s.faults.take(RouteWebhook)
	if _, never := hit[FaultWebhookNever]; never {
		return nil
	}
	now := s.clock.now()
	due := now
	if f, late := hit[FaultWebhookLate]; late {
		due = due.Add(time.Duration(f.DelayMS) * time.Millisecond)
	}
	_, swap := hit[FaultWebhookSwap]
	if swap {
		due = due.Add(swapPatience)
	}
	if err := queue(ctx, tx, p, now, due, swap); err != nil {
		return err
	}
	if !swap { // whoever waited to be overtaken follows at once
		_, err := tx.ExecContext(ctx, `
UPDATE notifications SET due_at = $1, after_next = 0
 WHERE entity_id = $2 AND after_next = 1 AND ended = ''`, due.UnixMilli()+1, p.EntityID)
		if err != nil {
			return fmt.Errorf("let notification follow: %w", err)
		}
	}
	if _, twice := hit[FaultWebhookTwice]; twice {
		if err := queue(ctx, tx, p, now, due, false); err != nil {
			return err
		}
	}
	if _, stale := hit[FaultWebhookStale]; stale && p.State != StatePending {
		p.Code, p.State, p.RegistrationID, p.InitialID = codePending, StatePending, "", ""
		return queue(ctx, tx, p, now, due.Add(time.Millisecond), false)
	}
	return nil
}

// announceDeleted tells the merchant that a stored card is gone.
func (s *Sandbox) announceDeleted(ctx context.Context, tx *sql.Tx, r registration) error {
	now := s.clock.now()
	p := payment{ID: r.ID, EntityID: r.EntityID, Type: "RG", State: StateApproved, Code: codeApproved, Card: r.Card, RegistrationID: r.ID, ChangedAt: now}
	if e, ok := s.entities.get(r.EntityID); !ok || e.WebhookURL == "" {
		return nil
	}
	return queueAs(ctx, tx, "DELETED", p, now, now, false)
}

func queue(ctx context.Context, tx *sql.Tx, p payment, now, due time.Time, afterNext bool) error {
	return queueAs(ctx, tx, "CREATED", p, now, due, afterNext)
}

// queueAs says of a registration what became of it.
func queueAs(ctx context.Context, tx *sql.Tx, action string, p payment, now, due time.Time, afterNext bool) error {
	message := map[string]any{"type": "PAYMENT", "payload": paymentAnswer(p, p.ChangedAt)}
	if p.Type == "RG" {
		message["type"], message["action"] = "REGISTRATION", action
	}
	plain, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("write notification: %w", err)
	}
	return queuePlain(ctx, tx, notification{EntityID: p.EntityID, PaymentID: p.ID, MadeAt: now, DueAt: due, plain: string(plain)}, afterNext)
}

func queuePlain(ctx context.Context, tx *sql.Tx, n notification, afterNext bool) error {
	_, err := tx.ExecContext(ctx, `
INSERT INTO notifications (entity_id, payment_id, plain, made_at, due_at, after_next) VALUES ($1, $2, $3, $4, $5, $6)`,
		n.EntityID, n.PaymentID, n.plain, n.MadeAt.UnixMilli(), n.DueAt.UnixMilli(), afterNext)
	if err != nil {
		return fmt.Errorf("queue notification: %w", err)
	}
	return nil
}

// Resend queues the notification of a payment's present state once more. The
// payment is named by its own id or by the merchant's.
func (s *Sandbox) Resend(ctx context.Context, paymentOrMerchantID string) error {
	return s.queueNow(ctx, func(tx *sql.Tx) error {
		list, err := payments(ctx, tx, `WHERE id = $1 OR merchant_transaction_id = $1 ORDER BY seq`, paymentOrMerchantID)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return errNothing
		}
		now := s.clock.now()
		for _, p := range list {
			if err := queue(ctx, tx, p, now, now, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// Stray sends a channel an authentic notification about an approved payment
// that is in nobody's books, not even in these.
func (s *Sandbox) Stray(ctx context.Context, entityID string) error {
	e, ok := s.entities.get(entityID)
	if !ok || e.WebhookURL == "" {
		return errors.New("sandbox: no such channel, or one without notifications")
	}
	now := s.clock.now()
	p := payment{ID: newPaymentID(), EntityID: entityID, CheckoutID: "STRAY" + randomHex(8),
		MerchantTransactionID: "stray-" + randomHex(8), Type: "DB", Amount: 1234, Currency: "EUR",
		Card:     card{Brand: "VISA", BIN: "420000", Last4: "0000", ExpiryMonth: "12", ExpiryYear: "2030", Flow: flowNone},
		BookedAt: now}
	p.decide(codeApproved, false, now)
	return s.queueNow(ctx, func(tx *sql.Tx) error { return queue(ctx, tx, p, now, now, false) })
}

// Probe sends a channel the setup call.
func (s *Sandbox) Probe(ctx context.Context, entityID string) error {
	if e, ok := s.entities.get(entityID); !ok || e.WebhookURL == "" {
		return errors.New("sandbox: no such channel, or one without notifications")
	}
	return s.queueNow(ctx, func(tx *sql.Tx) error { return s.queueProbe(ctx, tx, entityID) })
}

// probeOnce sends the setup call when this address of the channel never had one.
func (s *Sandbox) probeOnce(ctx context.Context, e Entity) error {
	if e.WebhookURL == "" {
		return nil
	}
	return s.queueNow(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO probed (entity_id, url) VALUES ($1, $2) ON CONFLICT DO NOTHING`, e.EntityID, e.WebhookURL)
		if err != nil {
			return fmt.Errorf("note setup call: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return s.queueProbe(ctx, tx, e.EntityID)
	})
}

func (s *Sandbox) queueProbe(ctx context.Context, tx *sql.Tx, entityID string) error {
	now := s.clock.now()
	return queuePlain(ctx, tx, notification{EntityID: entityID, MadeAt: now, DueAt: now, plain: string(probe())}, false)
}

func (s *Sandbox) queueNow(ctx context.Context, fn func(*sql.Tx) error) error {
	if err := s.books.write(ctx, fn); err != nil {
		return err
	}
	s.nudge()
	return nil
}
