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
	"github.com/quittance/quittance/web/urls"
)

// Back is GET /checkout/{id}/return: where the gateway sends a browser, and where
// it may call itself. The signed token in the address is enough, since a bank's
// app may come back in another browser; such a browser learns the outcome and
// nothing of the order. What the gateway adds to the address is ignored. A HEAD
// asks nothing.
func (h *Handlers) Back(c echo.Context) error {
	id := payment.AttemptID(c.Param("id"))
	profileID, ok := openReturn(h.Ring, id, c.QueryParam("t"), h.Clock.Wall())
	if !ok {
		if _, _, err := h.find(c); err != nil {
			return err
		}
		return c.Redirect(http.StatusSeeOther, urls.Checkout(id))
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	v, err := h.Payments.CheckReturn(c.Request().Context(), profileID, id)
	if err != nil {
		return fmt.Errorf("return of checkout: %w", err)
	}
	know(c, v)
	if mayLeadOn(c, v) {
		return h.leadOn(c, v)
	}
	return h.tell(c, v)
}

// outcome is what a return may say.
type outcome int

const (
	checking outcome = iota
	approved
	declined
	held
	over // nothing was paid and nothing can be
)

// outcome reads the books for a browser that comes from paying. A checkout of
// which nothing is booked yet is being checked, whether it is open, replaced or
// past its time: the gateway may know more than we do, unless it says that it is
// over there too.
func (h *Handlers) outcome(v payment.CheckoutView) outcome {
	switch v.Result(h.Clock.Wall()) {
	case payment.ResultPaid, payment.ResultReturned:
		return approved
	case payment.ResultHeld:
		return held
	case payment.ResultDeclined:
		return declined
	case payment.ResultSuperseded:
		if v.Latest.State == payment.Declined {
			return declined
		}
	case payment.ResultExpired:
		if v.Gone || !v.Attempt.State.Open() {
			return over
		}
	case payment.ResultChecking, payment.ResultOpening, payment.ResultOpen:
	}
	return checking
}

// leadOn answers the browser that paid.
func (h *Handlers) leadOn(c echo.Context, v payment.CheckoutView) error {
	switch h.outcome(v) {
	case approved:
		return h.goOn(c, v, order.OutcomeApproved, urls.Order(v.Order.ID))
	case declined:
		return h.goOn(c, v, order.OutcomeDeclined, urls.Checkout(v.Attempt.ID))
	case held:
		return c.Redirect(http.StatusSeeOther, urls.Order(v.Order.ID))
	case over:
		return c.Redirect(http.StatusSeeOther, urls.Checkout(v.Attempt.ID))
	case checking:
	}
	return h.showChecking(c, pages.Checking{About: aboutTry(c, v)})
}

// goOn leads to the merchant's own page where the order names one, else to ours.
func (h *Handlers) goOn(c echo.Context, v payment.CheckoutView, outcome order.Outcome, ours string) error {
	if v.Payment.Kind == payment.Registration { // a customer of ours, who came from the portal
		return c.Redirect(http.StatusSeeOther, ours)
	}
	to, err := h.Orders.Onward(v.Order, outcome)
	if err != nil {
		return err
	}
	if to == "" {
		to = ours
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// tell answers any other browser: it may know the outcome, and no more.
func (h *Handlers) tell(c echo.Context, v payment.CheckoutView) error {
	p := page.New(c)
	switch h.outcome(v) {
	case approved:
		asks, amount := asksOf(page.Texts(c), v)
		return page.Render(c, http.StatusOK, pages.ElsewherePage(p, pages.Elsewhere{Asks: asks, Amount: amount}))
	case declined:
		return page.Render(c, http.StatusOK, pages.DeclinedPage(p, pages.Declined{Reason: reason(v)}))
	case held:
		return page.Render(c, http.StatusOK, pages.HeldPage(p, pages.Held{}))
	case over:
		return page.Render(c, http.StatusOK, pages.ExpiredPage(p, pages.Expired{}))
	case checking:
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
