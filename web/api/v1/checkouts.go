package v1

import (
	"context"
	"errors"
	"fmt"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/static"
	"github.com/quittance/quittance/web/ticket"
	"github.com/quittance/quittance/web/urls"
)

type checkoutEnvelope struct {
	Checkout checkoutAnswer `json:"checkout"`
}

// checkoutAnswer is what a page of the merchant's own needs to take the payment.
type checkoutAnswer struct {
	ID        string   `json:"id"`
	OrderID   string   `json:"order_id"`
	GatewayID string   `json:"gateway_id"`
	ScriptURL string   `json:"script_url"`
	Integrity string   `json:"integrity"`
	Brands    []string `json:"brands"`
	ResultURL string   `json:"result_url"` // where the widget's form leads to
	ExpiresAt string   `json:"expires_at"`
	// For a frame instead of the widget; null where the profile names no host.
	EmbedURL *string     `json:"embed_url"`
	Loader   embedScript `json:"embed_script"`
}

// embedScript is what a merchant's page loads to mount the frame.
type embedScript struct {
	URL       string `json:"url"`
	Integrity string `json:"integrity"`
}

// begun is a new order with its checkout; nil where the gateway could not open one.
type begun struct {
	order.Created
	checkout *checkoutAnswer
}

// createWithCheckout makes an order and opens its checkout. The order is committed
// first: a repetition of a call that broke off goes on from it. A checkout that
// cannot be opened is no reason to make the order again, and renewing opens one.
func (h *handlers) createWithCheckout(ctx context.Context, by caller, in order.Sale, host string, call *idem.Call) (any, error) {
	created, err := h.createOnce(ctx, by, in, call)
	if err != nil {
		return nil, err
	}
	made := begun{Created: created}
	a, err := h.Payments.OpenCheckout(ctx, by.actor(), by.profileID, created.Order.ID)
	var told *fault.Error
	switch {
	case err == nil:
		if made.checkout, err = h.describeCheckout(ctx, a, host); err != nil {
			return nil, err
		}
	case !errors.As(err, &told):
		return nil, err
	}
	return made, h.Calls.KeepAnswer(ctx, call, made)
}

// createOnce is the order of a call, made now or by an earlier worker of it.
func (h *handlers) createOnce(ctx context.Context, by caller, in order.Sale, call *idem.Call) (order.Created, error) {
	if call != nil && call.Point != "" {
		id := order.ID(call.Point)
		o, err := h.Orders.Order(ctx, by.profileID, id)
		if err != nil {
			return order.Created{}, err
		}
		token, err := h.Orders.LinkToken(ctx, by.profileID, id)
		return order.Created{Order: o, Token: token}, err
	}
	return h.Orders.Create(ctx, by.actor(), by.profileID, in, call.Until(func(made any) string {
		created, _ := made.(order.Created) // that is what Create makes
		return string(created.Order.ID)
	}))
}

// renewCheckout is POST /order_checkouts/:id: the live checkout of an order, or a
// new one after its 25 minutes. It says by name why there is none.
func (h *handlers) renewCheckout(c echo.Context, by caller) error {
	id := order.ID(c.Param("id"))
	if !order.ValidID(string(id)) {
		return order.ErrNotFound
	}
	return h.command(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		var r reader
		var host string
		r.object(body, "", fields{"checkout": func(v value, at string) { r.object(v, at, fields{"embed_host": r.text(&host)}) }})
		if _, err := h.Orders.Order(ctx, by.profileID, id); err != nil {
			return nil, err
		}
		if err := h.mayEmbed(ctx, by.profileID, &r, "/checkout/embed_host", host); err != nil {
			return nil, err
		}
		if err := r.err(); err != nil {
			return nil, err
		}
		a, err := h.Payments.OpenCheckout(ctx, by.actor(), by.profileID, id)
		if err != nil {
			return nil, err
		}
		made, err := h.describeCheckout(ctx, a, host)
		if err != nil {
			return nil, err
		}
		return *made, h.Calls.KeepAnswer(ctx, call, *made)
	})
}

// checkoutOf is the live checkout of an order that is not paid; nil when it has none.
func (h *handlers) checkoutOf(ctx context.Context, profileID profile.ID, o order.Order) (*checkoutAnswer, error) {
	if !o.Status.Preliminary() {
		return nil, nil //nolint:nilnil // the answer says null
	}
	a, err := h.Payments.LiveCheckout(ctx, profileID, o.ID)
	switch {
	case errors.Is(err, payment.ErrAttemptNotFound):
		return nil, nil //nolint:nilnil // the answer says null
	case err != nil:
		return nil, fmt.Errorf("live checkout of %s: %w", o.ID, err)
	}
	return h.describeCheckout(ctx, a, "")
}

// mayEmbed notes a host that is not among the profile's.
func (h *handlers) mayEmbed(ctx context.Context, profileID profile.ID, r *reader, pointer, host string) error {
	if host == "" {
		return nil
	}
	p, err := h.Profiles.Profile(ctx, profileID)
	if err == nil && !p.Details.Embeds(host) {
		r.note(pointer, "embed_host", "Use one of the profile's embed_hosts, such as https://shop.example.com.")
	}
	return err
}

// describeCheckout tells of a checkout, for a frame in pages of a host; empty is the
// profile's first.
func (h *handlers) describeCheckout(ctx context.Context, a payment.Attempt, host string) (*checkoutAnswer, error) {
	account, err := h.Profiles.AccountByID(ctx, a.AccountID)
	if err != nil {
		return nil, fmt.Errorf("account of checkout %s: %w", a.ID, err)
	}
	back, err := ticket.Of(a, ticket.OwnPage, a.ExpiresAt.Add(ticket.ReturnLife)).Sign(h.Ring)
	if err != nil {
		return nil, err
	}
	brands := account.Brands
	if len(brands) == 0 {
		brands = gateway.DefaultBrands()
	}
	site := urls.Site(h.BaseURL)
	out := &checkoutAnswer{ID: string(a.ID), OrderID: string(a.OrderID), GatewayID: a.CheckoutID, ScriptURL: a.ScriptURL, Integrity: a.Integrity,
		Brands: brands, ResultURL: site.CheckoutReturn(a.ID, back), ExpiresAt: timestamp(a.ExpiresAt),
		Loader: embedScript{site.EmbedScript(), static.Integrity(urls.EmbedFile)}}
	merchant, err := h.Profiles.Profile(ctx, a.ProfileID)
	if err != nil {
		return nil, fmt.Errorf("profile of checkout %s: %w", a.ID, err)
	}
	if host == "" && len(merchant.Details.EmbedHosts) > 0 {
		host = merchant.Details.EmbedHosts[0]
	}
	if host != "" {
		shown, err := ticket.Of(a, ticket.Frame, a.ExpiresAt).For(host).Sign(h.Ring)
		if err != nil {
			return nil, err
		}
		address := site.Embed(a.ID, shown)
		out.EmbedURL = &address
	}
	return out, nil
}
