package v1

import (
	"context"
	"errors"
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// turned is an order after a command, with its payment link as an answer has it.
type turned struct {
	order order.Order
	link  *string
}

// orderCommand is one that changes an order as a whole.
type orderCommand func(context.Context, actor.Actor, profile.ID, order.ID, *idem.Call) (order.Order, error)

// turnOrder is PUT /orders/:id/ with the name of a command.
func (h *handlers) turnOrder(do orderCommand) func(echo.Context, caller) error {
	return func(c echo.Context, by caller) error {
		id := order.ID(c.Param("id"))
		if !order.ValidID(string(id)) {
			return order.ErrNotFound
		}
		return h.command(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
			var r reader
			r.object(body, "", fields{})
			if err := r.err(); err != nil {
				return nil, err
			}
			link, err := h.linkOf(ctx, by, id)
			if err != nil {
				return nil, err
			}
			o, err := do(ctx, by.actor(), by.profileID, id, withLink(call, link))
			return turned{o, link}, err
		})
	}
}

// withLink keeps an answer with the order's payment link, which the service does
// not tell.
func withLink(call *idem.Call, link *string) *idem.Call {
	if call == nil {
		return nil
	}
	return &idem.Call{Scope: call.Scope, LeaseID: call.LeaseID, Render: func(made any) (idem.Answer, error) {
		o, ok := made.(order.Order)
		if !ok {
			return idem.Answer{}, fmt.Errorf("no answer about a %T", made)
		}
		return call.Render(turned{o, link})
	}}
}

// linkOf is an order's payment link; nil when none can be shown, or not to the caller.
func (h *handlers) linkOf(ctx context.Context, by caller, id order.ID) (*string, error) {
	switch token, err := h.Orders.LinkToken(ctx, by.profileID, id); {
	case err == nil:
		return h.link(by, token), nil
	case errors.Is(err, order.ErrLinkUnknown):
		return nil, nil //nolint:nilnil // the answer says null
	default:
		return nil, err
	}
}
