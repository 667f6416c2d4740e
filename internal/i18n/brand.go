package i18n

// Brand is how a card scheme or a wallet writes its own name, in every language;
// an unknown code stands for itself.
func Brand(code string) string {
	switch code {
	case "VISA":
		return "Visa"
	case "MASTER":
		return "Mastercard"
	case "AMEX":
		return "American Express"
	case "APPLEPAY":
		return "Apple Pay"
	case "GOOGLEPAY":
		return "Google Pay"
	}
	return code
}

// CardName is the brand of a card, and for a card in a wallet both: "Apple Pay ·
// Visa". The scheme is read from the number's first digits, where they are known.
func CardName(code, bin string) string {
	name := Brand(code)
	if code != "APPLEPAY" && code != "GOOGLEPAY" {
		return name
	}
	if scheme := schemeOf(bin); scheme != "" {
		return name + " · " + Brand(scheme)
	}
	return name
}

// schemeOf is the scheme that a number belongs to by its first digits; "" for
// one that is none of ours.
func schemeOf(bin string) string {
	if len(bin) < 4 {
		return ""
	}
	switch first, four := bin[:2], bin[:4]; {
	case bin[0] == '4':
		return "VISA"
	case first == "34" || first == "37":
		return "AMEX"
	case first >= "51" && first <= "55", four >= "2221" && four <= "2720":
		return "MASTER"
	}
	return ""
}
