package sandbox

import (
	"fmt"
	"strings"
)

// issuerTexts are what the issuer's page says in one language. {merchant}
// stands for the merchant's name.
type issuerTexts struct {
	Lang, Bank, Title, Question              string
	Merchant, Amount, Card, CardEnding       string
	Approve, Reject, Cancel, Back, Notice    string
	Over, Answered, Cancelled, Expired, None string
	Unknown, Failed                          string
	Point, Group                             string // of numbers
}

// issuerTextsFor is German for de and de-…, English for anything else.
func issuerTextsFor(locale string) issuerTexts {
	if isGerman(locale) {
		return issuerTexts{
			Lang: "de", Bank: "Sandbox-Bank", Title: "Zahlung bestätigen",
			Question: "{merchant} möchte Ihre Karte belasten. Bestätigen Sie nur, wenn Sie selbst gerade bezahlen.",
			Merchant: "Händler", Amount: "Betrag", Card: "Karte", CardEnding: "%s mit den Endziffern %s",
			Approve: "Bestätigen", Reject: "Ablehnen", Cancel: "Abbrechen und zurück zu {merchant}", Back: "Zurück zu {merchant}",
			Notice:    "Testumgebung: Diese Seite steht für Ihre Bank, und es fließt kein Geld.",
			Over:      "Diese Anfrage ist abgeschlossen",
			Answered:  "Sie haben schon geantwortet. {merchant} zeigt Ihnen, wie es um die Zahlung steht.",
			Cancelled: "Die Zahlung wurde abgebrochen. Es wurde kein Geld abgebucht.",
			Expired:   "Die Zeit für Ihre Antwort ist abgelaufen. Es wurde kein Geld abgebucht.",
			None:      "Kein Betrag, die Karte wird nur gespeichert",
			Unknown:   "Diese Anfrage kennen wir nicht. Bitte gehen Sie zurück zum Händler.",
			Failed:    "Das hat nicht geklappt. Bitte laden Sie diese Seite neu.",
			Point:     ",", Group: ".",
		}
	}
	return issuerTexts{
		Lang: "en", Bank: "Sandbox Bank", Title: "Confirm your payment",
		Question: "{merchant} wants to charge your card. Approve only if it is you who is paying right now.",
		Merchant: "Merchant", Amount: "Amount", Card: "Card", CardEnding: "%s ending in %s",
		Approve: "Approve", Reject: "Reject", Cancel: "Cancel and go back to {merchant}", Back: "Back to {merchant}",
		Notice:    "Test environment: this page stands for your bank, and no money moves.",
		Over:      "This request is closed",
		Answered:  "You have answered already. {merchant} shows you how the payment stands.",
		Cancelled: "The payment was cancelled. No money was taken.",
		Expired:   "The time for your answer is over. No money was taken.",
		None:      "No amount, the card is only stored",
		Unknown:   "We don't know this request. Please go back to the merchant.",
		Failed:    "That did not work. Please load this page again.",
		Point:     ".", Group: ",",
	}
}

// isGerman says whether a locale, or the first of a list, is German.
func isGerman(locale string) bool {
	lang, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), "-")
	lang, _, _ = strings.Cut(lang, ",")
	lang, _, _ = strings.Cut(lang, ";")
	return lang == "de"
}

func (t issuerTexts) ended(how ending) string {
	switch how {
	case endedCancelled:
		return t.Cancelled
	case endedExpired:
		return t.Expired
	case endedApproved, endedRejected:
	}
	return t.Answered
}

func (t issuerTexts) card(c card) string {
	return fmt.Sprintf(t.CardEnding, brandName(c.Brand), c.Last4)
}

// amount is written as people read it: "1,240.00 EUR", "1.240,00 EUR".
func (t issuerTexts) amount(h hundredths, currency string) (string, error) {
	if h == 0 {
		return t.None, nil
	}
	a, err := h.money(currency)
	if err != nil {
		return "", err
	}
	whole, rest, point := strings.Cut(a.Decimal(), ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(t.Group)
		}
		b.WriteRune(r)
	}
	if point {
		b.WriteString(t.Point + rest)
	}
	return b.String() + "\u00a0" + currency, nil
}
