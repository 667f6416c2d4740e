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
			{Description: "«Dinner plate, celadon glaze»", Detail: "«Set of four»", Quantity: "«2»", UnitPrice: "«€48.00»", Total: "«€96.00»"},
			{Description: "«Serving bowl»", Quantity: "«1»", UnitPrice: "«€36.00»", Total: "«€36.00»"},
		},
		Subtotal:    "«€132.00»",
		Discount:    "«-€13.00»",
		Fee:         "«€5.00»",
		TaxIncluded: "«€19.80»",
		Total:       "«€124.00»",
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

func refused() portal.Unpaid {
	v := unpaid()
	v.Consent.Error = "«Please accept the terms to continue. Nothing has been charged.»"
	return v
}

func cancelled() portal.Unpaid {
	v := unpaid()
	v.ContinueURL = ""
	v.Notice = ui.Alert{Tone: ui.Quiet, Text: "«This order was cancelled. There is nothing to pay.»"}
	return v
}

func paid() portal.Show {
	receipt := portal.Document{Kind: "receipt", Label: "«Receipt R-2026-00017»", URL: "/orders/ord_1/receipts/R-2026-00017.pdf"}
	return portal.Show{
		Number:   "«NK-2026-00042»",
		Status:   ui.Status{Tone: ui.Good, Word: "«Paid on 3 May 2026»"},
		Total:    "«€124.00»",
		Paid:     "«€124.00»",
		Open:     "«€0.00»",
		Refunded: "«€0.00»",
		Order:    lines(),
		Note:     "«We pack your order by hand. It leaves us two days after payment.»",
		Method:   portal.Method{Brand: "«VISA»", Last4: "«0091»", Expiry: "«12 / 2030»"},
		History: []portal.Entry{
			{Date: "«3 May 2026»", What: "«Payment»", Amount: "«€124.00»", Status: ui.Status{Tone: ui.Good, Word: "«Approved»"}, Documents: []portal.Document{receipt}},
			{Date: "«3 May 2026»", What: "«Payment»", Amount: "«€124.00»", Status: ui.Status{Tone: ui.Bad, Word: "«Declined»"}},
		},
		Downloads: []portal.Document{{Kind: "summary", Label: "«Order summary»", URL: "/orders/ord_1/order-summary.pdf"}, receipt},
	}
}

func widget() checkout.Widget {
	return checkout.Widget{
		Number:          "«NK-2026-00042»",
		Amount:          "«€124.00»",
		Summary:         lines().Lines,
		Reason:          "funds",
		ReturnURL:       "http://127.0.0.1:8080/checkout/chk_1/return",
		Brands:          "VISA MASTER AMEX",
		RenewURL:        "/checkout/att_1",
		ScriptURL:       "http://gateway.localhost:8081/v1/paymentWidgets.js?checkoutId=1",
		ScriptIntegrity: "sha384-AAAA",
		BackURL:         "/orders/ord_1",
	}
}

// samples are every page in every state that has a shape of its own.
func samples(p ui.Page) map[string]templ.Component {
	alerted := p
	alerted.Alerts = []ui.Alert{{Tone: ui.Good, Text: "«Thank you.»"}, {Tone: ui.Wait, Text: "«Soon.»"}}
	nobody := p
	nobody.Merchant = ui.Merchant{}
	return map[string]templ.Component{
		"unpaid":       portal.UnpaidPage(p, unpaid()),
		"no consent":   portal.UnpaidPage(p, refused()),
		"cancelled":    portal.UnpaidPage(p, cancelled()),
		"portal":       portal.ShowPage(alerted, paid()),
		"portal empty": portal.ShowPage(nobody, portal.Show{Status: ui.Status{Tone: ui.Quiet, Word: "«Cancelled»"}, Total: "«€1.00»", Paid: "«€0.00»"}),
		"widget":       checkout.WidgetPage(p, widget()),
		"checking":     checkout.CheckingPage(p, checkout.Checking{Number: "«NK-2026-00042»", Amount: "«€124.00»", ReloadURL: "/checkout/chk_1/return"}),
		"declined":     checkout.DeclinedPage(p, checkout.Declined{Number: "«NK-2026-00042»", Amount: "«€124.00»", Reason: "expired_card", RetryURL: "/orders/ord_1"}),
		"elsewhere":    checkout.ElsewherePage(p, checkout.Elsewhere{Amount: "«€124.00»"}),
		"held":         checkout.HeldPage(p, checkout.Held{Number: "«NK-2026-00042»", Amount: "«€124.00»"}),
		"cool-down":    checkout.CoolDownPage(p, checkout.CoolDown{After: "«4 May 2026, 14:05 CEST»"}),
		"superseded":   checkout.SupersededPage(p, checkout.Superseded{ContinueURL: "/orders/ord_1"}),
		"expired":      checkout.ExpiredPage(p, checkout.Expired{ContinueURL: "/checkout/chk_1"}),
		"opening":      checkout.OpeningPage(p, checkout.Opening{BackURL: "/orders/ord_1"}),
		"closed":       problem.ClosedPage(p),
		"link gone":    problem.LinkGonePage(nobody),
		"not found":    problem.NotFoundPage(p),
		"failure":      problem.FailurePage(p, problem.Failure{Reference: "«req_06f4»"}),
		"refusal":      problem.FailurePage(p, problem.Failure{Text: "«Too often.»", BackURL: "/orders/ord_1"}),
		"invalid":      problem.InvalidPage(p, problem.Invalid{Text: "«Some fields are wrong.»", Messages: []string{"«Too long.»"}, BackURL: "/orders/ord_1"}),
	}
}
