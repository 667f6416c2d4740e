package i18n

// Brand is how a card scheme writes its own name, in every language; an unknown
// code stands for itself.
func Brand(code string) string {
	switch code {
	case "VISA":
		return "Visa"
	case "MASTER":
		return "Mastercard"
	case "AMEX":
		return "American Express"
	}
	return code
}
