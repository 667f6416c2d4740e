package templates_test

import (
	"github.com/a-h/templ"

	"github.com/quittance/quittance/templates/checkout"
	"github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/problem"
	"github.com/quittance/quittance/templates/ui"
)

// page is a frame with everything in it. Foreign words are wrapped in « », as
// the texts of the marker localizer are, so that whatever stands outside the
// marks was written into a template.
func page(text ui.Localizer) ui.Page {
	return ui.Page{
		Lang:  "en",
		Text:  text,
		Nonce: "n0nce",
		CSRF:  "csrf-token",
		Merchant: ui.Merchant{
			Name:       "«Nordlicht Keramik»",
			Accent:     ui.NewAccent("#0f766e"),
			LegalName:  "«Nordlicht Keramik GmbH»",
			Address:    []string{"«Hafenstraße 12»", "«20457 Hamburg»"},
			Email:      "«help@nordlicht.example»",
			Phone:      "«+49 40 123456»",
			TermsURL:   "https://nordlicht.example/terms",
			PrivacyURL: "https://nordlicht.example/privacy",
			PoweredBy:  true,
		},
		Languages: []ui.Language{
			{Code: "en", Name: "«English»", URL: "?lang=en", Current: true},
			{Code: "de", Name: "«Deutsch»", URL: "?lang=de"},
		},
	}
}

func lines() ui.Lines {
	return ui.Lines{
		Lines: []ui.Line{
			{Description: "«Dinner plate, celadon glaze»", Detail: "«Set of four»", Quantity: "«2»", UnitPrice: "«€48.00»", Discount: "«-€6.50»", Fee: "«€2.50»", Total: "«€96.00»"},
			{Description: "«Serving bowl»", Quantity: "«1»", UnitPrice: "«€36.00»", Total: "«€36.00»"},
		},
		Subtotal: "«€132.00»",
		Discount: "«-€13.00»",
		Fee:      "«€5.00»",
		Taxes:    []ui.Tax{{Rate: "«19 %»", Amount: "«€18.00»"}, {Amount: "«€1.80»"}},
		Total:    "«€124.00»",
	}
}

func unpaid() portal.Unpaid {
	return portal.Unpaid{
		Number:      "«NK-2026-00042»",
		Amount:      "«€124.00»",
		Order:       lines(),
		Note:        "«We pack your order by hand. It leaves us two days after payment.»",
		ContinueURL: "/orders/ord_1/checkout",
		Consent:     ui.Consent{TermsURL: "https://nordlicht.example/terms", PrivacyURL: "https://nordlicht.example/privacy"},
	}
}

// planned is of an order with payments to come.
func planned(asks ui.Asks) portal.Unpaid {
	v := unpaid()
	v.Asks, v.Terms, v.Memo = asks, []string{"«Today €20.00, then €10.00 every month.»", "«You can cancel.»"}, "«Winter term»"
	v.Consent.Also, v.Order.First = "«Your card may be stored.»", true
	return v
}

func refused() portal.Unpaid {
	v := unpaid()
	v.Consent.Error = "«Please accept the terms to continue. Nothing has been charged.»"
	return v
}

func cancelled() portal.Ended {
	return portal.Ended{Status: ui.Status{Tone: ui.Quiet, Word: "«This order was cancelled»"}, Text: "«There is nothing to pay.»", Money: "«No money was taken.»",
		Number: "«NK-2026-00042»", Order: lines(), Note: "«Sorry.»"}
}

func paid() portal.Show {
	receipt := portal.Document{Kind: "receipt", Label: "«Receipt R-2026-00017»", URL: "/orders/ord_1/receipts/R-2026-00017.pdf"}
	return portal.Show{
		Number:  "«NK-2026-00042»",
		Status:  ui.Status{Tone: ui.Good, Word: "«Paid on 3 May 2026»"},
		Amounts: portal.Amounts{Label: "«Total»", Main: "«€124.00»", Paid: "«€124.00»", Open: "«€0.00»", Refunded: "«€0.00»"},
		Ending:  portal.Ending{CancelURL: "/orders/ord_1/cancel"},
		Next:    "«Nothing more to pay.»",
		Notice:  ui.Alert{Tone: ui.Wait, Title: "«Paid twice»", Text: "«One goes back.»"},
		Order:   lines(),
		Note:    "«We pack your order by hand. It leaves us two days after payment.»",
		Method:  portal.Method{Brand: "«VISA»", Last4: "«0091»", Expiry: "«12 / 2030»"},
		History: portal.History{OlderURL: "/orders/ord_1?before=1", NewestURL: "/orders/ord_1", Filter: filter(), Entries: []portal.Entry{
			{Date: "«3 May 2026»", What: "«Payment»", Amount: "«€124.00»", Status: ui.Status{Tone: ui.Good, Word: "«Approved»"}, Documents: []portal.Document{receipt}},
			{Date: "«3 May 2026»", What: "«Payment»", Amount: "«€124.00»", Status: ui.Status{Tone: ui.Bad, Word: "«Declined»"}, Detail: "«Visa ending in 0091»"},
		}},
		Downloads: []portal.Document{{Kind: "summary", Label: "«Order summary»", URL: "/orders/ord_1/order-summary.pdf"}, receipt},
	}
}

func ending() portal.Show {
	v := paid()
	v.Ending = portal.Ending{KeepURL: "/orders/ord_1/keep", Keep: "«The next payment is collected on 3 June.»"}
	return v
}

func filter() portal.Filter {
	return portal.Filter{URL: "/orders/ord_1", On: true, Kinds: []portal.Choice{{Label: "«All»"}, {Value: "refund", Label: "«Refunds»", Chosen: true}},
		States: []portal.Choice{{Label: "«All»", Chosen: true}}}
}

func about() ui.Reminder { return ui.Reminder{Number: "«NK-2026-00042»", Amount: "«€124.00»"} }

func widget() checkout.Widget {
	return checkout.Widget{
		Number:          "«NK-2026-00042»",
		Amount:          "«€124.00»",
		Summary:         lines().Lines,
		Reason:          "funds",
		ReturnURL:       "http://127.0.0.1:8080/checkout/chk_1/return",
		Brands:          "VISA MASTER AMEX",
		ScriptURL:       "http://gateway.localhost:8081/v1/paymentWidgets.js?checkoutId=1",
		ScriptIntegrity: "sha384-AAAA",
		BackURL:         "/orders/ord_1",
		SelfURL:         "/checkout/chk_1",
		Until:           "«14:25 CEST»",
	}
}

// samples are every page in every state that has a shape of its own.
func samples(p ui.Page) map[string]templ.Component {
	alerted := p
	alerted.Alerts = []ui.Alert{{Tone: ui.Good, Text: "«Thank you.»"}, {Tone: ui.Wait, Text: "«Soon.»"}}
	branded := p
	branded.Merchant.Logo = ui.Logo{URL: "/logos/1.png", Width: 120, Height: 40}
	nobody := p
	nobody.Merchant = ui.Merchant{}
	return map[string]templ.Component{
		"unpaid":       portal.UnpaidPage(branded, unpaid()),
		"first":        portal.UnpaidPage(p, planned(ui.AsksFirst)),
		"hold":         portal.UnpaidPage(p, planned(ui.AsksHold)),
		"card":         portal.UnpaidPage(p, planned(ui.AsksCard)),
		"no consent":   portal.UnpaidPage(p, refused()),
		"cancelled":    portal.EndedPage(p, cancelled()),
		"portal":       portal.ShowPage(alerted, paid()),
		"portal empty": portal.ShowPage(nobody, portal.Show{Status: ui.Status{Tone: ui.Quiet, Word: "«Cancelled»"}, Amounts: portal.Amounts{Paid: "«€0.00»"}}),
		"ending":       portal.ShowPage(p, ending()),
		"cancel": portal.CancelPage(p, portal.Cancel{Number: "«NK-2026-00042»", Order: lines(), What: []string{"«It runs until 3 June.»", "«You get an e-mail.»"}, Until: "2026-06-03",
			ConfirmURL: "/orders/ord_1/cancel", BackURL: "/orders/ord_1"}),
		"widget":       checkout.WidgetPage(p, widget()),
		"checking":     checkout.CheckingPage(p, checkout.Checking{About: about(), ReloadURL: "/checkout/chk_1/return"}),
		"declined":     checkout.DeclinedPage(p, checkout.Declined{Reason: "expired_card"}),
		"held away":    checkout.ElsewherePage(p, checkout.Elsewhere{Asks: ui.AsksHold, Amount: "«€124.00»"}),
		"stored away":  checkout.ElsewherePage(p, checkout.Elsewhere{Asks: ui.AsksCard, Amount: "«Nothing»"}),
		"elsewhere":    checkout.ElsewherePage(p, checkout.Elsewhere{Amount: "«€124.00»"}),
		"held":         checkout.HeldPage(p, checkout.Held{About: about()}),
		"cool-down":    checkout.CoolDownPage(p, checkout.CoolDown{About: about(), After: "«4 May 2026, 14:05 CEST»"}),
		"superseded":   checkout.SupersededPage(p, checkout.Superseded{About: about(), ContinueURL: "/orders/ord_1"}),
		"expired":      checkout.ExpiredPage(p, checkout.Expired{About: about(), ContinueURL: "/checkout/chk_1", BackURL: "/orders/ord_1"}),
		"opening":      checkout.OpeningPage(p, checkout.Opening{BackURL: "/orders/ord_1"}),
		"closed":       problem.ClosedPage(p),
		"no link":      problem.UnknownLinkPage(nobody),
		"revoked link": problem.RevokedLinkPage(p),
		"over":         checkout.ExpiredPage(p, checkout.Expired{}),
		"not found":    problem.NotFoundPage(p),
		"failure":      problem.FailurePage(p, problem.Failure{Reference: "«req_06f4»"}),
		"refusal":      problem.FailurePage(p, problem.Failure{Text: "«Too often.»", Money: "«No money was taken.»", BackURL: "/orders/ord_1"}),
		"invalid":      problem.InvalidPage(p, problem.Invalid{Text: "«Some fields are wrong.»", Messages: []string{"«Too long.»"}, BackURL: "/orders/ord_1"}),
	}
}
