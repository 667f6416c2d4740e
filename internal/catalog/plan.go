package catalog

import (
	"fmt"

	"github.com/quittance/quittance/internal/money"
)

// Unit is a length of time between two scheduled payments.
type Unit string

// The units (facts/billpro.md §1.4).
const (
	Day   Unit = "DAY"
	Week  Unit = "WEEK"
	Month Unit = "MONTH"
	Year  Unit = "YEAR"
)

// longest is the most of a unit that may lie between two payments: about three years.
var longest = map[Unit]int64{Day: 1096, Week: 156, Month: 36, Year: 3}

// MostSplits bounds the number of instalments.
const MostSplits = 360

// Plan is how a product is paid, beyond its price. What a type does not use is
// zero: single payments use nothing of it.
type Plan struct {
	Initial  money.Amount // instalment: the deposit; metered: the first payment. Zero registers the card only
	Splits   int64        // instalment: how many payments follow the deposit
	Unit     Unit         // instalment and subscription: a payment every Interval units
	Interval int64
	// Subscription: the discount, the fee, count for the initial payment only.
	DiscountOnce, FeeOnce bool
}

// validatePlan holds the plan to the type, and to a price that is sound already:
// whatever is accepted here can be split, scheduled and collected.
func (d Details) validatePlan(bad *mistakes) {
	p := d.Plan
	instalment, subscription := d.Type == Instalment, d.Type == Subscription
	for _, f := range []struct {
		name      string
		told, may bool
	}{
		{"initial_amount", !p.Initial.IsZero(), instalment || d.Type == Metered},
		{"split_number", p.Splits != 0, instalment},
		{"scheduled_unit", p.Unit != "", instalment || subscription},
		{"scheduled_interval", p.Interval != 0, instalment || subscription},
		{"discount_applies_to", p.DiscountOnce, subscription},
		{"fee_applies_to", p.FeeOnce, subscription},
	} {
		if f.told && !f.may {
			bad.refuse(f.name, "not_of_type", "Products of this type have no such setting.")
		}
	}
	p.CheckRhythm(d.Type, bad.refuse)
	if len(*bad) > 0 {
		return
	}
	switch d.Type {
	case Instalment:
		d.validateInstalments(bad)
	case Subscription:
		d.validateRecurring(bad)
	case SinglePayment, Metered:
	}
}

// CheckRhythm refuses, field by field, a plan whose payments cannot be dated, or
// not be counted: instalments and subscriptions have a unit and an interval,
// instalments a number.
func (p Plan) CheckRhythm(t Type, refuse func(field, code, public string)) {
	if t != Instalment && t != Subscription {
		return
	}
	most, ok := longest[p.Unit]
	switch {
	case p.Unit == "":
		refuse("scheduled_unit", "required", "This is required.")
	case !ok:
		refuse("scheduled_unit", "scheduled_unit", "Use DAY, WEEK, MONTH or YEAR.")
	case p.Interval == 0:
		refuse("scheduled_interval", "required", "This is required.")
	case p.Interval < 1 || p.Interval > most:
		refuse("scheduled_interval", "scheduled_interval", fmt.Sprintf("Use a whole number from 1 to %d with this unit.", most))
	}
	if t == Instalment && (p.Splits < 1 || p.Splits > MostSplits) {
		refuse("split_number", "split_number", fmt.Sprintf("Use a whole number from 1 to %d.", MostSplits))
	}
}

// validateInstalments wants something left for every instalment.
func (d Details) validateInstalments(bad *mistakes) {
	total, err := d.each(false, false)
	if err != nil {
		bad.refuse("price", "too_large", "This amount is too large.")
		return
	}
	switch rest := total.Minor() - d.Plan.Initial.Minor(); {
	case rest <= 0:
		bad.refuse("initial_amount", "initial_too_large", "The initial payment must be less than the price, so that something is left to split.")
	case rest < d.Plan.Splits:
		bad.refuse("split_number", "split_too_fine", "The price is too small for so many payments.")
	}
}

// validateRecurring wants the payments after the initial one to be of something.
func (d Details) validateRecurring(bad *mistakes) {
	switch again, err := d.each(d.Plan.DiscountOnce, d.Plan.FeeOnce); {
	case err != nil:
		bad.refuse("price", "too_large", "This amount is too large.")
	case !again.IsPositive():
		bad.refuse("price", "nothing_recurs", "The payments after the initial one would be of nothing.")
	}
}

// each is what one costs: price less discount plus fee, of which an order's later
// payments may leave out either.
func (d Details) each(withoutDiscount, withoutFee bool) (money.Amount, error) {
	sum := d.Price
	if !withoutDiscount {
		off, err := d.DiscountOn(sum)
		if err != nil {
			return money.Amount{}, err
		}
		if sum, err = sum.Sub(off); err != nil {
			return money.Amount{}, err
		}
	}
	if withoutFee {
		return sum, nil
	}
	return sum.Add(d.Fee)
}
