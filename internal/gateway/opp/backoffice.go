package opp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/quittance/quittance/internal/gateway"
)

// BackOffice captures, refunds or reverses. What the platform decided is a Fact,
// whatever the outcome. A request it did not take is a Refusal. An answer that
// leaves the outcome open is ErrUnknown; so is "this transaction exists already",
// because then an earlier sending arrived and Query knows what became of it.
// A reversal without an amount reverses everything.
func (d *Driver) BackOffice(ctx context.Context, account gateway.Account, r gateway.BackOfficeRequest) (gateway.Fact, error) {
	fact, err := d.backOffice(ctx, account, r)
	if err != nil {
		return gateway.Fact{}, fmt.Errorf("back office %s: %w", r.Type, err)
	}
	return fact, nil
}

func (d *Driver) backOffice(ctx context.Context, account gateway.Account, r gateway.BackOfficeRequest) (gateway.Fact, error) {
	if !validID(r.ReferencedID) {
		return gateway.Fact{}, refuse("the referenced transaction is not one of this gateway")
	}
	params, err := d.backOfficeParams(account, r)
	if err != nil {
		return gateway.Fact{}, err
	}
	a, err := d.do(ctx, account, call{
		method:    http.MethodPost,
		route:     "POST /v1/payments/{id}",
		path:      "/v1/payments/" + r.ReferencedID,
		params:    params,
		reference: r.MerchantTransactionID,
	})
	if err != nil {
		return gateway.Fact{}, err
	}
	return a.decided()
}

func (d *Driver) backOfficeParams(account gateway.Account, r gateway.BackOfficeRequest) (url.Values, error) {
	params := url.Values{
		"paymentType":           {string(r.Type)},
		"merchantTransactionId": {r.MerchantTransactionID},
	}
	setFilled(params, "testMode", account.TestMode)
	switch {
	case r.Type == gateway.Reversal && r.Amount.IsZero():
		return params, nil
	case r.Type != gateway.Capture && r.Type != gateway.Refund && r.Type != gateway.Reversal:
		return nil, refuse("the back office captures, refunds and reverses")
	}
	return params, d.setAmount(params, r.Amount)
}

// decided is what the answer to a capture, refund, reversal or charge says. Only an answer with an id of its own
// is a transaction.
func (a answer) decided() (gateway.Fact, error) {
	if a.Result.exists() {
		return gateway.Fact{}, a.Result.unknown()
	}
	switch judge(string(a.Result.Code)).group {
	case groupRegistration:
		return gateway.Fact{}, a.Result.tokenGone()
	case groupConfig, groupFormat, groupAddress, groupContact, groupAmount:
		return gateway.Fact{}, a.Result.refusal()
	case groupReference, groupAccount:
		if a.ID.id() == "" {
			return gateway.Fact{}, a.Result.refusal()
		}
	}
	fact := a.fact()
	if fact.ID == "" || fact.Result.Outcome == gateway.Unknown {
		return gateway.Fact{}, a.Result.unknown()
	}
	return fact, nil
}

// tokenGone is a refusal because of the token.
func (r result) tokenGone() error { return fmt.Errorf("%w: %w", gateway.ErrTokenGone, r.refusal()) }

// exists reports whether the platform refused a request because it has one like it.
func (r result) exists() bool {
	switch r.Code {
	case "800.110.100", "800.130.100", "200.200.106", "200.300.405":
		return true
	}
	return false
}
