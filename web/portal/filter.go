package portal

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/web/urls"
)

// fewestToFilter is how many entries make a filter worth its room.
const fewestToFilter = 3

// asked is what an address asks of the billing history. What it does not
// understand it leaves out, so that no address is a dead end.
func asked(c echo.Context) payment.HistoryQuery {
	var q payment.HistoryQuery
	if k := payment.HistoryKind(c.QueryParam(view.KindField)); k.Types() != nil {
		q.Kind = k
	}
	switch s := payment.State(c.QueryParam(view.StatusField)); s {
	case payment.Approved, payment.Declined, payment.Pending, payment.Held:
		q.State = s
	}
	at, before, _ := strings.Cut(c.QueryParam(view.BeforeField), ".")
	if millis, err := strconv.ParseInt(at, 36, 64); err == nil && id.Valid("trn", before) {
		q.BeforeAt, q.BeforeID = time.UnixMilli(millis), payment.TransactionID(before)
	}
	return q
}

// address is the order's page with what is asked of the history.
func address(orderID order.ID, q payment.HistoryQuery) templ.SafeURL {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set(view.KindField, string(q.Kind))
	set(view.StatusField, string(q.State))
	if q.BeforeID != "" {
		set(view.BeforeField, strconv.FormatInt(q.BeforeAt.UnixMilli(), 36)+"."+string(q.BeforeID))
	}
	to := urls.Order(orderID)
	if len(values) > 0 {
		to += "?" + values.Encode()
	}
	return templ.SafeURL(to + "#history")
}

// historyOf is the page of the billing history that an address asks for. The
// newest entries come with the order; others are read for themselves.
func (h *Handlers) historyOf(c echo.Context, texts i18n.Localizer, link order.Link, v payment.Overview) (view.History, error) {
	q := asked(c)
	entries, more := v.Transactions, false
	if q.Plain() {
		if more = len(entries) > payment.HistoryPage; more {
			entries = entries[:payment.HistoryPage]
		}
	} else {
		var err error
		if entries, more, err = h.Payments.History(c.Request().Context(), link, q); err != nil {
			return view.History{}, err
		}
	}
	out := view.History{Entries: history(texts, v, entries)}
	if more {
		last := entries[len(entries)-1]
		older := q
		older.BeforeAt, older.BeforeID = last.CreatedAt, last.ID
		out.OlderURL = address(link.OrderID, older)
	}
	if q.BeforeID != "" {
		out.NewestURL = address(link.OrderID, payment.HistoryQuery{Kind: q.Kind, State: q.State})
	}
	if len(v.Transactions) >= fewestToFilter {
		out.Filter = filter(texts, link.OrderID, q)
	}
	return out, nil
}

func filter(texts i18n.Localizer, orderID order.ID, q payment.HistoryQuery) view.Filter {
	choice := func(value, label, chosen string) view.Choice {
		return view.Choice{Value: value, Label: label, Chosen: value == chosen}
	}
	kind := func(k payment.HistoryKind, key string) view.Choice {
		return choice(string(k), texts.T(key), string(q.Kind))
	}
	state := func(s payment.State) view.Choice { return choice(string(s), status(texts, s).Word, string(q.State)) }
	return view.Filter{
		URL: address(orderID, payment.HistoryQuery{}), On: q.Kind != "" || q.State != "",
		Kinds: []view.Choice{kind("", "portal.filter.all"), kind(payment.HistoryPayments, "portal.filter.payments"),
			kind(payment.HistoryRefunds, "portal.filter.refunds"), kind(payment.HistoryDisputes, "portal.filter.disputes")},
		States: []view.Choice{choice("", texts.T("portal.filter.all"), string(q.State)), state(payment.Approved), state(payment.Declined),
			state(payment.Pending), state(payment.Held)},
	}
}
