package notify

import (
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	view "github.com/quittance/quittance/templates/mail"
)

// writer finds the words of one mail.
type writer struct {
	texts    i18n.Localizer
	merchant profile.Profile
	order    order.Order
	link     string // empty when there is none to show
}

// orderReady asks for the payment of an order.
func (w writer) orderReady() (view.Letter, error) {
	t, amount := w.texts, w.texts.Money(w.order.Total)
	v, err := w.frame("ready")
	v.Intro = t.T("mail.ready.intro", "merchant", w.merchant.Name, "order", w.order.InvoiceID)
	v.Amount = view.Fact{Label: t.T("mail.ready.amount"), Value: amount}
	v.Action = view.Action{Label: t.T("mail.ready.action", "amount", amount), URL: w.link, After: t.T("mail.ready.after"), Plain: t.T("mail.link.plain")}
	v.Why = t.T("mail.ready.why", "merchant", w.merchant.Name)
	return v, err
}

// confirmation tells what was paid, when and how.
func (w writer) confirmation(paid payment.Transaction, issued []document.Document) (view.Letter, error) {
	t, amount := w.texts, w.texts.Money(paid.Amount)
	v, err := w.frame("paid")
	v.Intro = t.T("mail.paid.intro", "merchant", w.merchant.Name, "order", w.order.InvoiceID)
	v.Amount = view.Fact{Label: t.T("mail.paid.amount"), Value: amount}
	v.Facts = append(v.Facts, view.Fact{Label: t.T("mail.paid.on"), Value: t.Date(paid.BookedAt, w.merchant.Location())})
	if paid.Method.Last4 != "" {
		v.Facts = append(v.Facts, view.Fact{Label: t.T("mail.paid.method"),
			Value: t.T("portal.method.card", "brand", i18n.CardName(paid.Method.Brand, paid.Method.BIN), "last4", paid.Method.Last4)})
	}
	for _, d := range issued {
		v.Attached = append(v.Attached, t.T("document."+string(d.Kind), "number", d.Number))
	}
	if len(v.Attached) > 0 {
		v.AttachedLabel = t.T("mail.paid.attached")
	}
	if w.link != "" {
		v.Action = view.Action{Label: t.T("mail.paid.action"), URL: w.link, After: t.T("mail.paid.after"), Plain: t.T("mail.link.plain")}
	}
	v.Why = t.T("mail.paid.why", "merchant", w.merchant.Name)
	return v, err
}

// frame is what every mail has: whom it is from, and what was ordered.
func (w writer) frame(kind string) (view.Letter, error) {
	t, d := w.texts, w.merchant.Details
	v := view.Letter{
		Lang:     t.Lang(),
		Subject:  t.T("mail."+kind+".subject", "merchant", w.merchant.Name, "order", w.order.InvoiceID),
		Merchant: w.merchant.Name, Accent: d.Accent,
		Heading: t.T("mail." + kind + ".heading"),
		Order:   view.Order{Heading: t.T("order.lines"), Number: t.T("order.number", "number", w.order.InvoiceID)},
		Contact: view.Contact{Label: t.T("mail.contact", "merchant", w.merchant.Name), Email: d.Email, Phone: d.Phone, Website: d.Website},
		Legal:   legal(t, w.merchant),
	}
	if w.order.Note != "" {
		v.Order.NoteLabel, v.Order.Note = t.T("order.note", "merchant", w.merchant.Name), w.order.Note
	}
	err := w.lines(&v.Order)
	return v, err
}

// lines are what was ordered, and what it adds up to. What is zero is left out.
func (w writer) lines(v *view.Order) error {
	t, none := w.texts, money.New(0, w.order.Total.Currency())
	list, discount, fee, tax := none, none, none, none
	for _, l := range w.order.Lines {
		price, err := times(l.Quantity, l.Unit, l.Discount, l.Fee)
		if err != nil {
			return err
		}
		line := view.Line{Text: l.Name, Detail: l.Description, Total: t.Money(price[0])}
		if l.Quantity > 1 {
			line.Count = t.T("mail.count", "quantity", t.Number(l.Quantity), "price", t.Money(l.Unit))
		}
		v.Lines = append(v.Lines, line)
		for i, sum := range []*money.Amount{&list, &discount, &fee} {
			if *sum, err = sum.Add(price[i]); err != nil {
				return err
			}
		}
		if tax, err = tax.Add(l.Tax); err != nil {
			return err
		}
	}
	add := func(key string, a money.Amount) {
		v.Sums = append(v.Sums, view.Fact{Label: t.T(key), Value: t.Money(a)})
	}
	if !discount.IsZero() || !fee.IsZero() {
		add("order.subtotal", list)
	}
	if !discount.IsZero() {
		add("order.discount", discount.Neg())
	}
	if !fee.IsZero() {
		add("order.fee", fee)
	}
	v.Total = view.Fact{Label: t.T("order.total"), Value: t.Money(w.order.Total)}
	if !tax.IsZero() {
		v.Tax = view.Fact{Label: t.T("order.tax_included"), Value: t.Money(tax)}
	}
	return nil
}

// times are amounts of one, n times.
func times(n int64, of ...money.Amount) ([]money.Amount, error) {
	out := make([]money.Amount, len(of))
	for i, a := range of {
		var err error
		if out[i], err = a.Times(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// legal are the lines that name the seller.
func legal(t i18n.Localizer, p profile.Profile) []string {
	name := p.Details.LegalName
	if name == "" {
		name = p.Name
	}
	lines := append([]string{name}, p.Details.AddressLines...)
	if p.Details.TaxID != "" {
		lines = append(lines, t.T("paper.tax_id", "id", p.Details.TaxID))
	}
	return lines
}
