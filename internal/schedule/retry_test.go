package schedule_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/schedule"
)

const day = 24 * time.Hour

var usual = schedule.Policy{Limits: schedule.SchemeLimits, Days: []int64{1, 3, 5, 7}}

// charges are n of an amount, each apart from the next, the last at a time.
func charges(n int, of money.Amount, apart time.Duration, last time.Time) []schedule.Try {
	tries := make([]schedule.Try, n)
	for i := range tries {
		tries[i] = schedule.Try{Amount: of, At: last.Add(-time.Duration(n-1-i) * apart)}
	}
	return tries
}

func TestWhatFollowsADecline(t *testing.T) {
	t.Parallel()
	soft := gateway.Retry{Class: gateway.RetrySoft}
	for _, tt := range []struct {
		name  string
		retry gateway.Retry
		since time.Duration // the first soft decline
		tries []schedule.Try
		days  []int64
		after time.Duration // zero: refused
		rule  schedule.Rule
	}{
		{name: "the first", retry: soft, after: day},
		{name: "a decline that says nothing", after: day},
		{name: "the second, a minute late", retry: soft, since: day + time.Minute, after: 2*day - time.Minute},
		{name: "the second, on the minute", retry: soft, since: day, after: 2 * day},
		{name: "the last retry day", retry: soft, since: 5 * day, after: 2 * day},
		{name: "no retry day is left", retry: soft, since: 7 * day, rule: schedule.RuleLadder},
		{name: "a merchant without retry days", retry: soft, days: []int64{}, rule: schedule.RuleLadder},
		{name: "an hour as the scheme says", retry: gateway.Retry{Class: gateway.RetrySoft, After: time.Hour}, after: day},
		{name: "four days as the scheme says", retry: gateway.Retry{Class: gateway.RetrySoft, After: 4 * day}, after: 4 * day, rule: schedule.RuleTooSoon},
		{name: "ten days as the scheme says, beyond the ladder", retry: gateway.Retry{Class: gateway.RetrySoft, After: 10 * day}, after: 10 * day, rule: schedule.RuleTooSoon},
		{name: "ten days beyond the thirty", retry: gateway.Retry{Class: gateway.RetrySoft, After: 10 * day}, since: 21 * day, days: []int64{22}, rule: schedule.RuleThirtyDays},
		{name: "a retry day on the thirtieth", retry: soft, days: []int64{30}, rule: schedule.RuleThirtyDays},
		{name: "a retry day before it", retry: soft, days: []int64{29}, after: 29 * day},
		{name: "ten on this day already", retry: soft, days: []int64{1}, tries: charges(10, eur(1), time.Minute, noon), after: day, rule: ""},
		{name: "ten on the next day", retry: soft, days: []int64{1}, tries: charges(10, eur(1), time.Minute, noon.Add(20*time.Hour)), after: 44*time.Hour - 9*time.Minute, rule: schedule.RuleDay},
		{name: "fifteen of this amount in the last days", retry: soft, tries: charges(15, eur(900), day, noon), after: 16 * day, rule: schedule.RuleSameAmount},
		{name: "fifteen today", retry: soft, tries: charges(15, eur(900), time.Minute, noon.Add(time.Hour)), rule: schedule.RuleSameAmount},
		{name: "fourteen of this amount", retry: soft, tries: charges(14, eur(900), day, noon), after: day},
		{name: "fifteen of another amount", retry: soft, tries: charges(15, eur(901), day, noon), after: day},
		{name: "fifteen of another currency", retry: soft, tries: charges(15, money.New(900, money.JPY), day, noon), after: day},
		{name: "fifteen that are over", retry: soft, tries: charges(15, eur(900), day, noon.Add(-30*day)), after: day},
		{name: "thirty-five of any amount", retry: soft, tries: charges(35, eur(1), 12*time.Hour, noon), after: 13 * day, rule: schedule.RuleMonth},
		{name: "a hard one", retry: gateway.Retry{Class: gateway.RetryHard}, rule: schedule.RuleHard},
		{name: "the end of the series", retry: gateway.Retry{Class: gateway.RetrySoft, Stop: true}, rule: schedule.RuleStopped},
		{name: "authentication", retry: gateway.Retry{Class: gateway.RetryAuthenticate}, rule: schedule.RuleAuthenticate},
		{name: "wrong data", retry: gateway.Retry{Class: gateway.RetryMend}, rule: schedule.RuleMend},
		{name: "our own fault", retry: gateway.Retry{Class: gateway.RetryOperator}, since: 40 * day, after: day, rule: schedule.RuleOperator},
		{name: "no answer", retry: gateway.Retry{Class: gateway.RetryUnknown}, rule: schedule.RuleUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			policy := usual
			if tt.days != nil {
				policy.Days = tt.days
			}
			p := schedule.Payment{Status: schedule.SoftDeclined, Amount: eur(900), DeclinedAt: noon.Add(-tt.since)}
			got := policy.Next(p, tt.retry, tt.tries, noon)
			want := schedule.Decision{Rule: tt.rule}
			if tt.after > 0 {
				want.At = noon.Add(tt.after)
			}
			if got != want {
				t.Errorf("%v (%s) by %q; want %v by %q", got.At, got.At.Sub(noon), got.Rule, want.At, want.Rule)
			}
		})
	}
}

func TestADeclinedPaymentKeepsWhatForbidsIt(t *testing.T) {
	t.Parallel()
	p := schedule.Payment{Status: schedule.Scheduled, Amount: eur(900), CollectAt: noon}
	d, mine := p.Declined(gateway.Retry{Class: gateway.RetrySoft, After: 2 * day}, usual, charges(1, eur(900), 0, noon), noon)
	if !mine || p.Status != schedule.SoftDeclined || !p.CollectAt.Equal(noon.Add(2*day)) || p.Refusal != "" || !p.NotBefore.Equal(noon.Add(2*day)) || d.Rule != schedule.RuleTooSoon {
		t.Fatalf("%+v, %+v", p, d)
	}
	if d := usual.Limits.MayCharge(p, nil, noon.Add(time.Hour)); d.Now(noon.Add(time.Hour)) || d.Rule != schedule.RuleTooSoon || !d.At.Equal(noon.Add(2*day)) {
		t.Errorf("staff may charge too soon: %+v", d)
	}
	if _, mine := p.Declined(gateway.Retry{Class: gateway.RetryUnknown}, usual, nil, noon.Add(2*day)); !mine || p.Status != schedule.SoftDeclined || p.CollectAt.IsZero() {
		t.Errorf("an answer that did not come changed it: %+v", p)
	}
	if _, mine := p.Declined(gateway.Retry{Class: gateway.RetryHard}, usual, nil, noon.Add(2*day)); !mine || p.Status != schedule.HardDeclined || !p.CollectAt.IsZero() || p.Refusal != schedule.RuleHard {
		t.Errorf("%+v", p)
	}
	if err := p.Reschedule("2027-05-01", time.UTC); err != nil {
		t.Fatal(err)
	}
	if d := usual.Limits.MayCharge(p, nil, p.CollectAt); d.Now(p.CollectAt) || d.Rule != schedule.RuleHard {
		t.Errorf("a date lifted a hard decline: %+v", d)
	}
	p.Withheld(schedule.Decision{Rule: schedule.RuleHard})
	if p.Status != schedule.HardDeclined || !p.CollectAt.IsZero() {
		t.Errorf("what may not be charged: %+v", p)
	}
	p.AnotherCard()
	if d := usual.Limits.MayCharge(p, nil, noon); !d.Now(noon) {
		t.Errorf("another card may not be charged: %+v", d)
	}
	done := schedule.Payment{Status: schedule.Complete}
	if _, mine := done.Declined(gateway.Retry{Class: gateway.RetrySoft}, usual, nil, noon); mine || done != (schedule.Payment{Status: schedule.Complete}) {
		t.Errorf("a late decline changed what was collected: %+v", done)
	}
	ours := schedule.Payment{Status: schedule.Scheduled, CollectAt: noon}
	if _, mine := ours.Declined(gateway.Retry{Class: gateway.RetryOperator}, usual, nil, noon); !mine || ours.Status != schedule.Scheduled || !ours.CollectAt.Equal(noon.Add(day)) || ours.Class != "" {
		t.Errorf("our own fault: %+v", ours)
	}
}

func TestThirtyDaysAfterItsFirstDeclineAPaymentIsOnlyRescheduled(t *testing.T) {
	t.Parallel()
	p := schedule.Payment{Status: schedule.SoftDeclined, Amount: eur(900), DeclinedAt: noon}
	for at, want := range map[time.Time]schedule.Decision{
		noon.Add(30*day - time.Minute): {At: noon.Add(30*day - time.Minute)}, noon.Add(30 * day): {Rule: schedule.RuleThirtyDays}, noon.Add(90 * day): {Rule: schedule.RuleThirtyDays},
	} {
		if got := usual.Limits.MayCharge(p, nil, at); got != want {
			t.Errorf("at %v: %+v", at, got)
		}
	}
	if d := usual.Limits.MayCharge(p, charges(10, eur(1), time.Minute, noon.Add(30*day-time.Minute)), noon.Add(30*day-time.Minute)); d != (schedule.Decision{Rule: schedule.RuleDay}) {
		t.Errorf("put off beyond the thirty days: %+v", d)
	}
	if err := p.Reschedule("2027-06-01", time.UTC); err != nil {
		t.Fatal(err)
	}
	if d := usual.Limits.MayCharge(p, nil, p.CollectAt); !d.Now(p.CollectAt) {
		t.Errorf("rescheduled: %+v", d)
	}
}

func TestAWithheldPaymentWaits(t *testing.T) {
	t.Parallel()
	p := schedule.Payment{Status: schedule.Scheduled, Amount: eur(900), CollectAt: noon, LeaseUntil: noon.Add(time.Minute)}
	d := usual.Limits.MayCharge(p, charges(10, eur(1), time.Minute, noon), noon)
	p.Withheld(d)
	if d.Rule != schedule.RuleDay || p.Status != schedule.Scheduled || !p.CollectAt.Equal(noon.Add(day-9*time.Minute)) || !p.LeaseUntil.IsZero() || p.Refusal != "" {
		t.Errorf("%+v by %q", p, d.Rule)
	}
}

// Whatever is tried, whenever, by whomever: no limit is ever exceeded in any span
// of time, and no payment is tried by itself thirty days after it first declined.
func TestNoLimitIsEverExceeded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limits := schedule.Limits{SameAmount: rapid.IntRange(1, 15).Draw(t, "same"), Day: rapid.IntRange(1, 10).Draw(t, "day"), Month: rapid.IntRange(1, 35).Draw(t, "month")}
		days := []int64{}
		for d := int64(0); len(days) < rapid.IntRange(0, 15).Draw(t, "days"); {
			d += rapid.Int64Range(1, 4).Draw(t, "gap")
			days = append(days, d)
		}
		policy := schedule.Policy{Limits: limits, Days: days}
		payments := []schedule.Payment{{Status: schedule.Scheduled, Amount: eur(100)}, {Status: schedule.Scheduled, Amount: eur(100)}, {Status: schedule.Scheduled, Amount: eur(200)}}
		now, tries := noon, []schedule.Try{}
		charge := func(p *schedule.Payment, bySelf bool) {
			if d := limits.MayCharge(*p, tries, now); !d.Now(now) {
				if bySelf {
					p.Withheld(d)
				}
				return
			}
			if p.Status == schedule.SoftDeclined && now.Sub(p.DeclinedAt) >= 30*day {
				t.Fatalf("tried %s after its first decline", now.Sub(p.DeclinedAt))
			}
			if !p.NotBefore.IsZero() && now.Before(p.NotBefore) {
				t.Fatalf("tried before %v", p.NotBefore)
			}
			tries = append(tries, schedule.Try{Amount: p.Amount, At: now})
			after := time.Duration(rapid.SampledFrom([]int{0, 0, 1, 24, 72, 240}).Draw(t, "hours")) * time.Hour
			p.Declined(gateway.Retry{Class: gateway.RetrySoft, After: after}, policy, tries, now)
		}
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			p := &payments[rapid.IntRange(0, 2).Draw(t, "payment")]
			if rapid.Bool().Draw(t, "by itself") && p.CollectAt.After(now) {
				now = p.CollectAt
				charge(p, true)
				continue
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "minutes")) * time.Minute)
			if rapid.IntRange(0, 4).Draw(t, "reschedule") == 0 {
				if err := p.Reschedule(schedule.DayOf(now, time.UTC), time.UTC); err != nil {
					t.Fatal(err)
				}
			}
			charge(p, false)
		}
		for i, last := range tries {
			var sameAmount, inDay, inMonth int
			for _, try := range tries[:i+1] {
				if apart := last.At.Sub(try.At); apart < 30*day {
					inMonth++
					if try.Amount == last.Amount {
						sameAmount++
					}
					if apart < day {
						inDay++
					}
				}
			}
			if sameAmount > limits.SameAmount || inDay > limits.Day || inMonth > limits.Month {
				t.Fatalf("%d of the amount, %d in a day, %d in 30 days; limits %+v", sameAmount, inDay, inMonth, limits)
			}
		}
	})
}
