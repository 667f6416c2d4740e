package sandbox

import (
	"net/url"
	"slices"
	"strings"

	"github.com/quittance/quittance/internal/money"
)

// wrong names what every payment of the merchant's server needs and is missing or
// wrong: one of the types, and an id.
func (c call) wrong(types ...string) []paramError {
	var bad []paramError
	if !slices.Contains(types, c.params.Get("paymentType")) {
		bad = append(bad, c.fault("paymentType", "must be one of "+strings.Join(types, ", ")))
	}
	if !merchantID(c.params.Get("merchantTransactionId")) {
		bad = append(bad, c.fault("merchantTransactionId", "must have 8 to 255 printable characters"))
	}
	return bad
}

// fault is a parameter's fault.
func (c call) fault(name, message string) paramError {
	return paramError{Name: name, Value: bounded(c.params.Get(name)), Message: message}
}

// invalid names the parameters of a checkout that are missing or wrong.
func (c call) invalid(o checkout) []paramError {
	var bad []paramError
	wrong := func(name, message string) { bad = append(bad, c.fault(name, message)) }
	if o.Type != "DB" && o.Type != "PA" && (o.Type != "RG" || c.params.Get("paymentType") != "") {
		wrong("paymentType", "must be DB or PA, or be left out together with the amount where createRegistration is true")
	}
	if c.params.Get("standingInstruction.source") == byMerchant {
		wrong("standingInstruction.source", "the cardholder is present at a checkout: CIT")
	}
	if !merchantID(o.MerchantTransactionID) {
		wrong("merchantTransactionId", "must have 8 to 255 printable characters")
	}
	if len(o.MerchantInvoiceID) > 255 {
		wrong("merchantInvoiceId", "must have at most 255 characters")
	}
	if o.ShopperResultURL != "" && !returnable(o.ShopperResultURL) {
		wrong("shopperResultUrl", "must be an absolute http or https address of at most 2048 characters")
	}
	if m := c.params.Get("testMode"); m != "" && m != "EXTERNAL" && m != "INTERNAL" {
		wrong("testMode", "must be EXTERNAL or INTERNAL")
	}
	for name := range c.params {
		if strings.HasPrefix(name, "registrations[") {
			wrong(name, "stored cards cannot be paid with in a checkout of this gateway")
		}
	}
	return bad
}

// amount reads amount and currency; code is the refusal, empty when both are good
// and the channel takes the currency.
func (c call) amount() (amount hundredths, currency, code string) {
	currency = c.params.Get("currency")
	if currency == "" {
		return 0, "", codeNoCurrency
	}
	known, err := money.ParseCurrency(currency)
	switch {
	case err != nil:
		return 0, "", codeCurrency
	case !c.entity.takes(currency):
		return 0, "", codeCurrencyNotSet
	}
	amount, code = parseAmount(c.params.Get("amount"), known)
	return amount, currency, code
}

func merchantID(s string) bool {
	if len(s) < 8 || len(s) > 255 {
		return false
	}
	for _, r := range s {
		if r < 0x20 || r == 0x7f {
			return false
		}
	}
	return true
}

func returnable(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && len(raw) <= 2048 && u.Host != "" && u.User == nil && (u.Scheme == "http" || u.Scheme == "https")
}

// bounded keeps an echoed value short.
func bounded(s string) string { return s[:min(len(s), 64)] }
