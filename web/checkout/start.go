package checkout

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	pages "github.com/quittance/quittance/templates/checkout"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/urls"
)

// Start leads the browser to the one checkout of an order, or says why there is
// none: the order's page tells what was paid or is under way, and after too many
// tries a page says when to come back.
func (h *Handlers) Start(c echo.Context, link order.Link, about ui.Reminder) error {
	return h.start(c, link, about, "")
}

// start is Start for a browser that has no use for the checkout over.
func (h *Handlers) start(c echo.Context, link order.Link, about ui.Reminder, over payment.AttemptID) error {
	address, err := hashAddress(h.Ring, c.RealIP())
	if err != nil {
		return err
	}
	a, err := h.Payments.RenewCheckout(c.Request().Context(), customerOf(link), link.ProfileID, link.OrderID, address, over)
	return h.started(c, link, about, a, err)
}

// StartRegistration leads the browser to the one checkout in which the customer of
// a live order stores another card and pays shown with it, as Start does. It
// returns payment.ErrOutstandingChanged.
func (h *Handlers) StartRegistration(c echo.Context, link order.Link, about ui.Reminder, shown money.Amount) error {
	return h.startRegistration(c, link, about, shown, "")
}

func (h *Handlers) startRegistration(c echo.Context, link order.Link, about ui.Reminder, shown money.Amount, over payment.AttemptID) error {
	address, err := hashAddress(h.Ring, c.RealIP())
	if err != nil {
		return err
	}
	a, err := h.Payments.RenewRegistration(c.Request().Context(), customerOf(link), link.ProfileID, link.OrderID, address, shown, over)
	if over != "" && errors.Is(err, payment.ErrOutstandingChanged) {
		return c.Redirect(http.StatusSeeOther, urls.CardSaid(link.OrderID, payment.ErrOutstandingChanged.Code))
	}
	if errors.Is(err, payment.ErrInProgress) {
		return c.Redirect(http.StatusSeeOther, urls.CardSaid(link.OrderID, payment.ErrInProgress.Code))
	}
	return h.started(c, link, about, a, err)
}

func customerOf(link order.Link) actor.Actor {
	return actor.Actor{Kind: actor.Customer, ID: string(link.OrderID)}
}

// started leads on to a checkout, or says why there is none.
func (h *Handlers) started(c echo.Context, link order.Link, about ui.Reminder, a payment.Attempt, err error) error {
	switch {
	case errors.Is(err, payment.ErrPaid), errors.Is(err, payment.ErrHeld), errors.Is(err, order.ErrNotPayable),
		errors.Is(err, order.ErrCardFixed), errors.Is(err, order.ErrEnded):
		return c.Redirect(http.StatusSeeOther, urls.Order(link.OrderID))
	case errors.Is(err, payment.ErrInProgress):
		return c.Redirect(http.StatusSeeOther, urls.OrderBusy(link.OrderID))
	case errors.Is(err, payment.ErrTooManyTries):
		until, err := h.CoolDown(c, link)
		if err != nil {
			return err
		}
		if until.IsZero() { // lifted in between
			return c.Redirect(http.StatusSeeOther, urls.Order(link.OrderID))
		}
		return h.ShowCoolDown(c, until, about)
	case err != nil:
		return err
	}
	return c.Redirect(http.StatusSeeOther, urls.Checkout(a.ID))
}

// CoolDown is until when an order offers no try to this browser; the zero time
// when it offers one now.
func (h *Handlers) CoolDown(c echo.Context, link order.Link) (time.Time, error) {
	address, err := hashAddress(h.Ring, c.RealIP())
	if err != nil {
		return time.Time{}, err
	}
	until, err := h.Payments.CoolDown(c.Request().Context(), link.ProfileID, link.OrderID, address)
	if err != nil {
		return time.Time{}, fmt.Errorf("cool-down of %s: %w", link.OrderID, err)
	}
	return until, nil
}

// About reminds of what an order asks for.
func About(texts i18n.Localizer, o order.Order, amount money.Amount) ui.Reminder {
	r := ui.Reminder{Number: o.InvoiceID, Amount: texts.Money(amount)}
	if o.Plan.OnlyStores() {
		r.Amount = texts.T("unpaid.card_only")
	}
	return r
}

// Asks is what an order's first payment asks for, and the amount as people read it.
func Asks(texts i18n.Localizer, o order.Order, amount money.Amount) (asks ui.Asks, text string) {
	switch {
	case o.Plan.OnlyStores():
		return ui.AsksCard, texts.T("unpaid.nothing")
	case o.Plan.PreAuthorise:
		asks = ui.AsksHold
	case o.Type != catalog.SinglePayment:
		asks = ui.AsksFirst
	}
	return asks, texts.Money(amount)
}

// AsksOf is Asks for whatever a checkout is for.
func AsksOf(texts i18n.Localizer, v payment.CheckoutView) (ui.Asks, string) {
	switch {
	case v.Payment.Kind != payment.Registration:
		return Asks(texts, v.Order, v.Attempt.Amount)
	case v.Payment.Settles.IsPositive():
		return ui.AsksUpdate, texts.Money(v.Payment.Settles)
	}
	return ui.AsksCard, texts.T("unpaid.nothing")
}

// ShowCoolDown says when to come back.
func (h *Handlers) ShowCoolDown(c echo.Context, until time.Time, about ui.Reminder) error {
	return page.Render(c, http.StatusTooManyRequests, pages.CoolDownPage(page.New(c), h.Pause(c, until, about)))
}

// Pause is what a page says that asks to come back later, and tells machines too.
func (h *Handlers) Pause(c echo.Context, until time.Time, about ui.Reminder) pages.CoolDown {
	page.RetryAfter(c, until.Sub(h.Clock.Wall()))
	after := page.Texts(c).DateTime(until.Add(time.Minute-1).Truncate(time.Minute), page.Zone(c))
	return pages.CoolDown{About: about, After: after}
}
