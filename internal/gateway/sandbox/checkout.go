package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
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
	Type                                     string // DB, PA, or RG: only to store the card
	Amount                                   hundredths
	Currency                                 string
	CreateRegistration                       bool
	Standing                                 standing
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
       create_registration, standing, shopper_result_url, created_at, asked_at, asked_before_at, told
  FROM checkouts WHERE id = $1`, id).Scan(&c.ID, &c.EntityID, &c.MerchantTransactionID, &c.MerchantInvoiceID, &c.Type,
		&c.Amount, &c.Currency, &c.CreateRegistration, &c.Standing, &c.ShopperResultURL, &created, &asked, &before, &c.Told)
	if errors.Is(err, sql.ErrNoRows) {
		return checkout{}, errNothing
	}
	if err != nil {
		return checkout{}, fmt.Errorf("read checkout: %w", err)
	}
	c.CreatedAt, c.AskedAt, c.AskedBeforeAt = fromMillis(created), fromMillis(asked), fromMillis(before)
	return c, nil
}

// resourcePath is where the checkout's result is told.
func (c checkout) resourcePath() string {
	if c.Type == "RG" {
		return "/v1/checkouts/" + c.ID + "/registration"
	}
	return "/v1/checkouts/" + c.ID + "/payment"
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
	if o.Type == "" && c.params.Get("amount") == "" && o.CreateRegistration {
		o.Type = "RG"
	}
	bad := c.invalid(o)
	var wrong []paramError
	o.Standing, wrong = standingOf(c.params, o.CreatedAt)
	if bad = append(bad, wrong...); len(bad) > 0 {
		return s.refuse(http.StatusBadRequest, codeNoSession, bad...), nil
	}
	if o.Type != "RG" {
		var code string
		if o.Amount, o.Currency, code = c.amount(); code != "" {
			return s.refuse(http.StatusBadRequest, code), nil
		}
	}
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
INSERT INTO checkouts (id, entity_id, merchant_transaction_id, merchant_invoice_id, type, amount, currency,
                       create_registration, standing, shopper_result_url, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, o.ID, o.EntityID, o.MerchantTransactionID, o.MerchantInvoiceID,
			o.Type, int64(o.Amount), o.Currency, o.CreateRegistration, o.Standing, o.ShopperResultURL, o.CreatedAt.UnixMilli())
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
