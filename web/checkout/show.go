package checkout

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/tamper"
	pages "github.com/quittance/quittance/templates/checkout"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/report"
	"github.com/quittance/quittance/web/ticket"
	"github.com/quittance/quittance/web/urls"
)

var errNoIntegrity = errors.New("checkout: the gateway announced no hash of its script")

// Show is GET /checkout/{id}: the card fields, or what became of the checkout. It
// changes nothing.
func (h *Handlers) Show(c echo.Context) error {
	v, link, err := h.find(c)
	if err != nil {
		return err
	}
	know(c, v)
	p, order := page.New(c), urls.Order(v.Order.ID)
	switch v.Result(h.Clock.Wall()) {
	case payment.ResultDeclined:
		until, err := h.CoolDown(c, link)
		if err != nil {
			return err
		}
		if !until.IsZero() {
			return h.ShowCoolDown(c, until, AboutTry(c, v))
		}
		return h.showWidget(c, p, v)
	case payment.ResultOpen:
		return h.showWidget(c, p, v)
	case payment.ResultOpening:
		page.Refresh(c, "")
		return page.Render(c, http.StatusOK, pages.OpeningPage(p, pages.Opening{BackURL: templ.SafeURL(order)}))
	case payment.ResultChecking:
		page.Refresh(c, "")
		return page.Render(c, http.StatusOK, pages.CheckingPage(p, pages.Checking{About: AboutTry(c, v),
			ReloadURL: templ.SafeURL(urls.Checkout(v.Attempt.ID))}))
	case payment.ResultHeld:
		return page.Render(c, http.StatusOK, pages.HeldPage(p, pages.Held{About: AboutTry(c, v)}))
	case payment.ResultSuperseded:
		return page.Render(c, http.StatusOK, pages.SupersededPage(p, pages.Superseded{About: AboutTry(c, v), Unpaid: v.Attempt.Unpaid(), ContinueURL: templ.SafeURL(order)}))
	case payment.ResultExpired:
		return page.Render(c, http.StatusOK, pages.ExpiredPage(p, pages.Expired{About: AboutTry(c, v), Unpaid: v.Attempt.Unpaid(),
			ContinueURL: templ.SafeURL(urls.Checkout(v.Attempt.ID)), BackURL: templ.SafeURL(order)}))
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
	if v.Payment.Kind == payment.Registration {
		return h.startRegistration(c, link, AboutTry(c, v), v.Payment.Settles, v.Attempt.ID)
	}
	return h.start(c, link, AboutTry(c, v), v.Attempt.ID)
}

// AboutTry reminds of what a checkout asks for.
func AboutTry(c echo.Context, v payment.CheckoutView) ui.Reminder {
	if v.Payment.Kind == payment.Registration {
		return About(page.Texts(c), v.Order, v.Payment.Settles)
	}
	return About(page.Texts(c), v.Order, v.Attempt.Amount)
}

// showWidget shows the card fields for as long as the checkout may be shown; then
// the page loads itself again, and says what is so.
func (h *Handlers) showWidget(c echo.Context, p ui.Page, v payment.CheckoutView) error {
	a := v.Attempt
	token, err := ticket.Of(a, ticket.Return, h.Clock.Wall().Add(ticket.ReturnLife)).Sign(h.Ring)
	if err != nil {
		return err
	}
	w, allowed, err := h.Widget(c, v, tamper.Checkout)
	if err != nil {
		return err
	}
	w.ReturnURL, w.SelfURL, w.BackURL = templ.SafeURL(h.Site.CheckoutReturn(a.ID, token)), templ.SafeURL(urls.Checkout(a.ID)), templ.SafeURL(urls.Order(v.Order.ID))
	if v.Payment.Kind == payment.Registration {
		w.BackURL = templ.SafeURL(urls.Card(v.Order.ID))
	}
	// Browsers hold a form to the policy on the whole way that it leads.
	allowed.Sources.FormAction = append(slices.Clone(allowed.Sources.FormAction), v.Order.OnwardOrigins()...)
	page.RefreshAfter(c, a.ExpiresAt.Sub(h.Clock.Wall()))
	return page.RenderWidget(c, pages.WidgetPage(p, w), allowed)
}

// Widget is what the card fields of a checkout need, without the ways that lead
// from them, and what a page of a kind with them must allow.
func (h *Handlers) Widget(c echo.Context, v payment.CheckoutView, on tamper.Page) (pages.Widget, page.Widget, error) {
	a := v.Attempt
	if !strings.HasPrefix(a.Integrity, "sha") || a.ScriptURL == "" {
		return pages.Widget{}, page.Widget{}, payment.ErrGateway.Because(errNoIntegrity)
	}
	account, err := h.Profiles.AccountByID(c.Request().Context(), a.AccountID)
	if err != nil {
		return pages.Widget{}, page.Widget{}, fmt.Errorf("account of checkout %s: %w", a.ID, err)
	}
	driver, err := h.Drivers.Driver(account)
	if err != nil {
		return pages.Widget{}, page.Widget{}, err
	}
	brands := account.Brands
	if len(brands) == 0 {
		brands = gateway.DefaultBrands()
	}
	texts := page.Texts(c)
	w := pages.Widget{Number: v.Order.InvoiceID, Until: texts.Time(a.ExpiresAt, page.Zone(c)), Brands: strings.Join(brands, " "),
		ScriptURL: a.ScriptURL, ScriptIntegrity: a.Integrity}
	w.Asks, w.Amount = AsksOf(texts, v)
	now, err := h.Clock.Now(c.Request().Context(), v.Profile.ID)
	if err != nil {
		return w, page.Widget{}, fmt.Errorf("billing time: %w", err)
	}
	if v.Payment.Kind != payment.Registration {
		if w.Terms, err = paper.Terms(texts, v.Order, now, v.Profile.Location()); err != nil {
			return w, page.Widget{}, err
		}
	}
	if v.Payment.Amount.IsZero() && a.Amount.IsPositive() {
		w.Terms += " " + texts.T("terms.check", "amount", texts.Money(a.Amount))
	}
	for _, l := range v.Order.Lines {
		line := ui.Line{Description: l.Name}
		if v.Order.Type != catalog.Metered && l.Total.IsPositive() { // a metered price is no part of any payment
			line.Total = texts.Money(l.Total)
		}
		w.Summary = append(w.Summary, line)
	}
	if v.Latest.State == payment.Declined {
		w.Reason = reason(v)
	}
	reports, err := report.Address(h.Ring, v.Profile.ID, on)
	return w, page.Widget{Sources: driver.Sources(account), Reports: reports}, err
}

// reason is why the latest try was declined; a gateway that told none reads like
// a bank that gave none.
func reason(v payment.CheckoutView) string {
	if v.Latest.Reason == "" {
		return "soft"
	}
	return string(v.Latest.Reason)
}
