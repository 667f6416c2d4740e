package v1

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
)

type mailEnvelope struct {
	Mail mailAnswer `json:"mail"`
}

type mailAnswer struct {
	ID        string `json:"id"`
	OrderID   string `json:"order_id"`
	Kind      string `json:"kind"`
	State     string `json:"state"`
	Language  string `json:"language"`
	CreatedAt string `json:"created_at"`
}

// sendMail is POST /orders/:id/send_payment_link and the like, one for each kind
// that may be asked for. The mail goes to the address that the customer has when it
// is sent.
func (h *handlers) sendMail(kind mail.Kind) func(echo.Context, caller) error {
	return func(c echo.Context, by caller) error {
		if !order.ValidID(c.Param("id")) {
			return order.ErrNotFound
		}
		return h.command(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
			var r reader
			r.object(body, "", fields{})
			if err := r.err(); err != nil {
				return nil, err
			}
			return h.Mails.Ask(ctx, by.actor(), by.profileID, order.ID(c.Param("id")), kind, call)
		})
	}
}

func describeMail(m mail.Mail) mailAnswer {
	return mailAnswer{ID: string(m.ID), OrderID: string(m.OrderID), Kind: string(m.Kind), State: string(m.State), Language: m.Language, CreatedAt: timestamp(m.CreatedAt)}
}
