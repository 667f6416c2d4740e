package portal

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/checkout"
	"github.com/quittance/quittance/web/form"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/urls"
)

// Cards is GET /orders/{id}/card: the cards of a live order and what may be done
// with them. Where only an update may follow, it shows what is outstanding first.
func (h *Handlers) Cards(c echo.Context) error {
	v, link, w, err := h.wallet(c)
	if err != nil {
		return err
	}
	if w.Order.May(order.UpdateCard) != nil {
		return c.Redirect(http.StatusSeeOther, urls.Order(link.OrderID))
	}
	out, err := cardPage(page.Texts(c), v, w)
	if err != nil {
		return err
	}
	out.Notice = said(page.Texts(c), c.QueryParam("said"))
	return page.Render(c, http.StatusOK, view.CardsPage(page.New(c), out))
}

// StoreCard is POST /orders/{id}/card: it keeps the consent and leads on to the
// card fields. The form carries the amount that its reader was shown; when another
// one is outstanding by now, that is shown and nothing begins.
func (h *Handlers) StoreCard(c echo.Context) error {
	v, link, w, err := h.wallet(c)
	if err != nil {
		return err
	}
	f, err := form.Read(c.Response().Writer, c.Request())
	if err != nil {
		return err
	}
	if w.Order.May(order.UpdateCard) != nil {
		return c.Redirect(http.StatusSeeOther, urls.Order(link.OrderID))
	}
	p, texts := page.New(c), page.Texts(c)
	out, err := cardPage(texts, v, w)
	if err != nil {
		return err
	}
	if f.Value(view.ShownField) != out.Shown {
		return c.Redirect(http.StatusSeeOther, urls.CardSaid(link.OrderID, payment.ErrOutstandingChanged.Code))
	}
	if !f.Checked(ui.ConsentID) {
		out.Consent.Error = Missing(c, order.ErrNoConsent.With(fault.Field{Pointer: ui.ConsentID, Code: "consent_terms",
			Public: "Please accept the terms to continue. Nothing has been charged."}))
		return page.Render(c, http.StatusUnprocessableEntity, view.CardsPage(p, out))
	}
	if err := h.Orders.KeepConsent(c.Request().Context(), customer(link), order.Consent{ID: id.New("cns"), ProfileID: v.Profile.ID, OrderID: v.Order.ID,
		TermsVersion: v.Profile.Details.TermsVersion, Language: p.Lang, Text: strings.TrimSpace(agreed(texts, out) + " " + out.Consent.Sentence(p)), IP: c.RealIP()}); err != nil {
		return err
	}
	owed, err := w.Owed()
	if err != nil {
		return err
	}
	err = h.Checkout.StartRegistration(c, link, checkout.About(texts, v.Order, owed), owed)
	if errors.Is(err, payment.ErrOutstandingChanged) {
		return c.Redirect(http.StatusSeeOther, urls.CardSaid(link.OrderID, payment.ErrOutstandingChanged.Code))
	}
	return err
}

// ChooseCard is POST /orders/{id}/card/choose.
func (h *Handlers) ChooseCard(c echo.Context) error {
	return h.change(c, func(link order.Link, f form.Form) (string, error) {
		return urls.CardSaid(link.OrderID, "chosen"),
			h.Payments.ChooseMethod(c.Request().Context(), customer(link), link.ProfileID, link.OrderID, payment.MethodID(f.Value(view.CardField)))
	})
}

// RemoveCard is POST /orders/{id}/card/remove.
func (h *Handlers) RemoveCard(c echo.Context) error {
	return h.change(c, func(link order.Link, f form.Form) (string, error) {
		return urls.CardSaid(link.OrderID, "removed"),
			h.Payments.RemoveMethod(c.Request().Context(), customer(link), link.ProfileID, link.OrderID, payment.MethodID(f.Value(view.CardField)))
	})
}

// TryCard is POST /orders/{id}/card/try: what is outstanding is charged to the card
// in use once more.
func (h *Handlers) TryCard(c echo.Context) error {
	return h.change(c, func(link order.Link, f form.Form) (string, error) {
		v, err := h.Payments.Overview(c.Request().Context(), link)
		if err != nil {
			return "", err
		}
		minor, err := strconv.ParseInt(f.Value(view.ShownField), 10, 64)
		if err != nil {
			return "", payment.ErrOutstandingChanged
		}
		return urls.Order(link.OrderID), h.Payments.TryAgain(c.Request().Context(), customer(link), link.ProfileID, link.OrderID, money.New(minor, v.Order.Total.Currency()))
	})
}

// change does what a button asks for and leads on; what is refused is said on the
// page of the cards.
func (h *Handlers) change(c echo.Context, do func(order.Link, form.Form) (string, error)) error {
	_, link, err := h.order(c)
	if err != nil {
		return err
	}
	f, err := form.Read(c.Response().Writer, c.Request())
	if err != nil {
		return err
	}
	to, err := do(link, f)
	var refused *fault.Error
	if errors.As(err, &refused) && slices.Contains(sayings, refused.Code) {
		to, err = urls.CardSaid(link.OrderID, refused.Code), nil
	}
	if errors.Is(err, order.ErrCardFixed) || errors.Is(err, order.ErrEnded) {
		to, err = urls.Order(link.OrderID), nil
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// wallet reads an order with its cards. It returns order.ErrCardFixed for one that
// has none of its own.
func (h *Handlers) wallet(c echo.Context) (payment.Overview, order.Link, payment.Wallet, error) {
	v, link, err := h.order(c)
	if err != nil {
		return v, link, payment.Wallet{}, err
	}
	w, err := h.Payments.Wallet(c.Request().Context(), v)
	if err != nil {
		return v, link, w, fmt.Errorf("read cards of %s: %w", link.OrderID, err)
	}
	return v, link, w, nil
}

// addCards adds to the page of an order its cards and its schedule. While a new
// card is being charged the page loads itself again.
func (h *Handlers) addCards(c echo.Context, out *view.Show, v payment.Overview) error {
	w, err := h.Payments.Wallet(c.Request().Context(), v)
	if err != nil {
		return fmt.Errorf("read cards of %s: %w", v.Order.ID, err)
	}
	if _, on := w.Settling(); on {
		page.Refresh(c, urls.Order(v.Order.ID))
	}
	return withCards(page.Texts(c), out, v, w)
}

func customer(link order.Link) actor.Actor {
	return actor.Actor{Kind: actor.Customer, ID: string(link.OrderID)}
}

// sayings are the codes of faults that the page of the cards says.
var sayings = []string{payment.ErrOutstandingChanged.Code, payment.ErrCardInUse.Code, payment.ErrMustUpdate.Code, payment.ErrCardUnusable.Code,
	payment.ErrInProgress.Code, payment.ErrHeld.Code, payment.ErrMethodNotFound.Code}

// said is the sentence of a code; none for a code of nobody's.
func said(texts i18n.Localizer, code string) ui.Alert {
	switch {
	case code == "chosen", code == "removed":
		return ui.Alert{Tone: ui.Good, Text: texts.T("card.said." + code)}
	case code == payment.ErrInProgress.Code:
		return ui.Alert{Tone: ui.Wait, Text: texts.T("card.said.busy")}
	case slices.Contains(sayings, code):
		return ui.Alert{Tone: ui.Wait, Text: texts.Fault(code, "")}
	}
	return ui.Alert{}
}
