// Package embed holds the checkout as a frame of a merchant's own page: no cookie,
// no session; the ticket in its address says which checkout it shows, and to pages
// of which host. What happens in it is told to that host's page by messages.
package embed

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/tamper"
	pages "github.com/quittance/quittance/templates/checkout"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/checkout"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/portal"
	"github.com/quittance/quittance/web/ticket"
	"github.com/quittance/quittance/web/urls"
)

// ErrRefused answers an address whose ticket is not ours, or is for a host that the
// profile does not name, and pages of such a host.
var ErrRefused = fault.New(fault.Forbidden, "embed_refused", "This payment cannot be shown here. Go back to the shop and start again.")

// What the page around a frame is told.
const (
	ready    = "ready"
	approved = "approved"
	declined = "declined"
	expired  = "expired"
)

// unrenewed is what a frame says of itself after the page around could not have it
// renewed.
const unrenewed = "unrenewed"

// Handlers answer for checkouts in frames.
type Handlers struct {
	Checkout *checkout.Handlers
}

// find reads the checkout of the address. It returns ErrRefused.
func (h *Handlers) find(c echo.Context, way ticket.Way) (payment.CheckoutView, ticket.Ticket, error) {
	t, ok := ticket.Open(h.Checkout.Ring, payment.AttemptID(c.Param("id")), c.QueryParam("t"), way)
	if !ok || h.Checkout.Clock.Wall().After(t.Until.Add(ticket.ReturnLife)) {
		return payment.CheckoutView{}, t, ErrRefused
	}
	v, err := h.Checkout.Payments.Checkout(c.Request().Context(), t.ProfileID, t.AttemptID)
	switch {
	case errors.Is(err, payment.ErrAttemptNotFound):
		return v, t, ErrRefused.Because(err)
	case err != nil:
		return v, t, fmt.Errorf("read checkout: %w", err)
	case !v.Profile.Details.Embeds(t.Host):
		return v, t, ErrRefused
	}
	page.Know(c, v.Profile, v.Order.Language, "")
	return v, t, nil
}

// Show is GET /embed/{id}: what is to be paid, then the card fields, or what became
// of the checkout. It changes nothing.
func (h *Handlers) Show(c echo.Context) error {
	v, t, err := h.find(c, ticket.Frame)
	if err != nil {
		return err
	}
	p, about, result := h.page(c, t, ""), checkout.AboutTry(c, v), v.Result(h.Checkout.Clock.Wall())
	switch result {
	case payment.ResultOpen:
		return h.showPaying(c, v, t)
	case payment.ResultDeclined, payment.ResultSuperseded, payment.ResultExpired:
		until, err := h.Checkout.CoolDown(c, order.Link{ProfileID: v.Profile.ID, OrderID: v.Order.ID})
		switch {
		case err != nil:
			return err
		case !until.IsZero():
			p.Framed.Say = declinedNow(c)
			return page.RenderFramed(c, http.StatusTooManyRequests, pages.CoolDownPage(p, h.Checkout.Pause(c, until, about)), t.Host, nil)
		case result == payment.ResultDeclined:
			return h.showPaying(c, v, t)
		}
		return h.showExpired(c, v, t)
	case payment.ResultOpening:
		page.Refresh(c, "")
		return page.RenderFramed(c, http.StatusOK, pages.OpeningPage(p, pages.Opening{}), t.Host, nil)
	case payment.ResultChecking:
		return h.showChecking(c, t, about)
	case payment.ResultHeld:
		return page.RenderFramed(c, http.StatusOK, pages.HeldPage(p, pages.Held{About: about}), t.Host, nil)
	case payment.ResultPaid, payment.ResultReturned:
	}
	return h.showApproved(c, v, t)
}

// Agree is POST /embed/{id}: it keeps the consent and leads on to the card fields.
// The ticket in the address is what no other page has.
func (h *Handlers) Agree(c echo.Context) error {
	v, t, err := h.find(c, ticket.Frame)
	if err != nil {
		return err
	}
	p := h.page(c, t, "")
	shown, about, err := h.unpaid(c, v)
	if err != nil {
		return err
	}
	consent, err := portal.ReadConsent(c, p, about, shown)
	if errors.Is(err, order.ErrNoConsent) {
		shown.Consent.Error = portal.Missing(c, err)
		return page.RenderFramed(c, http.StatusUnprocessableEntity, view.FramedUnpaidPage(p, shown), t.Host, nil)
	}
	if err != nil {
		return err
	}
	if err := h.Checkout.Orders.KeepConsent(c.Request().Context(), actor.Actor{Kind: actor.Customer, ID: string(v.Order.ID)}, consent); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, c.Request().URL.RequestURI())
}

// Back is GET /embed/{id}/return: where the card fields lead the frame. A HEAD asks
// nothing.
func (h *Handlers) Back(c echo.Context) error {
	_, t, err := h.find(c, ticket.FrameReturn)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	v, err := h.Checkout.Payments.CheckReturn(c.Request().Context(), t.ProfileID, t.AttemptID)
	if err != nil {
		return fmt.Errorf("return of checkout: %w", err)
	}
	switch h.Checkout.Outcome(v) {
	case checkout.Approved:
		return h.showApproved(c, v, t)
	case checkout.Declined:
		again, err := ticket.Of(v.Attempt, ticket.Frame, v.Attempt.ExpiresAt).For(t.Host).Sign(h.Checkout.Ring)
		if err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, urls.Embed(v.Attempt.ID, again)+"&said="+declined)
	case checkout.Held:
		return page.RenderFramed(c, http.StatusOK, pages.HeldPage(h.page(c, t, ""), pages.Held{About: checkout.AboutTry(c, v)}), t.Host, nil)
	case checkout.Over:
		return h.showExpired(c, v, t)
	case checkout.Checking:
	}
	return h.showChecking(c, t, checkout.AboutTry(c, v))
}

// page is the frame around a page, which says something to the host's.
func (h *Handlers) page(c echo.Context, t ticket.Ticket, say string) ui.Page {
	p := page.New(c)
	p.Framed = ui.Framed{Host: t.Host, Checkout: string(t.AttemptID), Say: say}
	return p
}

// showPaying asks for consent where nobody gave it yet, and then shows the card
// fields, until the checkout is over and the page is loaded again: card fields by their
// script, which knows whether a card was sent.
func (h *Handlers) showPaying(c echo.Context, v payment.CheckoutView, t ticket.Ticket) error {
	agreed, err := h.Checkout.Orders.Agreed(c.Request().Context(), v.Profile.ID, v.Order.ID)
	if err != nil {
		return err
	}
	left := v.Attempt.ExpiresAt.Sub(h.Checkout.Clock.Wall())
	if !agreed {
		page.RefreshAfter(c, left)
		shown, _, err := h.unpaid(c, v)
		if err != nil {
			return err
		}
		return page.RenderFramed(c, http.StatusOK, view.FramedUnpaidPage(h.page(c, t, ready), shown), t.Host, nil)
	}
	w, allowed, err := h.Checkout.Widget(c, v, tamper.Embed)
	if err != nil {
		return err
	}
	back, err := ticket.Of(v.Attempt, ticket.FrameReturn, h.Checkout.Clock.Wall().Add(ticket.ReturnLife)).For(t.Host).Sign(h.Checkout.Ring)
	if err != nil {
		return err
	}
	w.ReturnURL = templ.SafeURL(h.Checkout.Site.EmbedReturn(v.Attempt.ID, back))
	p := h.page(c, t, ready)
	p.Framed.Over = page.Seconds(left)
	if say := declinedNow(c); say != "" && w.Reason != "" {
		p.Framed.Say = say
	}
	return page.RenderFramed(c, http.StatusOK, pages.FramedWidgetPage(p, w), t.Host, &allowed)
}

// showApproved tells the host's page what was paid, signed, and where the order
// wants its browser to go.
func (h *Handlers) showApproved(c echo.Context, v payment.CheckoutView, t ticket.Ticket) error {
	told, err := h.Checkout.Orders.Onward(v.Order, order.OutcomeApproved)
	if err != nil {
		return err
	}
	p := h.page(c, t, approved)
	p.Framed.Result = ui.Result{OrderID: string(told.OrderID), Status: string(told.Status), Timestamp: told.Timestamp,
		KeyID: told.KeyID, Signature: told.Signature, Redirect: told.Address}
	asks, amount := checkout.AsksOf(page.Texts(c), v)
	return page.RenderFramed(c, http.StatusOK, pages.ElsewherePage(p, pages.Elsewhere{Asks: asks, Amount: amount}), t.Host, nil)
}

// declinedNow is what the host's page is told where the frame comes from a try that
// was declined; empty where it does not.
func declinedNow(c echo.Context) string {
	if c.QueryParam("said") == declined {
		return declined
	}
	return ""
}

func (h *Handlers) showExpired(c echo.Context, v payment.CheckoutView, t ticket.Ticket) error {
	return page.RenderFramed(c, http.StatusOK, pages.FramedExpiredPage(h.page(c, t, expired), pages.FramedExpired{Unpaid: v.Attempt.Unpaid(), Unrenewed: c.QueryParam("said") == unrenewed}), t.Host, nil)
}

// showChecking shows the same address again in a few seconds.
func (h *Handlers) showChecking(c echo.Context, t ticket.Ticket, about ui.Reminder) error {
	page.Refresh(c, "")
	reload := templ.SafeURL("?" + c.Request().URL.RawQuery)
	return page.RenderFramed(c, http.StatusOK, pages.CheckingPage(h.page(c, t, ""), pages.Checking{About: about, ReloadURL: reload}), t.Host, nil)
}

// unpaid is what is to be paid, and the view that its consent is read with.
func (h *Handlers) unpaid(c echo.Context, v payment.CheckoutView) (view.Unpaid, payment.Overview, error) {
	about := payment.Overview{Profile: v.Profile, Order: v.Order, Payment: v.Payment}
	now, err := h.Checkout.Clock.Now(c.Request().Context(), v.Profile.ID)
	if err != nil {
		return view.Unpaid{}, about, fmt.Errorf("billing time: %w", err)
	}
	shown, err := portal.Unpaid(page.Texts(c), about, now)
	shown.ContinueURL = templ.SafeURL(c.Request().URL.RequestURI())
	return shown, about, err
}
