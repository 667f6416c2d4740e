// Package portal holds the pages of one order: its payment link, the page that
// asks to be paid, and ever after the order portal with its papers.
package portal

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	pages "github.com/quittance/quittance/templates/checkout"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/web/checkout"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/session"
	"github.com/quittance/quittance/web/urls"
)

// Handlers answer for orders.
type Handlers struct {
	Orders   *order.Service
	Payments *payment.Service
	Course   *collect.Course
	Papers   *paper.Service
	Sessions *session.Store
	Checkout *checkout.Handlers
}

// OpenLink is GET and HEAD /pay/{token}. It notes in the browser's cookie that it
// came by the link, and leads to the order. A HEAD does not even that; neither
// changes anything of ours, since mail scanners open links too.
func (h *Handlers) OpenLink(c echo.Context) error {
	link, err := h.Orders.OpenLink(c.Request().Context(), c.Param("token"))
	if errors.Is(err, order.ErrLinkUnknown) {
		if merchant, ownerErr := h.Orders.LinkOwner(c.Request().Context(), c.Param("token")); ownerErr == nil {
			page.Know(c, merchant, "", "")
		} else if !errors.Is(ownerErr, order.ErrLinkUnknown) {
			return ownerErr
		}
	}
	if err != nil {
		return err
	}
	if c.Request().Method != http.MethodHead {
		s := page.Session(c)
		s.Grant(link)
		if err := h.Sessions.Save(c.Response(), c.Request(), s); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, urls.Order(link.OrderID))
}

// order reads the order of the address for a browser that came by its link. It
// returns page.ErrClosed for any other browser, and order.ErrLinkUnknown once the
// link is revoked.
func (h *Handlers) order(c echo.Context) (payment.Overview, order.Link, error) {
	link, err := page.Grant(c, order.ID(c.Param("id")))
	if err != nil {
		return payment.Overview{}, link, err
	}
	v, err := h.Payments.Overview(c.Request().Context(), link)
	if err != nil {
		err = h.Checkout.NameMerchant(c, link, err)
		return v, link, fmt.Errorf("read order %s: %w", link.OrderID, err)
	}
	page.Know(c, v.Profile, v.Order.Language, urls.Order(v.Order.ID))
	return v, link, nil
}

// Show is GET /orders/{id}: what the order's state asks for.
func (h *Handlers) Show(c echo.Context) error {
	v, link, err := h.order(c)
	if err != nil {
		return err
	}
	p, texts := page.New(c), page.Texts(c)
	about := checkout.About(texts, v.Order, v.Payment.Amount)
	switch {
	case begun(v):
		out := show(texts, v)
		if said := confirmation(c, v); said.Text != "" {
			out.Notice = said
		}
		if out.History, err = h.historyOf(c, texts, link, v); err != nil {
			return err
		}
		if several(v.Order) {
			if err := h.addCards(c, &out, v); err != nil {
				return err
			}
		}
		return page.Render(c, http.StatusOK, view.ShowPage(p, out))
	case v.Undecided == payment.Held:
		return page.Render(c, http.StatusOK, pages.HeldPage(p, pages.Held{About: about}))
	case v.Undecided == payment.Pending, c.QueryParam("busy") != "" && v.Order.Status.Preliminary():
		page.Refresh(c, urls.Order(v.Order.ID))
		return page.Render(c, http.StatusOK, pages.CheckingPage(p, pages.Checking{About: about, ReloadURL: templ.SafeURL(urls.Order(v.Order.ID))}))
	case !v.Order.Status.Preliminary():
		return page.Render(c, http.StatusOK, view.EndedPage(p, ended(texts, v)))
	}
	until, err := h.Checkout.CoolDown(c, link)
	if err != nil {
		return err
	}
	if !until.IsZero() {
		return h.Checkout.ShowCoolDown(c, until, about)
	}
	out, err := h.unpaid(c, v)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, view.UnpaidPage(p, out))
}

// unpaid is the page of an order as it would be if it began now.
func (h *Handlers) unpaid(c echo.Context, v payment.Overview) (view.Unpaid, error) {
	now, err := h.Checkout.Clock.Now(c.Request().Context(), v.Profile.ID)
	if err != nil {
		return view.Unpaid{}, fmt.Errorf("billing time: %w", err)
	}
	return Unpaid(page.Texts(c), v, now)
}

// Pay is POST /orders/{id}/pay, "Continue to payment": it keeps the consent and
// leads on to the checkout.
func (h *Handlers) Pay(c echo.Context) error {
	v, link, err := h.order(c)
	if err != nil {
		return err
	}
	if begun(v) || !v.Order.Status.Preliminary() {
		return c.Redirect(http.StatusSeeOther, urls.Order(v.Order.ID))
	}
	p := page.New(c)
	shown, err := h.unpaid(c, v)
	if err != nil {
		return err
	}
	consent, err := ReadConsent(c, p, v, shown)
	if errors.Is(err, order.ErrNoConsent) {
		shown.Consent.Error = Missing(c, err)
		return page.Render(c, http.StatusUnprocessableEntity, view.UnpaidPage(p, shown))
	}
	if err != nil {
		return err
	}
	if err := h.Orders.KeepConsent(c.Request().Context(), actor.Actor{Kind: actor.Customer, ID: string(link.OrderID)}, consent); err != nil {
		return err
	}
	return h.Checkout.Start(c, link, checkout.About(page.Texts(c), v.Order, v.Payment.Amount))
}

// Missing is the message beside the box of a form without consent.
func Missing(c echo.Context, err error) string {
	var f *fault.Error
	if errors.As(err, &f) && len(f.Fields) > 0 {
		return page.Texts(c).Field(f.Fields[0].Code, f.Fields[0].Public)
	}
	return page.Texts(c).Fault(order.ErrNoConsent.Code, order.ErrNoConsent.Public)
}
