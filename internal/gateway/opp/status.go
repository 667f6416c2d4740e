package opp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/quittance/quittance/internal/gateway"
)

// codeNoSession on a status address is "no payment session"; elsewhere the same
// code is a bad parameter.
const codeNoSession = "200.300.404"

// Status asks by the checkout's id alone. Before anything was tried the platform
// answers "pending" for no transaction, which is ErrNotFound here. A refused
// question is ErrUnknown: it says nothing of the payment.
func (d *Driver) Status(ctx context.Context, account gateway.Account, checkoutID string) (gateway.Fact, error) {
	fact, err := d.status(ctx, account, checkoutID, "payment")
	if err != nil {
		return gateway.Fact{}, fmt.Errorf("status of checkout: %w", err)
	}
	return fact, nil
}

// StoredCard asks what became of a checkout that only stores a card, as Status does.
func (d *Driver) StoredCard(ctx context.Context, account gateway.Account, checkoutID string) (gateway.Fact, error) {
	fact, err := d.status(ctx, account, checkoutID, "registration")
	if err != nil {
		return gateway.Fact{}, fmt.Errorf("status of registration: %w", err)
	}
	return fact, nil
}

// status builds the address from the checkout's id alone, never from what a
// browser brought along.
func (d *Driver) status(ctx context.Context, account gateway.Account, checkoutID, of string) (gateway.Fact, error) {
	if !validID(checkoutID) {
		return gateway.Fact{}, fmt.Errorf("%w: not a checkout id of this gateway", gateway.ErrUnknown)
	}
	a, err := d.do(ctx, account, call{
		method: http.MethodGet,
		route:  "GET /v1/checkouts/{id}/" + of,
		path:   "/v1/checkouts/" + checkoutID + "/" + of,
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
