package v1

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

type attemptEnvelope struct {
	Attempt attemptAnswer `json:"attempt"`
}

// attemptAnswer is what was begun with a transaction. Its outcome is a transaction
// of its own, which names it.
type attemptAnswer struct {
	ID            string `json:"id"`
	OrderID       string `json:"order_id"`
	TransactionID string `json:"transaction_id"` // what is captured, reversed or refunded
	Kind          string `json:"kind"`
	State         string `json:"state"`
	Currency      string `json:"currency"`
	Amount        string `json:"amount"`
	CreatedAt     string `json:"created_at"`
}

type transactionEnvelope struct {
	Transaction transactionAnswer `json:"transaction"`
}

type transactionAnswer struct {
	ID                  string      `json:"id"`
	OrderID             string      `json:"order_id"`
	AttemptID           string      `json:"attempt_id"`
	Type                string      `json:"type"`
	State               string      `json:"state"`
	Surplus             bool        `json:"surplus"`
	Currency            string      `json:"currency"`
	Amount              string      `json:"amount"`
	GatewayID           string      `json:"gateway_id"`
	ReferencedGatewayID *string     `json:"referenced_gateway_id"` // null where it begins a payment
	ResultCode          string      `json:"result_code"`
	Reason              *string     `json:"reason"` // null unless it was declined
	Card                *cardAnswer `json:"card"`   // null where the gateway told none
	BookedAt            string      `json:"booked_at"`
	CreatedAt           string      `json:"created_at"`
}

type cardAnswer struct {
	Brand string `json:"brand"`
	Last4 string `json:"last4"`
}

// listTransactions is GET /orders/:id/transactions.
func (h *handlers) listTransactions(c echo.Context, by caller, q *query) error {
	if !order.ValidID(c.Param("id")) {
		return order.ErrNotFound
	}
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[payment.Transaction], error) {
		o, err := h.Orders.Order(ctx, by.profileID, order.ID(c.Param("id")))
		if err != nil {
			return paging.Page[payment.Transaction]{}, err
		}
		return h.Payments.Transactions(ctx, by.profileID, o.ID, w)
	}, describeTransaction)
}

// showTransaction is GET /transactions/:id.
func (h *handlers) showTransaction(c echo.Context, by caller) error {
	if !payment.ValidTransactionID(c.Param("id")) {
		return payment.ErrTransactionNotFound
	}
	x, err := h.Payments.Transaction(c.Request().Context(), by.profileID, payment.TransactionID(c.Param("id")))
	if err != nil {
		return err
	}
	return show(c, transactionEnvelope{describeTransaction(x)})
}

// operation is what may be begun with a transaction.
type operation func(ctx context.Context, by actor.Actor, profileID profile.ID, transactionID payment.TransactionID, amount string, call *idem.Call) (payment.Attempt, error)

// operate is POST /transactions/:id/capture, reverse and refund. The gateway is
// called by a job: what was begun is answered, and a repetition answers the same.
func (h *handlers) operate(do operation) func(echo.Context, caller) error {
	return func(c echo.Context, by caller) error {
		if !payment.ValidTransactionID(c.Param("id")) {
			return payment.ErrTransactionNotFound
		}
		return h.command(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
			var r reader
			var amount string
			r.object(body, "", fields{"amount": r.decimal(&amount)})
			if err := r.err(); err != nil {
				return nil, err
			}
			return do(ctx, by.actor(), by.profileID, payment.TransactionID(c.Param("id")), amount, call)
		})
	}
}

func describeAttempt(a payment.Attempt) attemptAnswer {
	return attemptAnswer{ID: string(a.ID), OrderID: string(a.OrderID), TransactionID: string(a.ParentID), Kind: string(a.Kind), State: string(a.State),
		Currency: a.Amount.Currency().Code(), Amount: a.Amount.Decimal(), CreatedAt: timestamp(a.CreatedAt)}
}

func describeTransaction(t payment.Transaction) transactionAnswer {
	a := transactionAnswer{ID: string(t.ID), OrderID: string(t.OrderID), AttemptID: string(t.AttemptID), Type: string(t.Type), State: string(t.State), Surplus: t.Surplus,
		Currency: t.Amount.Currency().Code(), Amount: t.Amount.Decimal(), GatewayID: t.GatewayID, ResultCode: t.ResultCode,
		BookedAt: timestamp(t.BookedAt), CreatedAt: timestamp(t.CreatedAt)}
	if t.ReferencedID != "" {
		a.ReferencedGatewayID = &t.ReferencedID
	}
	if t.Reason != "" && t.State == payment.Declined {
		reason := string(t.Reason)
		a.Reason = &reason
	}
	if t.Method.Last4 != "" {
		a.Card = &cardAnswer{t.Method.Brand, t.Method.Last4}
	}
	return a
}
