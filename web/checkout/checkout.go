// Package checkout holds the pages of one try to pay: the gateway's card fields,
// what became of the try, and the address to which the gateway sends a browser
// back. It decides nothing about money; payment.CheckoutView says what is so.
package checkout

import (
	"errors"
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/urls"
)

// Handlers answer for checkouts.
type Handlers struct {
	Profiles *profile.Service
	Orders   *order.Service
	Payments *payment.Service
	Drivers  payment.Drivers
	Ring     *secret.Ring
	Clock    clock.Clock
	Site     urls.Site
}

// find reads the checkout of the address for a browser that came by its order's
// link, and checks that the link still holds. It returns page.ErrClosed for any
// other browser, and order.ErrLinkUnknown once the link is revoked.
func (h *Handlers) find(c echo.Context) (payment.CheckoutView, order.Link, error) {
	ctx := c.Request().Context()
	attemptID := payment.AttemptID(c.Param("id"))
	if !id.Valid("att", string(attemptID)) {
		return payment.CheckoutView{}, order.Link{}, page.ErrClosed
	}
	var asked []profile.ID
	for _, l := range page.Session(c).Grants() {
		if slices.Contains(asked, l.ProfileID) {
			continue
		}
		asked = append(asked, l.ProfileID)
		v, err := h.Payments.Checkout(ctx, l.ProfileID, attemptID)
		if errors.Is(err, payment.ErrAttemptNotFound) {
			continue
		}
		if err != nil {
			return v, order.Link{}, fmt.Errorf("find checkout: %w", err)
		}
		link, err := page.Grant(c, v.Attempt.OrderID)
		if err != nil {
			return v, link, err
		}
		return v, link, h.NameMerchant(c, link, h.Orders.LinkHolds(ctx, link))
	}
	return payment.CheckoutView{}, order.Link{}, page.ErrClosed
}

// NameMerchant tells the frame whose link it was that does not hold any more, and
// gives the error that said so.
func (h *Handlers) NameMerchant(c echo.Context, link order.Link, err error) error {
	if !errors.Is(err, order.ErrLinkUnknown) {
		return err
	}
	merchant, profileErr := h.Profiles.Profile(c.Request().Context(), link.ProfileID)
	if profileErr != nil {
		return profileErr
	}
	page.Know(c, merchant, "", "")
	return err
}

// mayLeadOn reports whether the browser may see the order of a checkout.
func mayLeadOn(c echo.Context, v payment.CheckoutView) bool {
	link, err := page.Grant(c, v.Attempt.OrderID)
	return err == nil && link.ProfileID == v.Attempt.ProfileID
}

// know tells the frame whose checkout this is.
func know(c echo.Context, v payment.CheckoutView) {
	page.Know(c, v.Profile, v.Order.Language, urls.Order(v.Order.ID))
}
