package schedule

import (
	"slices"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/profile"
)

// Rule is why a charge is not tried, or later.
type Rule string

// The rules. The first six hold until there is another card or the customer has
// acted (facts/cards-and-pci.md §3.4).
const (
	RuleHard         Rule = "hard_decline"
	RuleStopped      Rule = "series_ended" // the cardholder ended it
	RuleDisputed     Rule = "charged_back" // staff have not resumed collecting
	RuleAuthenticate Rule = "authentication_needed"
	RuleMend         Rule = "card_data"
	RuleTokenGone    Rule = "card_gone"        // the gateway has the card no more
	RuleLadder       Rule = "ladder_used_up"   // the merchant's retry days
	RuleThirtyDays   Rule = "thirty_days_over" // since the first soft decline
	RuleSameAmount   Rule = "fifteen_in_thirty_days"
	RuleDay          Rule = "ten_a_day"
	RuleMonth        Rule = "thirty_five_in_thirty_days"
	RuleTooSoon      Rule = "too_soon" // the scheme named a time
	RuleUnknown      Rule = "outcome_unknown"
	RuleOperator     Rule = "request_refused" // our request or account: tried again the next day
)

// OfCard reports whether the rule is about the card, so that time lifts nothing.
func (r Rule) OfCard() bool {
	return slices.Contains([]Rule{RuleHard, RuleStopped, RuleDisputed, RuleAuthenticate, RuleMend, RuleTokenGone}, r)
}

// UsedUp reports whether the rule ends the tries of a card that may otherwise be
// charged.
func (r Rule) UsedUp() bool {
	return slices.Contains([]Rule{RuleLadder, RuleThirtyDays, RuleSameAmount, RuleDay, RuleMonth}, r)
}

const (
	aDay       = 24 * time.Hour
	thirtyDays = 30 * aDay

	// TriesWindow is how far back the limits count.
	TriesWindow = thirtyDays
)

// Limits are the most charges that are tried on one card, approved ones left out.
// Ours lie inside the schemes' own.
type Limits struct {
	SameAmount int // of the same amount and currency in 30 days
	Day        int // of any amount in 24 hours
	Month      int // of any amount in 30 days
}

// SchemeLimits are the most an operator may allow.
var SchemeLimits = Limits{SameAmount: 15, Day: 10, Month: 35}

// Policy is how declined payments of a merchant are tried again.
type Policy struct {
	Limits      Limits
	Days        []int64 // counted from the first soft decline, ascending
	AutoSuspend bool    // a subscription whose tries are used up is suspended
}

// PolicyOf is a profile's policy within an operator's limits.
func PolicyOf(p profile.Profile, l Limits) Policy {
	return Policy{Limits: l, Days: p.Details.Retry.Ladder(), AutoSuspend: p.Details.Retry.AutoSuspend}
}

// Try is a charge of a card that counts against the limits.
type Try struct {
	Amount money.Amount
	At     time.Time
}

// Decision is when a charge may be tried: from At on, and later than wished for
// where Rule says why. A zero At refuses it by Rule.
type Decision struct {
	At   time.Time
	Rule Rule
}

// Now reports whether the charge may be tried at once.
func (d Decision) Now(now time.Time) bool { return !d.At.IsZero() && !now.Before(d.At) }

// Next decides what follows a declined charge of p, which has been booked. tries
// are the card's counted charges, the declined one included.
//
// A soft decline is tried again on the merchant's next retry day, not sooner than
// the scheme says; a scheme's time beyond the last of these days gives one more
// try. Limits of the card put the try off, and nothing is tried when thirty days
// have passed since the first soft decline.
func (y Policy) Next(p Payment, r gateway.Retry, tries []Try, now time.Time) Decision {
	switch FactOf(r) {
	case HardDecline:
		if r.Stop {
			return Decision{Rule: RuleStopped}
		}
		return Decision{Rule: RuleHard}
	case Authenticate:
		return Decision{Rule: RuleAuthenticate}
	case Mend:
		return Decision{Rule: RuleMend}
	case Unknown:
		return Decision{Rule: RuleUnknown}
	case Operator:
		return Decision{At: now.Add(aDay), Rule: RuleOperator}
	default:
	}
	at, left := time.Time{}, false
	for _, d := range y.Days {
		if at = p.DeclinedAt.Add(time.Duration(d) * aDay); at.After(now) {
			left = true
			break
		}
	}
	if !left {
		return Decision{Rule: RuleLadder}
	}
	rule := Rule("")
	if soonest := now.Add(r.After); at.Before(soonest) {
		at, rule = soonest, RuleTooSoon
	}
	end := p.DeclinedAt.Add(thirtyDays)
	if !at.Before(end) {
		return Decision{Rule: RuleThirtyDays}
	}
	at, limit := y.Limits.earliest(p.Amount, tries, at)
	if limit != "" {
		rule = limit
	}
	if !at.Before(end) {
		return Decision{Rule: rule}
	}
	return Decision{at, rule}
}

// MayCharge decides whether a payment may be charged now to the card that it was
// last tried on, by whomever: a sweep, staff, a merchant. A payment that was never
// declined is bound by the card's limits alone; one that was is not charged later
// than thirty days after, unless it is rescheduled.
func (l Limits) MayCharge(p Payment, tries []Try, now time.Time) Decision {
	if p.Refusal.OfCard() {
		return Decision{Rule: p.Refusal}
	}
	end := p.DeclinedAt.Add(thirtyDays)
	ends := p.Status == SoftDeclined
	if ends && !now.Before(end) {
		return Decision{Rule: RuleThirtyDays}
	}
	at, rule := now, Rule("")
	if at.Before(p.NotBefore) {
		at, rule = p.NotBefore, RuleTooSoon
	}
	at, limit := l.earliest(p.Amount, tries, at)
	if limit != "" {
		rule = limit
	}
	if ends && !at.Before(end) {
		return Decision{Rule: rule}
	}
	return Decision{at, rule}
}

// earliest is the first time from at on when one more charge of an amount keeps
// within the limits, and the limit that put it off last.
func (l Limits) earliest(amount money.Amount, tries []Try, at time.Time) (time.Time, Rule) {
	all, same := make([]time.Time, 0, len(tries)), []time.Time{}
	for _, t := range tries {
		all = append(all, t.At)
		if t.Amount == amount {
			same = append(same, t.At)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	slices.SortFunc(same, time.Time.Compare)
	var rule Rule
	for {
		before := at
		for _, w := range []window{{RuleSameAmount, same, l.SameAmount, thirtyDays}, {RuleDay, all, l.Day, aDay}, {RuleMonth, all, l.Month, thirtyDays}} {
			if free := w.free(at); free.After(at) {
				at, rule = free, w.rule
			}
		}
		if at.Equal(before) {
			return at, rule
		}
	}
}

// window is a limit of charges in any span of time.
type window struct {
	rule  Rule
	times []time.Time // ascending
	most  int
	span  time.Duration
}

// free is the first time from at on when one more charge fits.
func (w window) free(at time.Time) time.Time {
	first, _ := slices.BinarySearchFunc(w.times, at.Add(-w.span), func(t, gone time.Time) int {
		if t.After(gone) {
			return 1
		}
		return -1
	})
	within := w.times[first:]
	if len(within) < w.most {
		return at
	}
	return within[len(within)-w.most].Add(w.span)
}
