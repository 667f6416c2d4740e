package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/money"
)

// What the protocol grants a checkout.
const (
	checkoutLife   = 30 * time.Minute
	statusAnswers  = 2
	statusInterval = time.Minute
)

// checkout is one payment page; it may see several declines and one success.
type checkout struct {
	ID, EntityID                             string
	MerchantTransactionID, MerchantInvoiceID string
	Type                                     string
	Amount                                   hundredths
	Currency                                 string
	CreateRegistration                       bool
	ShopperResultURL                         string
	CreatedAt                                time.Time
	AskedAt, AskedBeforeAt                   time.Time
	Told                                     string
}

var checkoutForm = regexp.MustCompile(`^[0-9A-F]{32}\.sandbox-tx01$`)

func findCheckout(ctx context.Context, q querier, id string) (checkout, error) {
	var c checkout
	var created, asked, before int64
	err := q.QueryRowContext(ctx, `
SELECT id, entity_id, merchant_transaction_id, merchant_invoice_id, type, amount, currency,
       create_registration, shopper_result_url, created_at, asked_at, asked_before_at, told
  FROM checkouts WHERE id = $1`, id).Scan(&c.ID, &c.EntityID, &c.MerchantTransactionID, &c.MerchantInvoiceID, &c.Type,
		&c.Amount, &c.Currency, &c.CreateRegistration, &c.ShopperResultURL, &created, &asked, &before, &c.Told)
	if errors.Is(err, sql.ErrNoRows) {
		return checkout{}, errNothing
	}
	if err != nil {
		return checkout{}, fmt.Errorf("read checkout: %w", err)
	}
	c.CreatedAt, c.AskedAt, c.AskedBeforeAt = fromMillis(created), fromMillis(asked), fromMillis(before)
	return c, nil
}

// createCheckout is POST /v1/checkouts.
func (s *Sandbox) createCheckout(ctx context.Context, c call) (reply, error) {
	o := checkout{
		ID:                    strings.ToUpper(randomHex(16)) + ".sandbox-tx01",
		EntityID:              c.entity.EntityID,
		MerchantTransactionID: c.params.Get("merchantTransactionId"),
		MerchantInvoiceID:     c.params.Get("merchantInvoiceId"),
		Type:                  c.params.Get("paymentType"),
		CreateRegistration:    c.params.Get("createRegistration") == "true",
		ShopperResultURL:      c.params.Get("shopperResultUrl"),
		CreatedAt:             s.clock.now(),
	}
	if bad := c.invalid(o); len(bad) > 0 {
		return s.refuse(http.StatusBadRequest, codeNoSession, bad...), nil
	}
	var code string
	if o.Amount, o.Currency, code = amountOf(c.params); code != "" {
		return s.refuse(http.StatusBadRequest, code), nil
	}
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
INSERT INTO checkouts (id, entity_id, merchant_transaction_id, merchant_invoice_id, type, amount, currency,
                       create_registration, shopper_result_url, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, o.ID, o.EntityID, o.MerchantTransactionID, o.MerchantInvoiceID,
			o.Type, int64(o.Amount), o.Currency, o.CreateRegistration, o.ShopperResultURL, o.CreatedAt.UnixMilli())
		return err
	})
	if err != nil {
		return reply{}, fmt.Errorf("create checkout: %w", err)
	}
	a := s.plain(codeCheckoutMade)
	a.ID, a.NDC = o.ID, o.ID
	if c.params.Get("integrity") == "true" {
		a.Integrity = integrityOf(widgetScript(o.ID))
	}
	return reply{http.StatusOK, a}, nil
}

// invalid names the parameters that are missing or wrong.
func (c call) invalid(o checkout) []paramError {
	var bad []paramError
	wrong := func(name, message string) {
		bad = append(bad, paramError{Name: name, Value: bounded(c.params.Get(name)), Message: message})
	}
	if o.Type != "DB" && o.Type != "PA" {
		wrong("paymentType", "must be DB or PA")
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

// amountOf reads amount and currency; code is the refusal, empty when both are good.
func amountOf(params url.Values) (amount hundredths, currency, code string) {
	currency = params.Get("currency")
	if currency == "" {
		return 0, "", codeNoCurrency
	}
	c, err := money.ParseCurrency(currency)
	if err != nil {
		return 0, "", codeCurrency
	}
	amount, code = parseAmount(params.Get("amount"), c)
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
