package checkout

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/payment"
	pages "github.com/quittance/quittance/templates/checkout"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/urls"
)

var errNoIntegrity = errors.New("checkout: the gateway announced no hash of its script")

// Show is GET /checkout/{id}: the card fields, or what became of the checkout. It
// changes nothing.
func (h *Handlers) Show(c echo.Context) error {
	v, _, err := h.find(c)
	if err != nil {
		return err
	}
	know(c, v)
	p, order := page.New(c), urls.Order(v.Order.ID)
	switch v.Result(h.Clock.Wall()) {
	case payment.ResultOpen, payment.ResultDeclined:
		return h.showWidget(c, p, v)
	case payment.ResultOpening:
		page.Refresh(c, "")
		return page.Render(c, http.StatusOK, pages.OpeningPage(p, pages.Opening{BackURL: templ.SafeURL(order)}))
	case payment.ResultChecking:
		page.Refresh(c, "")
		return page.Render(c, http.StatusOK, pages.CheckingPage(p, pages.Checking{Number: v.Order.InvoiceID, Amount: page.Texts(c).Money(v.Attempt.Amount),
			ReloadURL: templ.SafeURL(urls.Checkout(v.Attempt.ID))}))
	case payment.ResultHeld:
		return page.Render(c, http.StatusOK, pages.HeldPage(p, pages.Held{Number: v.Order.InvoiceID, Amount: page.Texts(c).Money(v.Attempt.Amount)}))
	case payment.ResultSuperseded:
		return page.Render(c, http.StatusOK, pages.SupersededPage(p, pages.Superseded{ContinueURL: templ.SafeURL(order)}))
	case payment.ResultExpired:
		return page.Render(c, http.StatusOK, pages.ExpiredPage(p, pages.Expired{ContinueURL: templ.SafeURL(urls.Checkout(v.Attempt.ID))}))
	case payment.ResultPaid, payment.ResultReturned:
	}
	return c.Redirect(http.StatusSeeOther, order)
}

// Renew is POST /checkout/{id}: a new checkout for the order of one that has
// expired, or of which the gateway told the browser so. The consent that was given
// for the order stands.
func (h *Handlers) Renew(c echo.Context) error {
	v, link, err := h.find(c)
	if err != nil {
		return err
	}
	know(c, v)
	return h.start(c, link, v.Attempt.ID)
}

func (h *Handlers) showWidget(c echo.Context, p ui.Page, v payment.CheckoutView) error {
	a := v.Attempt
	if !strings.HasPrefix(a.Integrity, "sha") || a.ScriptURL == "" {
		return payment.ErrGateway.Because(errNoIntegrity)
	}
	account, err := h.Profiles.AccountByID(c.Request().Context(), a.AccountID)
	if err != nil {
		return fmt.Errorf("account of checkout %s: %w", a.ID, err)
	}
	driver, err := h.Drivers.Driver(account)
	if err != nil {
		return err
	}
	token, err := signReturn(h.Ring, a, h.Clock.Wall())
	if err != nil {
		return err
	}
	brands := account.Brands
	if len(brands) == 0 {
		brands = gateway.DefaultBrands()
	}
	texts := page.Texts(c)
	w := pages.Widget{
		Number: v.Order.InvoiceID, Amount: texts.Money(a.Amount), ReturnURL: templ.SafeURL(h.Site.CheckoutReturn(a.ID, token)),
		Brands: strings.Join(brands, " "), ScriptURL: a.ScriptURL, ScriptIntegrity: a.Integrity, BackURL: templ.SafeURL(urls.Order(v.Order.ID)),
		RenewURL: templ.SafeURL(urls.Checkout(a.ID)),
	}
	for _, l := range v.Order.Lines {
		w.Summary = append(w.Summary, ui.Line{Description: l.Name, Total: texts.Money(l.Total)})
	}
	if v.Latest.State == payment.Declined {
		w.Reason = reason(v)
	}
	sources := driver.Sources(account)
	// Browsers hold a form to the policy on the whole way that it leads.
	sources.FormAction = append(slices.Clone(sources.FormAction), v.Order.OnwardOrigins()...)
	return page.RenderWidget(c, pages.WidgetPage(p, w), sources)
}

// reason is why the latest try was declined; a gateway that told none reads like
// a bank that gave none.
func reason(v payment.CheckoutView) string {
	if v.Latest.Reason == "" {
		return "soft"
	}
	return string(v.Latest.Reason)
}
