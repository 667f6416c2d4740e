package portal

import (
	"github.com/a-h/templ"

	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/urls"
)

// askForCard puts what a customer has to do about the card directly below the
// status, and leads to the cards elsewhere where that may wait. An order in review
// has nothing to do: to its customer it is complete.
func askForCard(s teller, out *view.Show, w payment.Wallet) error {
	owed, err := w.Owed()
	if err != nil {
		return err
	}
	if p, on := w.Settling(); on {
		amount := s.texts.Money(p.Amount)
		out.Status, out.Next = ui.Status{Tone: ui.Wait, Word: s.t("portal.status.settling", "amount", amount)}, s.t("portal.next.settling")
		return nil
	}
	if s.v.Order.May(order.UpdateCard) != nil || s.v.Order.Status == order.Review {
		return nil
	}
	url := templ.SafeURL(urls.Card(s.v.Order.ID))
	why, now := s.cardNeeded(w, owed)
	if !now {
		out.Cards.ManageURL, out.Cards.Update = url, w.MustUpdate()
		return nil
	}
	if out.Update.URL = url; owed.IsPositive() {
		out.Update.Amount = s.texts.Money(owed)
	}
	if why != "" {
		out.Next = why
	}
	return nil
}

// cardNeeded reports whether a customer has to store another card now, and why;
// why is empty where the order's status tells it.
func (s teller) cardNeeded(w payment.Wallet, owed money.Amount) (why string, now bool) {
	amount := s.texts.Money(owed)
	_, inDispute := disputed(s.v.Transactions)
	switch {
	case owed.IsPositive() && w.Declined():
		return s.t("card.settle_declined", "amount", amount), true
	case owed.IsPositive() && len(w.Cards) > 0 && w.Cards[0].State(w.Now) == payment.CardExpired:
		return s.t("portal.next.expired_owing", "card", s.card(w)), true
	case owed.IsPositive() && s.v.Order.Status == order.Active && s.v.Order.CancelsOn == "":
		return s.t("portal.next.owing", "amount", amount), true
	case owed.IsPositive():
		return "", true
	case inDispute, s.v.Order.CancelsOn != "":
		return "", false
	case s.v.Order.Status == order.Suspended:
		return "", true
	case len(w.Cards) == 0:
		return s.t("portal.next.no_card"), true
	}
	switch w.Cards[0].State(w.Now) {
	case payment.CardExpiring:
		return s.t("portal.next.expiring", "card", s.card(w), "expiry", method(w.Cards[0].Method).Expiry), true
	case payment.CardExpired:
		return s.t("portal.next.expired", "card", s.card(w)), true
	case payment.CardGood, payment.CardDeclined:
	}
	return "", false
}

// card is the one in use, as its owner knows it.
func (s teller) card(w payment.Wallet) string {
	m := method(w.Cards[0].Method)
	return s.t("portal.method.card", "brand", m.Brand, "last4", m.Last4)
}
