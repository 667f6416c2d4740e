package opp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"github.com/quittance/quittance/internal/gateway"
)

const (
	codeCheckoutCreated = "000.200.100"
	// codeNoSession on a status address is "no payment session"; elsewhere the
	// same code is a bad parameter.
	codeNoSession = "200.300.404"
)

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
	if r.Type != gateway.Debit && r.Type != gateway.PreAuthorisation {
		return gateway.Checkout{}, &gateway.Refusal{Description: "a checkout is a debit or a pre-authorisation"}
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
		return gateway.Checkout{}, &gateway.Refusal{Code: codeCheckoutCreated, Description: "the answer has no integrity hash"}
	}
	return gateway.Checkout{ID: id, Integrity: string(a.Integrity), ScriptURL: scriptURL(account, id)}, nil
}

func (d *Driver) checkoutParams(account gateway.Account, r gateway.CheckoutRequest) (url.Values, error) {
	amount, err := d.wireAmount(r.Amount)
	if err != nil {
		return nil, err
	}
	params := url.Values{
		"integrity":             {"true"},
		"paymentType":           {string(r.Type)},
		"amount":                {amount},
		"currency":              {r.Amount.Currency().Code()},
		"merchantTransactionId": {r.MerchantTransactionID},
	}
	if r.CreateRegistration {
		params.Set("createRegistration", "true")
		params.Set("standingInstruction.mode", "INITIAL")
		params.Set("standingInstruction.source", "CIT")
		params.Set("standingInstruction.type", "UNSCHEDULED")
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
	case v.group == groupSystem || v.group == groupCommunication:
		return r.unknown()
	case v.outcome == gateway.Rejected || v.outcome == gateway.Declined:
		return r.refusal()
	}
	return r.unknown()
}

// Status asks by the checkout's id alone. Before anything was tried the platform
// answers "pending" for no transaction, which is ErrNotFound here. A refused
// question is ErrUnknown: it says nothing of the payment.
func (d *Driver) Status(ctx context.Context, account gateway.Account, checkoutID string) (gateway.Fact, error) {
	fact, err := d.status(ctx, account, checkoutID)
	if err != nil {
		return gateway.Fact{}, fmt.Errorf("status of checkout: %w", err)
	}
	return fact, nil
}

func (d *Driver) status(ctx context.Context, account gateway.Account, checkoutID string) (gateway.Fact, error) {
	if !validID(checkoutID) {
		return gateway.Fact{}, fmt.Errorf("%w: not a checkout id of this gateway", gateway.ErrUnknown)
	}
	a, err := d.do(ctx, account, call{
		method: http.MethodGet,
		route:  "GET /v1/checkouts/{id}/payment",
		path:   "/v1/checkouts/" + checkoutID + "/payment",
		params: url.Values{},
	})
	if err != nil {
		return gateway.Fact{}, err
	}
	if a.Result.Code == codeNoSession {
		return gateway.Fact{}, gateway.ErrGone
	}
	if a.ID.id() == "" {
		if judge(string(a.Result.Code)).group == groupPending {
			return gateway.Fact{}, gateway.ErrNotFound
		}
		return gateway.Fact{}, a.Result.unknown()
	}
	fact := a.fact()
	if fact.CheckoutID == "" {
		fact.CheckoutID = checkoutID
	}
	return fact, nil
}

func setFilled(params url.Values, name, value string) {
	if value != "" {
		params.Set(name, value)
	}
}
