package opp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/quittance/quittance/internal/gateway"
)

// Charge charges a stored card, for a customer who is present or on the series the
// customer agreed to. Its answers mean what those of BackOffice do; a token that
// the platform does not know is ErrTokenGone. Without the customer, and without
// the transaction that began the series, nothing is sent: a Refusal.
func (d *Driver) Charge(ctx context.Context, account gateway.Account, r gateway.ChargeRequest) (gateway.Fact, error) {
	fact, err := d.charge(ctx, account, r)
	if err != nil {
		return gateway.Fact{}, fmt.Errorf("charge stored card: %w", err)
	}
	return fact, nil
}

func (d *Driver) charge(ctx context.Context, account gateway.Account, r gateway.ChargeRequest) (gateway.Fact, error) {
	if !validID(r.Token) {
		return gateway.Fact{}, refuse("the token is not one of this gateway")
	}
	params, err := d.chargeParams(account, r)
	if err != nil {
		return gateway.Fact{}, err
	}
	a, err := d.do(ctx, account, call{
		method:    http.MethodPost,
		route:     "POST /v1/registrations/{token}/payments",
		path:      "/v1/registrations/" + r.Token + "/payments",
		params:    params,
		reference: r.MerchantTransactionID,
	})
	if err != nil {
		return gateway.Fact{}, err
	}
	return a.decided()
}

func (d *Driver) chargeParams(account gateway.Account, r gateway.ChargeRequest) (url.Values, error) {
	switch {
	case r.Type != gateway.Debit && r.Type != gateway.PreAuthorisation:
		return nil, refuse("a stored card is debited or pre-authorised")
	case !r.ByCustomer && r.InitialTransactionID == "":
		return nil, refuse("the transaction that began the series is not known")
	}
	params := url.Values{
		"paymentType":                {string(r.Type)},
		"merchantTransactionId":      {r.MerchantTransactionID},
		"standingInstruction.mode":   {"REPEATED"},
		"standingInstruction.source": {"MIT"},
	}
	if r.ByCustomer {
		params.Set("standingInstruction.source", "CIT")
	}
	if err := setSeries(params, r.Series); err != nil {
		return nil, err
	}
	setFilled(params, "standingInstruction.initialTransactionId", r.InitialTransactionID)
	setFilled(params, "merchantInvoiceId", r.InvoiceReference)
	setFilled(params, "testMode", account.TestMode)
	return params, d.setAmount(params, r.Amount)
}

// Forget deletes a stored card. One that the platform does not know, or has
// deleted before, is forgotten too.
func (d *Driver) Forget(ctx context.Context, account gateway.Account, token string) error {
	if !validID(token) {
		return fmt.Errorf("delete stored card: %w", refuse("the token is not one of this gateway"))
	}
	a, err := d.do(ctx, account, call{
		method: http.MethodDelete,
		route:  "DELETE /v1/registrations/{token}",
		path:   "/v1/registrations/" + token,
		params: url.Values{},
	})
	if err == nil && judge(string(a.Result.Code)).outcome != gateway.Approved {
		err = a.Result.notCreated()
	}
	if err == nil || errors.Is(err, gateway.ErrTokenGone) {
		return nil
	}
	return fmt.Errorf("delete stored card: %w", err)
}
