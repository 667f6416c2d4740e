package opp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"github.com/quittance/quittance/internal/gateway"
)

const codeCheckoutCreated = "000.200.100"

var integrityForm = regexp.MustCompile(`^sha(256|384|512)-[A-Za-z0-9+/]+={0,2}$`)

// CreateCheckout opens a checkout for the widget. It returns a Refusal when the
// amount or type cannot be paid, the platform did not take the request, or its
// answer has no integrity hash: without one the widget is not to be loaded.
func (d *Driver) CreateCheckout(ctx context.Context, account gateway.Account, r gateway.CheckoutRequest) (gateway.Checkout, error) {
	checkout, err := d.createCheckout(ctx, account, r)
	if err != nil {
		return gateway.Checkout{}, fmt.Errorf("create checkout: %w", err)
	}
	return checkout, nil
}

func (d *Driver) createCheckout(ctx context.Context, account gateway.Account, r gateway.CheckoutRequest) (gateway.Checkout, error) {
	switch {
	case r.Type == gateway.Registration && r.Store.Kind == "":
		return gateway.Checkout{}, refuse("a card is stored for a series")
	case r.Type != gateway.Debit && r.Type != gateway.PreAuthorisation && r.Type != gateway.Registration:
		return gateway.Checkout{}, refuse("a checkout is a debit, a pre-authorisation or a registration")
	}
	params, err := d.checkoutParams(account, r)
	if err != nil {
		return gateway.Checkout{}, err
	}
	a, err := d.do(ctx, account, call{
		method:    http.MethodPost,
		route:     "POST /v1/checkouts",
		path:      "/v1/checkouts",
		params:    params,
		reference: r.MerchantTransactionID,
	})
	if err != nil {
		return gateway.Checkout{}, err
	}
	if a.Result.Code != codeCheckoutCreated {
		return gateway.Checkout{}, a.Result.notCreated()
	}
	id := a.ID.id()
	if id == "" {
		return gateway.Checkout{}, fmt.Errorf("%w: a checkout without an id", gateway.ErrUnknown)
	}
	if !integrityForm.MatchString(string(a.Integrity)) {
		return gateway.Checkout{}, &gateway.Refusal{Code: codeCheckoutCreated, Description: "the answer has no integrity hash",
			Retry: gateway.Retry{Class: gateway.RetryOperator}}
	}
	script := scriptURL(account, id)
	if r.Type == gateway.Registration {
		script += "/registration"
	}
	return gateway.Checkout{ID: id, Integrity: string(a.Integrity), ScriptURL: script}, nil
}

func (d *Driver) checkoutParams(account gateway.Account, r gateway.CheckoutRequest) (url.Values, error) {
	params := url.Values{
		"integrity":             {"true"},
		"merchantTransactionId": {r.MerchantTransactionID},
	}
	if r.Type != gateway.Registration {
		if err := d.setAmount(params, r.Amount); err != nil {
			return nil, err
		}
		params.Set("paymentType", string(r.Type))
	}
	if r.Store.Kind != "" {
		params.Set("createRegistration", "true")
		if err := setSeries(params, r.Store); err != nil {
			return nil, err
		}
		params.Set("standingInstruction.mode", "INITIAL")
		params.Set("standingInstruction.source", "CIT")
	}
	setFilled(params, "merchantInvoiceId", r.InvoiceReference)
	setFilled(params, "customer.email", r.Email)
	setFilled(params, "customer.givenName", r.GivenName)
	setFilled(params, "customer.surname", r.FamilyName)
	setFilled(params, "billing.country", r.Country)
	setFilled(params, "testMode", account.TestMode)
	return params, nil
}

// notCreated tells a refused request from an answer that may change by itself.
func (r result) notCreated() error {
	v := judge(string(r.Code))
	switch {
	case v.group == groupRegistration:
		return r.tokenGone()
	case v.group == groupSystem || v.group == groupCommunication:
		return r.unknown()
	case v.outcome == gateway.Rejected || v.outcome == gateway.Declined:
		return r.refusal()
	}
	return r.unknown()
}

func setFilled(params url.Values, name, value string) {
	if value != "" {
		params.Set(name, value)
	}
}
