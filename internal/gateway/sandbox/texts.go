package sandbox

// texts are what the card form says in one language.
type texts struct {
	Lang                                                        string
	Title, Number, Expiry, CVV, Holder, Pay                     string
	ExpiryHint, CVVHint                                         string
	NumberMissing, NumberWrong, NumberReal, NumberBrand         string
	ExpiryMissing, ExpiryWrong, ExpiryPast                      string
	CVVMissing, CVVWrong, CVVWrongAmex                          string
	HolderMissing, HolderWrong                                  string
	Summary, Gone, Busy, Paid, Working, Failed, Unclear, Notice string
	Save, Accepted, NothingOffered                              string
	PayWith, OrByCard, SheetText, SheetCards, Confirm, Cancel   string // wallets
	Asked, GoToBank, PayOtherwise                               string // while the issuer asks
}

// textsFor is German for de and de-…, English for anything else. {amount},
// {merchant}, {wallet} and {card} stand for what they name.
func textsFor(locale string) texts {
	if isGerman(locale) {
		return texts{
			Lang: "de", Title: "Kartenzahlung",
			Number: "Kartennummer", Expiry: "Gültig bis", CVV: "Prüfnummer (CVV)", Holder: "Name auf der Karte",
			Pay: "{amount} bezahlen", ExpiryHint: "MM / JJ", CVVHint: "3 Ziffern auf der Rückseite, bei American Express 4 auf der Vorderseite",
			NumberMissing: "Geben Sie die Kartennummer ein.",
			NumberWrong:   "Diese Kartennummer stimmt nicht. Bitte prüfen Sie die Ziffern.",
			NumberReal:    "Hier werden nur Testkarten angenommen. Bitte geben Sie nie eine echte Karte ein.",
			NumberBrand:   "Diese Kartenmarke wird hier nicht angenommen.",
			ExpiryMissing: "Geben Sie ein, bis wann die Karte gültig ist.",
			ExpiryWrong:   "Geben Sie Monat und Jahr ein, zum Beispiel 05 / 31.",
			ExpiryPast:    "Diese Karte ist abgelaufen.",
			CVVMissing:    "Geben Sie die Prüfnummer ein.",
			CVVWrong:      "Die Prüfnummer hat 3 Ziffern.",
			CVVWrongAmex:  "Die Prüfnummer hat bei dieser Karte 4 Ziffern.",
			HolderMissing: "Geben Sie den Namen ein, der auf der Karte steht.",
			HolderWrong:   "Geben Sie den Namen so ein, wie er auf der Karte steht.",
			Summary:       "Bitte prüfen Sie diese Angaben:",
			Gone:          "Diese Zahlung ist abgelaufen. Es wurde kein Geld abgebucht. Bitte beginnen Sie neu.",
			Busy:          "Eine Zahlung wird gerade bearbeitet. Bitte zahlen Sie nicht noch einmal.",
			Paid:          "Diese Zahlung ist schon abgeschlossen. Bitte zahlen Sie nicht noch einmal.",
			Working:       "Wird bearbeitet …",
			Failed:        "Das hat nicht geklappt. Es wurde kein Geld abgebucht. Bitte versuchen Sie es noch einmal.",
			Unclear:       "Wir haben noch keine Antwort. Bitte zahlen Sie nicht noch einmal und laden Sie diese Seite neu.",
			Notice:        "Testumgebung: Es fließt kein Geld.",
			Save:          "Karte speichern", Accepted: "Angenommen werden:",
			NothingOffered: "Hier wird zurzeit kein Zahlungsmittel angenommen. Bitte wenden Sie sich an den Händler.",
			PayWith:        "Mit {wallet} bezahlen", OrByCard: "oder mit Karte",
			SheetText: "{merchant} · {amount}", SheetCards: "Karte", Confirm: "Zahlung bestätigen", Cancel: "Abbrechen",
			Asked:    "Ihre Bank wartet noch darauf, dass Sie die Zahlung bestätigen ({card}). Es wurde noch kein Geld abgebucht.",
			GoToBank: "Weiter zur Bank", PayOtherwise: "Abbrechen und anders bezahlen",
		}
	}
	return texts{
		Lang: "en", Title: "Card payment",
		Number: "Card number", Expiry: "Expiry date", CVV: "Security code (CVV)", Holder: "Cardholder name",
		Pay: "Pay {amount}", ExpiryHint: "MM / YY", CVVHint: "3 digits on the back, or 4 on the front of American Express",
		NumberMissing: "Enter the card number.",
		NumberWrong:   "This card number is not right. Please check the digits.",
		NumberReal:    "Only test cards are taken here. Please never enter a real card.",
		NumberBrand:   "This brand of card is not taken here.",
		ExpiryMissing: "Enter the expiry date.",
		ExpiryWrong:   "Enter month and year, for example 05 / 31.",
		ExpiryPast:    "This card has expired.",
		CVVMissing:    "Enter the security code.",
		CVVWrong:      "The security code has 3 digits.",
		CVVWrongAmex:  "The security code of this card has 4 digits.",
		HolderMissing: "Enter the name on the card.",
		HolderWrong:   "Enter the name as it is on the card.",
		Summary:       "Please check these details:",
		Gone:          "This payment has expired. No money was taken. Please start again.",
		Busy:          "A payment is being processed. Please don't pay again.",
		Paid:          "This payment is complete. Please don't pay again.",
		Working:       "Processing …",
		Failed:        "That did not work. No money was taken. Please try again.",
		Unclear:       "We have no answer yet. Please don't pay again; reload this page.",
		Notice:        "Test environment: no money moves.",
		Save:          "Save card", Accepted: "Accepted:",
		NothingOffered: "No way to pay is offered here at the moment. Please contact the merchant.",
		PayWith:        "Pay with {wallet}", OrByCard: "or by card",
		SheetText: "{merchant} · {amount}", SheetCards: "Card", Confirm: "Confirm payment", Cancel: "Cancel",
		Asked:    "Your bank is still waiting for you to confirm the payment ({card}). No money was taken yet.",
		GoToBank: "Continue to your bank", PayOtherwise: "Cancel and pay another way",
	}
}
