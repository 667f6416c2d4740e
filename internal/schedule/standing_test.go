package schedule_test

import (
	"testing"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
)

// row is a scheduled payment of an order of 100.00 with an initial payment of 10.00.
func row(day string, status schedule.Status, minor int64) schedule.Payment {
	return schedule.Payment{DueOn: day, Status: status, Amount: eur(minor)}
}

func TestAnOrderThatHasNotBegunOrHasEndedStaysAsItIs(t *testing.T) {
	t.Parallel()
	for _, status := range order.Statuses {
		for _, f := range append(schedule.Facts, schedule.None) {
			o := instalments(10_000, 1_000, 1)
			o.Status = status
			got := schedule.Standing(o, []schedule.Payment{row("2027-02-01", schedule.Complete, 9_000)}, f, true)
			if !status.Live() && got != status {
				t.Errorf("a %s order is %s after %s", status, got, f)
			}
		}
	}
}

// Every live status with every fact, for a subscription whose newest payment the
// fact is about.
func TestHowAFactLeavesALiveOrder(t *testing.T) {
	t.Parallel()
	made := map[schedule.Fact]schedule.Status{
		schedule.None: schedule.SoftDeclined, schedule.Approved: schedule.Recovered, schedule.SoftDecline: schedule.SoftDeclined, schedule.HardDecline: schedule.HardDeclined,
		schedule.Authenticate: schedule.SoftDeclined, schedule.Mend: schedule.SoftDeclined, schedule.Operator: schedule.Scheduled, schedule.Unknown: schedule.Scheduled, schedule.Held: schedule.Review,
	}
	type to = map[schedule.Fact]order.Status
	table := map[order.Status]to{
		order.Active:    {schedule.SoftDecline: order.Failed, schedule.Authenticate: order.Failed, schedule.Mend: order.Failed, schedule.HardDecline: order.Suspended},
		order.Failed:    {schedule.Approved: order.Active, schedule.HardDecline: order.Suspended},
		order.Suspended: {schedule.Approved: order.Active},
		order.Review:    {schedule.HardDecline: order.Suspended},
	}
	for from, row := range table {
		for f, status := range made {
			o := subscription(catalog.Month, 1)
			o.Status = from
			want, moves := row[f]
			if !moves {
				want = from
			}
			all := []schedule.Payment{{Position: 1, DueOn: "2027-02-01", Status: schedule.Complete}, {Position: 2, DueOn: "2027-03-01", Status: status}, {Position: 3, DueOn: "2027-04-01", Status: schedule.Scheduled}}
			if from == order.Failed && status != schedule.SoftDeclined && f != schedule.Approved && f != schedule.HardDecline {
				all[1].Status = schedule.SoftDeclined // that it is a failed one rests on it
			}
			if got := schedule.Standing(o, all, f, false); got != want {
				t.Errorf("a %s order is %s after %q; want %s", from, got, f, want)
			}
			paused := o
			paused.Status, paused.ResumesAs = order.Paused, from
			if got := schedule.Standing(paused, all, f, false); got != want {
				t.Errorf("a paused order, %s before, will be %s after %q; want %s", from, got, f, want)
			}
		}
	}
}

func TestHowAnOrderStandsWithItsPayments(t *testing.T) {
	t.Parallel()
	const feb, mar, apr = "2027-02-01", "2027-03-01", "2027-04-01"
	used := row(mar, schedule.SoftDeclined, 900)
	used.Refusal = schedule.RuleLadder
	planned := used
	planned.CollectAt = time.Unix(0, 0)
	customers := used
	customers.Refusal = schedule.RuleAuthenticate
	for _, tt := range []struct {
		name    string
		typ     catalog.Type
		from    order.Status
		fact    schedule.Fact
		suspend bool
		rows    []schedule.Payment
		want    order.Status
	}{
		{"an old payment's retry declines while the newest is collected", catalog.Subscription, order.Active, schedule.SoftDecline, false,
			[]schedule.Payment{row(feb, schedule.SoftDeclined, 900), row(mar, schedule.Complete, 900)}, order.Active},
		{"an older payment is collected later, the newest still declined", catalog.Subscription, order.Failed, schedule.Approved, false,
			[]schedule.Payment{row(feb, schedule.Recovered, 900), row(mar, schedule.SoftDeclined, 900)}, order.Active},
		{"tries used up, suspension wished for", catalog.Subscription, order.Failed, schedule.SoftDecline, true, []schedule.Payment{used}, order.Suspended},
		{"tries used up at the first decline", catalog.Subscription, order.Active, schedule.SoftDecline, true, []schedule.Payment{used}, order.Suspended},
		{"tries used up, suspension not wished for", catalog.Subscription, order.Failed, schedule.SoftDecline, false, []schedule.Payment{used}, order.Failed},
		{"tries left", catalog.Subscription, order.Failed, schedule.SoftDecline, true, []schedule.Payment{planned}, order.Failed},
		{"the customer must act", catalog.Subscription, order.Active, schedule.Authenticate, true, []schedule.Payment{customers}, order.Failed},
		{"tries of a metered order used up", catalog.Metered, order.Failed, schedule.SoftDecline, true, []schedule.Payment{used}, order.Failed},
		{"the declined payment was skipped", catalog.Subscription, order.Failed, schedule.None, false, []schedule.Payment{row(feb, schedule.Complete, 900), row(mar, schedule.Skipped, 900)}, order.Active},
		{"another than the declined payment was skipped", catalog.Subscription, order.Failed, schedule.None, false, []schedule.Payment{row(mar, schedule.SoftDeclined, 900), row(apr, schedule.Skipped, 900)}, order.Failed},
		{"a metered order has collected all it asked for", catalog.Metered, order.Active, schedule.Approved, false, []schedule.Payment{row(feb, schedule.Complete, 9_000)}, order.Active},
		{"the last instalment", catalog.Instalment, order.Active, schedule.Approved, false, []schedule.Payment{row(feb, schedule.Complete, 4_500), row(mar, schedule.Complete, 4_500)}, order.Complete},
		{"the last instalment after a decline", catalog.Instalment, order.Failed, schedule.Approved, false, []schedule.Payment{row(feb, schedule.Complete, 4_500), row(mar, schedule.Recovered, 4_500)}, order.Complete},
		{"the first of two instalments", catalog.Instalment, order.Active, schedule.Approved, false, []schedule.Payment{row(feb, schedule.Complete, 4_500), row(mar, schedule.Scheduled, 4_500)}, order.Active},
		{"an instalment is still declined", catalog.Instalment, order.Failed, schedule.Approved, false, []schedule.Payment{row(feb, schedule.SoftDeclined, 4_500), row(mar, schedule.Complete, 4_500)}, order.Active},
		{"the last instalment declines", catalog.Instalment, order.Active, schedule.SoftDecline, false, []schedule.Payment{row(feb, schedule.Complete, 4_500), row(mar, schedule.SoftDeclined, 4_500)}, order.Failed},
		{"the rest was skipped", catalog.Instalment, order.Active, schedule.None, false, []schedule.Payment{row(feb, schedule.Complete, 4_500), row(mar, schedule.Skipped, 4_500)}, order.Complete},
		{"the rest was cancelled", catalog.Instalment, order.Active, schedule.None, false, []schedule.Payment{row(feb, schedule.Complete, 4_500), row(mar, schedule.Cancelled, 4_500)}, order.Review},
		{"collected less than was sold", catalog.Instalment, order.Active, schedule.Approved, false, []schedule.Payment{row(feb, schedule.Complete, 4_500), row(mar, schedule.Complete, 4_400)}, order.Review},
		{"collected more than was sold", catalog.Instalment, order.Active, schedule.Approved, false, []schedule.Payment{row(feb, schedule.Complete, 9_001), row(mar, schedule.Scheduled, 4_500)}, order.Review},
		{"collected more than was sold by another card", catalog.Instalment, order.Suspended, schedule.Approved, false, []schedule.Payment{row(feb, schedule.Merged, 4_500), row(mar, schedule.Complete, 9_100)}, order.Review},
		{"all merged and collected by another card", catalog.Instalment, order.Suspended, schedule.Approved, false,
			[]schedule.Payment{row(feb, schedule.Merged, 4_500), row(mar, schedule.Merged, 4_500), row(apr, schedule.Recovered, 9_000)}, order.Complete},
		{"an overpaid order goes on being collected", catalog.Instalment, order.Review, schedule.SoftDecline, false, []schedule.Payment{row(feb, schedule.Complete, 9_001), row(mar, schedule.SoftDeclined, 4_500)}, order.Review},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := instalments(10_000, 1_000, 2)
			o.Type, o.Status = tt.typ, tt.from
			if got := schedule.Standing(o, tt.rows, tt.fact, tt.suspend); got != tt.want {
				t.Errorf("it is %s; want %s", got, tt.want)
			}
		})
	}
}

func TestDeclinedUpdateLeavesASuspendedOrderItsTries(t *testing.T) {
	t.Parallel()
	used := row("2027-03-01", schedule.SoftDeclined, 900)
	used.Refusal = schedule.RuleLadder
	for _, tt := range []struct {
		from    order.Status
		fact    schedule.Fact
		newest  schedule.Payment
		suspend bool
		want    order.Status
	}{
		{order.Suspended, schedule.SoftDecline, row("2027-03-01", schedule.SoftDeclined, 900), true, order.Failed},
		{order.Suspended, schedule.Authenticate, row("2027-03-01", schedule.SoftDeclined, 900), true, order.Failed},
		{order.Suspended, schedule.SoftDecline, row("2027-03-01", schedule.Complete, 900), false, order.Active},
		{order.Suspended, schedule.SoftDecline, used, true, order.Suspended},
		{order.Suspended, schedule.HardDecline, row("2027-03-01", schedule.HardDeclined, 900), false, order.Suspended},
		{order.Suspended, schedule.Operator, row("2027-03-01", schedule.HardDeclined, 900), false, order.Suspended},
		{order.Suspended, schedule.Approved, row("2027-03-01", schedule.Complete, 900), false, order.Active},
		{order.Failed, schedule.SoftDecline, row("2027-03-01", schedule.SoftDeclined, 900), false, order.Failed},
		{order.Complete, schedule.SoftDecline, row("2027-03-01", schedule.SoftDeclined, 900), false, order.Complete},
	} {
		o := subscription(catalog.Month, 1)
		o.Status = tt.from
		if got := schedule.StandingOfUpdate(o, []schedule.Payment{tt.newest}, tt.fact, tt.suspend); got != tt.want {
			t.Errorf("a %s order is %s after %s; want %s", tt.from, got, tt.fact, tt.want)
		}
	}
}
