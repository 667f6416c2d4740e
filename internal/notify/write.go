package notify

import (
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	view "github.com/quittance/quittance/templates/mail"
)

// writer finds the words of one mail.
type writer struct {
	texts    i18n.Localizer
	merchant profile.Profile
	order    order.Order
	link     string // empty when there is none to show
	news     news
}

// letter is what a form says of an order.
func (w writer) letter(f form) (view.Letter, error) {
	t, d := w.texts, w.merchant.Details
	names := []any{"merchant", w.merchant.Name, "order", w.order.InvoiceID}
	v := view.Letter{
		Lang:     t.Lang(),
		Subject:  t.T("mail."+f.name+".subject", names...),
		Merchant: w.merchant.Name, Accent: d.Accent,
		Heading: t.T("mail." + f.name + ".heading"),
		Intro:   t.T("mail."+f.name+".intro", names...),
		Contact: view.Contact{Label: t.T("mail.contact", "merchant", w.merchant.Name), Email: d.Email, Phone: d.Phone, Website: d.Website},
		Legal:   legal(t, w.merchant),
		Why:     t.T("mail.why.order", "merchant", w.merchant.Name),
	}
	if f.amount != nil {
		v.Amount = f.amount(w)
	}
	for _, part := range f.facts {
		if p := part(w); p.Value != "" {
			v.Facts = append(v.Facts, p)
		}
	}
	for _, doc := range w.news.papers {
		v.AttachedLabel = t.T("mail.fact.attached")
		v.Attached = append(v.Attached, t.T("document."+string(doc.Kind), "number", doc.Number))
	}
	if w.link != "" {
		w.act(&v, f.action)
	}
	if !f.lines {
		return v, nil
	}
	v.Order = view.Order{Heading: t.T("order.lines"), Number: t.T("order.number", "number", w.order.InvoiceID)}
	if w.order.Note != "" {
		v.Order.NoteLabel, v.Order.Note = t.T("order.note", "merchant", w.merchant.Name), w.order.Note
	}
	return v, w.lines(&v.Order)
}

// act adds the one thing to do.
func (w writer) act(v *view.Letter, a action) {
	t := w.texts
	switch a {
	case nothing:
		return
	case pay:
		v.Action = view.Action{Label: t.T("mail.action.pay", "amount", t.Money(w.order.Plan.Initial)), After: t.T("mail.after.pay")}
		switch {
		case w.stores():
			v.Action.Label = t.T("mail.action.store")
		case w.order.Plan.PreAuthorise:
			v.Action.Label = t.T("mail.action.hold", "amount", t.Money(w.order.Plan.Initial))
		}
		v.Why = t.T("mail.why.link", "merchant", w.merchant.Name)
	case see:
		v.Action = view.Action{Label: t.T("mail.action.order"), After: t.T("mail.after.order")}
	case seeSubscription:
		v.Action = view.Action{Label: t.T("mail.action.subscription"), After: t.T("mail.after.order")}
	case changeCard:
		v.Action = view.Action{Label: t.T("mail.action.card"), After: t.T("mail.after.card")}
	}
	v.Action.URL, v.Action.Plain = w.link, t.T("mail.link.plain")
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
