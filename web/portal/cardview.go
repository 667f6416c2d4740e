package portal

import (
	"strconv"

	"github.com/a-h/templ"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/urls"
)

// upcomingAtOnce is how many coming payments stand there at once.
const upcomingAtOnce = 3

// cardPage is the page on which the cards of an order are changed.
func cardPage(texts i18n.Localizer, v payment.Overview, w payment.Wallet) (view.CardPage, error) {
	owed, err := w.Owed()
	if err != nil {
		return view.CardPage{}, err
	}
	o := v.Order
	out := view.CardPage{Number: o.InvoiceID, Update: w.MustUpdate(), Shown: strconv.FormatInt(owed.Minor(), 10), Consent: consentBox(texts, v),
		Cards: cardsOf(texts, w), Button: texts.T("card.add.button"), StartURL: templ.SafeURL(urls.Card(o.ID)), ChooseURL: templ.SafeURL(urls.ChooseCard(o.ID)),
		RemoveURL: templ.SafeURL(urls.RemoveCard(o.ID)), AgainURL: templ.SafeURL(urls.TryCard(o.ID)), BackURL: templ.SafeURL(urls.Order(o.ID))}
	if out.Update {
		out.Button = texts.T("card.update")
	}
	if owed.IsPositive() {
		out.Amount = texts.Money(owed)
		out.Button = texts.T("card.update.pay", "amount", out.Amount)
		for _, p := range w.Outstanding() {
			out.Owed = append(out.Owed, dueOf(texts, w, p))
		}
		if w.MayTryAgain() {
			m := out.Cards[0]
			out.Again = texts.T("card.again", "amount", out.Amount, "card", texts.T("portal.method.card", "brand", m.Brand, "last4", m.Last4))
		}
	}
	return out, nil
}

// agreed is what the page says of the charge that its reader agrees to.
func agreed(texts i18n.Localizer, v view.CardPage) string {
	if v.Amount == "" {
		return ""
	}
	return texts.T("card.update.text", "amount", v.Amount)
}

// cardsOf are the cards as their order's customer knows them.
func cardsOf(texts i18n.Localizer, w payment.Wallet) []view.Card {
	free := w.Order.May(order.ChangeCard) == nil && !w.MustUpdate()
	out := make([]view.Card, 0, len(w.Cards))
	for _, m := range w.Cards {
		c := view.Card{Method: method(m.Method), ID: string(m.ID), MayRemove: free && !m.Main, Kept: free && m.Main}
		if m.Main {
			c.Badges = append(c.Badges, ui.Status{Tone: ui.Quiet, Word: texts.T("card.main")})
		}
		switch m.State(w.Now) {
		case payment.CardGood:
			c.MayChoose = free && !m.Main
			if m.Main {
				c.Badges[0].Tone = ui.Good
			}
		case payment.CardExpiring:
			c.Badges = append(c.Badges, ui.Status{Tone: ui.Wait, Word: texts.T("card.expiring")})
			c.MayChoose = free && !m.Main
		case payment.CardExpired:
			c.Badges = append(c.Badges, ui.Status{Tone: ui.Bad, Word: texts.T("card.expired")})
		case payment.CardDeclined:
			c.Badges = append(c.Badges, ui.Status{Tone: ui.Bad, Word: texts.T("card.declined")})
		}
		out = append(out, c)
	}
	return out
}

// withCards adds to the page of an order what it has of cards and schedule, and
// what its customer has to do about them.
func withCards(texts i18n.Localizer, out *view.Show, v payment.Overview, w payment.Wallet) error {
	out.Cards = &view.Cards{List: cardsOf(texts, w)}
	all := make([]view.Due, 0, len(v.Schedule))
	rest := v.Sums.Waiting
	for _, p := range v.Schedule {
		all = append(all, dueOf(texts, w, p))
		rest.Count, rest.Sum = rest.Count-1, money.New(rest.Sum.Minor()-p.Amount.Minor(), rest.Sum.Currency())
	}
	cut := min(len(all), upcomingAtOnce)
	out.Upcoming = view.Upcoming{Next: all[:cut], More: all[cut:]}
	if rest.Count > 0 {
		out.Upcoming.Rest = texts.T("portal.upcoming.rest", "count", rest.Count, "amount", texts.Money(rest.Sum), "date", teller{texts, v}.date(rest.Until))
	}
	return askForCard(teller{texts, v}, out, w)
}

// dueOf is a dated amount with where it stands.
func dueOf(texts i18n.Localizer, w payment.Wallet, p schedule.Payment) view.Due {
	due := view.Due{Date: p.DueOn, Amount: texts.Money(p.Amount), Status: ui.Status{Tone: ui.Quiet, Word: texts.T("due.scheduled")}}
	if at, err := schedule.Start(p.DueOn, w.Loc); err == nil {
		due.Date = texts.Date(at, w.Loc)
	}
	switch {
	case p.Status == schedule.Review: // although its charge is not over
		due.Status = ui.Status{Tone: ui.Wait, Word: texts.T("due.review")}
	case w.Charged[p.ID], p.Origin == schedule.Update:
		due.Status = ui.Status{Tone: ui.Wait, Word: texts.T("due.charged")}
	case p.Status == schedule.SoftDeclined, p.Status == schedule.HardDeclined:
		due.Status = ui.Status{Tone: ui.Bad, Word: texts.T("due.declined")}
	case p.Status == schedule.Paused:
		due.Status = ui.Status{Tone: ui.Quiet, Word: texts.T("due.paused")}
	case p.Outstanding(w.Loc, w.Now):
		due.Status = ui.Status{Tone: ui.Wait, Word: texts.T("due.overdue")}
	}
	return due
}

// several reports whether an order has payments beyond the first.
func several(o order.Order) bool { return o.Type != catalog.SinglePayment }
