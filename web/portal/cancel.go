package portal

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/form"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/urls"
)

// endingOf is what the customer may do about the end of a subscription.
func endingOf(texts i18n.Localizer, v payment.Overview) view.Ending {
	switch {
	case v.Order.May(order.EndPeriod) == nil:
		return view.Ending{CancelURL: templ.SafeURL(urls.Cancel(v.Order.ID))}
	case v.Order.May(order.UndoEnd) != nil:
		return view.Ending{}
	}
	out := view.Ending{KeepURL: templ.SafeURL(urls.Keep(v.Order.ID))}
	if p := v.Last; p.Status == schedule.Cancelled {
		out.Keep = texts.T("portal.undo.about", "amount", texts.Money(p.Amount), "date", teller{texts, v}.date(p.DueOn))
	}
	return out
}

// AskCancel is GET /orders/{id}/cancel: what cancelling means, and the button that
// does it. It changes nothing.
func (h *Handlers) AskCancel(c echo.Context) error {
	v, link, err := h.order(c)
	if err != nil {
		return err
	}
	until, err := h.Course.PeriodEnd(c.Request().Context(), link.ProfileID, link.OrderID)
	if isRefusal(err) {
		return c.Redirect(http.StatusSeeOther, urls.Order(link.OrderID))
	}
	if err != nil {
		return err
	}
	out, err := h.cancelPage(c, v, until)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, view.CancelPage(page.New(c), out))
}

// cancelPage says what happens when a subscription is cancelled now.
func (h *Handlers) cancelPage(c echo.Context, v payment.Overview, until string) (view.Cancel, error) {
	now, err := h.Checkout.Clock.Now(c.Request().Context(), v.Profile.ID)
	if err != nil {
		return view.Cancel{}, fmt.Errorf("billing time: %w", err)
	}
	texts := page.Texts(c)
	out := view.Cancel{Number: v.Order.InvoiceID, Order: lines(texts, v.Order), Until: until,
		ConfirmURL: templ.SafeURL(urls.Cancel(v.Order.ID)), BackURL: templ.SafeURL(urls.Order(v.Order.ID))}
	out.What = whatCancelMeans(teller{texts, v}, until, now)
	return out, nil
}

func whatCancelMeans(s teller, until string, now time.Time) []string {
	mail := s.t("portal.cancel.mail")
	if until <= schedule.DayOf(now, s.v.Profile.Location()) {
		return []string{s.t("portal.cancel.now"), s.t("portal.next.ended"), mail}
	}
	what := []string{s.t("portal.cancel.until", "date", s.date(until))}
	if owed := s.v.Sums.Declined; owed.IsPositive() {
		what = append(what, s.t("portal.cancel.outstanding", "amount", s.texts.Money(owed)))
	} else {
		what = append(what, s.t("portal.cancel.none_due"))
	}
	return append(what, s.t("portal.cancel.undo_until"), mail)
}

// Cancel is POST /orders/{id}/cancel. Where the day is another than the customer
// was shown, the page asks anew.
func (h *Handlers) Cancel(c echo.Context) error {
	_, link, err := h.order(c)
	if err != nil {
		return err
	}
	f, err := form.Read(c.Response().Writer, c.Request())
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	until, err := h.Course.PeriodEnd(ctx, link.ProfileID, link.OrderID)
	if err == nil {
		if f.Value(view.UntilField) != until {
			return c.Redirect(http.StatusSeeOther, urls.Cancel(link.OrderID))
		}
		_, err = h.Course.CancelLater(ctx, actor.Actor{Kind: actor.Customer, ID: string(link.OrderID)}, link.ProfileID, link.OrderID)
	}
	return done(c, link, err, doneCancelled)
}

// Keep is POST /orders/{id}/keep: the customer takes a cancellation back.
func (h *Handlers) Keep(c echo.Context) error {
	_, link, err := h.order(c)
	if err != nil {
		return err
	}
	_, err = h.Course.UndoCancel(c.Request().Context(), actor.Actor{Kind: actor.Customer, ID: string(link.OrderID)}, link.ProfileID, link.OrderID)
	return done(c, link, err, doneKept)
}

// What was just done, in the query of the order's page.
const (
	doneCancelled = "cancelled"
	doneKept      = "kept"
)

// done leads on to the order's page, which says how the order stands; also after a
// second press, or one that came too late.
func done(c echo.Context, link order.Link, err error, what string) error {
	switch {
	case err == nil:
		return c.Redirect(http.StatusSeeOther, urls.OrderDone(link.OrderID, what))
	case isRefusal(err):
		return c.Redirect(http.StatusSeeOther, urls.Order(link.OrderID))
	}
	return err
}

// isRefusal reports whether the order's present state says no.
func isRefusal(err error) bool {
	return errors.Is(err, order.ErrEnded) || errors.Is(err, order.ErrNotCancellable) || errors.Is(err, order.ErrNotCancelling)
}

// confirmation tells what was just done, as far as it is so.
func confirmation(c echo.Context, v payment.Overview) ui.Alert {
	key := ""
	switch what := c.QueryParam("done"); {
	case what == doneCancelled && (v.Order.CancelsOn != "" || v.Order.Status.Final()):
		key = "portal.cancelled.notice"
	case what == doneKept && v.Order.CancelsOn == "" && !v.Order.Status.Final():
		key = "portal.undone.notice"
	default:
		return ui.Alert{}
	}
	return ui.Alert{Tone: ui.Good, Text: page.Texts(c).T(key)}
}
