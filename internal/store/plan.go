package store

import (
	"encoding/json"
	"fmt"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
)

// storedPlan is an order's plan in its column: amounts in minor units of the
// order's currency.
type storedPlan struct {
	Initial      int64        `json:"initial"`
	PreAuthorise bool         `json:"pre_authorise,omitzero"`
	Register     bool         `json:"register,omitzero"`
	Splits       int64        `json:"splits,omitzero"`
	Recurring    int64        `json:"recurring,omitzero"`
	Unit         catalog.Unit `json:"unit,omitzero"`
	Interval     int64        `json:"interval,omitzero"`
	StartOn      string       `json:"start_on,omitzero"`
	Memo         string       `json:"memo,omitzero"`
}

// writePlan is a plan as text; empty for one payment of the whole, at once.
func writePlan(o order.Order) (string, error) {
	p := storedPlan{o.Plan.Initial.Minor(), o.Plan.PreAuthorise, o.Plan.Register, o.Plan.Splits, o.Plan.Recurring.Minor(),
		o.Plan.Unit, o.Plan.Interval, o.Plan.StartOn, o.Plan.Memo}
	if o.Type == catalog.SinglePayment && p == (storedPlan{Initial: o.Total.Minor()}) {
		return "", nil
	}
	text, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("write plan: %w", err)
	}
	return string(text), nil
}

func readPlan(text string, total money.Amount) (order.Plan, error) {
	none := money.New(0, total.Currency())
	if text == "" {
		return order.Plan{Initial: total, Recurring: none}, nil
	}
	var p storedPlan
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return order.Plan{}, fmt.Errorf("read plan: %w", err)
	}
	in := func(minor int64) money.Amount { return money.New(minor, total.Currency()) }
	return order.Plan{Initial: in(p.Initial), PreAuthorise: p.PreAuthorise, Register: p.Register, Splits: p.Splits, Recurring: in(p.Recurring),
		Unit: p.Unit, Interval: p.Interval, StartOn: p.StartOn, Memo: p.Memo}, nil
}
