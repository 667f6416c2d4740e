package sandbox

import (
	"slices"
	"strings"
	"time"
)

// What a channel may be paid with: card schemes, and wallets around their cards.
const (
	brandVisa      = "VISA"
	brandMaster    = "MASTER"
	brandAmex      = "AMEX"
	brandApplePay  = "APPLEPAY"
	brandGooglePay = "GOOGLEPAY"
)

// brandName is how a brand writes itself; "" for one that this gateway has not.
func brandName(code string) string {
	switch code {
	case brandVisa:
		return "Visa"
	case brandMaster:
		return "Mastercard"
	case brandAmex:
		return "American Express"
	case brandApplePay:
		return "Apple Pay"
	case brandGooglePay:
		return "Google Pay"
	}
	return ""
}

func isWallet(code string) bool { return code == brandApplePay || code == brandGooglePay }

// unknownBrand is the first that this gateway has not; "" when it has them all.
func unknownBrand(brands []string) string {
	for _, b := range brands {
		if brandName(b) == "" {
			return b
		}
	}
	return ""
}

// offered are the brands of a channel that the page asks for, in the page's
// order; all of the channel's where the page asks for none.
func (e Entity) offered(asked string) []string {
	has := e.Brands
	if len(has) == 0 {
		has = []string{brandVisa, brandMaster, brandAmex}
	}
	wanted := strings.Fields(asked)
	if len(wanted) == 0 {
		return has
	}
	return slices.DeleteFunc(wanted, func(b string) bool { return !slices.Contains(has, b) })
}

// walletCards are the cards in the simulated wallets.
func walletCards() map[string]card {
	return map[string]card{
		brandVisa:   {BIN: "420000", Last4: "0091"},
		brandMaster: {BIN: "520000", Last4: "0007"},
	}
}

// walletCard is what a wallet hands over: one of its cards, under the wallet's
// name. ok is false when the wallet or the card is not offered. As with a typed
// card, a result code as holder is the result.
func walletCard(wallet, scheme, holder string, offered []string, now time.Time) (c card, ok bool) {
	c, ok = walletCards()[scheme]
	if !ok || !isWallet(wallet) || !slices.Contains(offered, wallet) || !slices.Contains(offered, scheme) {
		return card{}, false
	}
	c.Brand, c.Flow, c.code = wallet, flowNone, codeApproved
	c.ExpiryMonth, c.ExpiryYear = now.Format("01"), now.AddDate(3, 0, 0).Format("2006")
	if result, _, wished := wish(holder); wished && result != "" && !codeSuccess.MatchString(result) {
		c.Holder, c.code = holder, result
	}
	return c, true
}
