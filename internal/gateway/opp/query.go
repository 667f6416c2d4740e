package opp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/quittance/quittance/internal/gateway"
)

const codeNoTransaction = "700.400.580"

// Query lists what was done under a merchantTransactionId, oldest first where the
// platform tells the times. 3-D Secure and risk records beside a payment are left
// out; ErrNotFound when nothing else is there. A refused question is ErrUnknown.
func (d *Driver) Query(ctx context.Context, account gateway.Account, merchantTransactionID string) ([]gateway.Fact, error) {
	facts, err := d.query(ctx, account, merchantTransactionID)
	if err != nil {
		return nil, fmt.Errorf("query transactions: %w", err)
	}
	return facts, nil
}

func (d *Driver) query(ctx context.Context, account gateway.Account, merchantTransactionID string) ([]gateway.Fact, error) {
	if merchantTransactionID == "" {
		return nil, fmt.Errorf("%w: no merchant transaction id to ask for", gateway.ErrUnknown)
	}
	a, err := d.do(ctx, account, call{
		method:    http.MethodGet,
		route:     "GET /v1/query",
		path:      "/v1/query",
		params:    url.Values{"merchantTransactionId": {merchantTransactionID}},
		reference: merchantTransactionID,
	})
	if err != nil {
		return nil, err
	}
	if a.Result.Code == codeNoTransaction {
		return nil, gateway.ErrNotFound
	}
	if judge(string(a.Result.Code)).outcome != gateway.Approved {
		return nil, a.Result.unknown()
	}
	var facts []gateway.Fact
	for _, t := range a.Payments {
		other := t.MerchantTransactionID != "" && string(t.MerchantTransactionID) != merchantTransactionID
		if other || t.sideline() {
			continue
		}
		facts = append(facts, t.fact())
	}
	if len(facts) == 0 {
		return nil, gateway.ErrNotFound
	}
	if !slices.ContainsFunc(facts, func(f gateway.Fact) bool { return f.At.IsZero() }) {
		slices.SortStableFunc(facts, func(a, b gateway.Fact) int { return a.At.Compare(b.At) })
	}
	return facts, nil
}
