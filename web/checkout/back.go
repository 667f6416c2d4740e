package checkout

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	pages "github.com/quittance/quittance/templates/checkout"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/ticket"
	"github.com/quittance/quittance/web/urls"
)

// Back is GET /checkout/{id}/return: where the gateway sends a browser, and where
// it may call itself. The ticket in the address is enough, since a bank's app may
// come back in another browser; such a browser learns the outcome and nothing of
// the order. From a page of the merchant's own every browser is led on to the
// merchant, since none of them has a cookie of ours. What the gateway adds to the
// address is ignored. A HEAD asks nothing.
func (h *Handlers) Back(c echo.Context) error {
	id := payment.AttemptID(c.Param("id"))
	t, ok := ticket.Open(h.Ring, id, c.QueryParam("t"), ticket.Return, ticket.OwnPage)
	if !ok || t.Over(h.Clock.Wall()) {
		if _, _, err := h.find(c); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, urls.Checkout(id))
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	v, err := h.Payments.CheckReturn(c.Request().Context(), t.ProfileID, id)
	if err != nil {
		return fmt.Errorf("return of checkout: %w", err)
	}
	know(c, v)
	ours := mayLeadOn(c, v)
	if ours || t.Way == ticket.OwnPage {
		to, err := h.onward(v)
		if err != nil {
			return err
		}
		if to != "" {
			return c.Redirect(http.StatusSeeOther, to)
		}
	}
	if ours {
		return h.leadOn(c, v)
	}
	return h.tell(c, v)
}

// Outcome is what a return may say.
type Outcome int

// The outcomes of a checkout for a browser that comes from paying.
const (
	Checking Outcome = iota
	Approved
	Declined
	Held
	Over // nothing was paid and nothing can be
)

// Outcome reads the books for a browser that comes from paying. A checkout of
// which nothing is booked yet is being checked, whether it is open, replaced or
// past its time: the gateway may know more than we do, unless it says that it is
// over there too.
func (h *Handlers) Outcome(v payment.CheckoutView) Outcome {
	switch v.Result(h.Clock.Wall()) {
	case payment.ResultPaid, payment.ResultReturned:
		return Approved
	case payment.ResultHeld:
		return Held
	case payment.ResultDeclined:
		return Declined
	case payment.ResultSuperseded:
		if v.Latest.State == payment.Declined {
			return Declined
		}
	case payment.ResultExpired:
		if v.Gone || !v.Attempt.State.Open() {
			return Over
		}
	case payment.ResultChecking, payment.ResultOpening, payment.ResultOpen:
	}
	return Checking
}

// onward is the merchant's own address for what became of a checkout; empty where
// the order names none, and while nobody knows.
func (h *Handlers) onward(v payment.CheckoutView) (string, error) {
	if v.Payment.Kind == payment.Registration { // a customer of ours, who came from the portal
		return "", nil
	}
	var outcome order.Outcome
	switch h.Outcome(v) {
	case Approved:
		outcome = order.OutcomeApproved
	case Declined:
		outcome = order.OutcomeDeclined
	case Checking, Held, Over:
		return "", nil
	}
	told, err := h.Orders.Onward(v.Order, outcome)
	return told.Address, err
}

// leadOn answers the browser that paid, where the merchant has no page of its own.
func (h *Handlers) leadOn(c echo.Context, v payment.CheckoutView) error {
	switch h.Outcome(v) {
	case Approved, Held:
		return c.Redirect(http.StatusSeeOther, urls.Order(v.Order.ID))
	case Declined, Over:
		return c.Redirect(http.StatusSeeOther, urls.Checkout(v.Attempt.ID))
	case Checking:
	}
	return h.showChecking(c, pages.Checking{About: AboutTry(c, v)})
}

// tell answers any other browser: it may know the outcome, and no more.
func (h *Handlers) tell(c echo.Context, v payment.CheckoutView) error {
	p := page.New(c)
	switch h.Outcome(v) {
	case Approved:
		asks, amount := AsksOf(page.Texts(c), v)
		return page.Render(c, http.StatusOK, pages.ElsewherePage(p, pages.Elsewhere{Asks: asks, Amount: amount}))
	case Declined:
		return page.Render(c, http.StatusOK, pages.DeclinedPage(p, pages.Declined{Reason: reason(v)}))
	case Held:
		return page.Render(c, http.StatusOK, pages.HeldPage(p, pages.Held{}))
	case Over:
		return page.Render(c, http.StatusOK, pages.ExpiredPage(p, pages.Expired{Unpaid: v.Attempt.Unpaid()}))
	case Checking:
	}
	return h.showChecking(c, pages.Checking{})
}

// showChecking shows the same address again in a few seconds; how often the
// gateway is asked is the domain's to say.
func (h *Handlers) showChecking(c echo.Context, v pages.Checking) error {
	v.ReloadURL = templ.SafeURL("?" + url.Values{"t": {c.QueryParam("t")}}.Encode())
	page.Refresh(c, "")
	return page.Render(c, http.StatusOK, pages.CheckingPage(page.New(c), v))
}
