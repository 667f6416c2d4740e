package schedule_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/schedule"
)

var noon = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)

// do gives a command with ordinary details.
func do(p *schedule.Payment, c schedule.Command) error {
	switch c {
	case schedule.Skip:
		return p.Skip()
	case schedule.Cancel:
		return p.Cancel()
	case schedule.Reschedule:
		return p.Reschedule("2027-04-02", time.UTC)
	case schedule.Reprice:
		return p.Reprice(eur(700))
	case schedule.Join:
		_, err := schedule.Combine(subscription(catalog.Month, 1), []*schedule.Payment{p}, 9, "2027-03-05", time.UTC, noon)
		return err
	case schedule.Retry:
		return p.Retry(noon)
	case schedule.Execute:
		return p.Execute(noon)
	case schedule.Pause:
		return p.Pause()
	case schedule.Resume:
		return p.Resume("2027-04-02", time.UTC)
	case schedule.Restore:
		return p.Restore(time.UTC)
	}
	return errors.New("no such command")
}

// Every command in every status: what becomes of the payment, and everything that
// is not in the table is refused and changes nothing.
func TestWhichCommandsAScheduledPaymentTakes(t *testing.T) {
	t.Parallel()
	const same = schedule.Status("as it was")
	table := map[schedule.Command]map[schedule.Status]schedule.Status{
		schedule.Skip:       {schedule.Scheduled: schedule.Skipped, schedule.SoftDeclined: schedule.Skipped, schedule.HardDeclined: schedule.Skipped},
		schedule.Cancel:     {schedule.Scheduled: schedule.Cancelled, schedule.SoftDeclined: schedule.Cancelled, schedule.HardDeclined: schedule.Cancelled},
		schedule.Reschedule: {schedule.Scheduled: same, schedule.SoftDeclined: schedule.Scheduled, schedule.HardDeclined: schedule.Scheduled, schedule.Paused: same},
		schedule.Reprice:    {schedule.Scheduled: same, schedule.SoftDeclined: same, schedule.HardDeclined: same},
		schedule.Join:       {schedule.Scheduled: schedule.Merged, schedule.SoftDeclined: schedule.Merged, schedule.HardDeclined: schedule.Merged},
		schedule.Retry:      {schedule.SoftDeclined: same, schedule.HardDeclined: same},
		schedule.Execute:    {schedule.Scheduled: same},
		schedule.Pause:      {schedule.Scheduled: schedule.Paused},
		schedule.Resume:     {schedule.Paused: schedule.Scheduled},
		schedule.Restore:    {schedule.Cancelled: schedule.Scheduled, schedule.Merged: schedule.Scheduled},
	}
	if len(table) != len(schedule.Commands) {
		t.Fatalf("%d of %d commands are walked", len(table), len(schedule.Commands))
	}
	for _, c := range schedule.Commands {
		for _, status := range schedule.Statuses {
			before := schedule.Payment{ID: "spm_1", Origin: schedule.Planned, Status: status, DueOn: "2027-03-31", RhythmOn: "2027-03-31", Amount: eur(900)}
			p := before
			err := do(&p, c)
			want, taken := table[c][status]
			if want == same {
				want = status
			}
			switch {
			case !taken && (!errors.Is(err, schedule.ErrNotUpdatable) || p != before):
				t.Errorf("%s of one that is %s: %v, and it is %+v", c, status, err, p)
			case taken && (err != nil || p.Status != want):
				t.Errorf("%s of one that is %s: %v, and it is %s; want %s", c, status, err, p.Status, want)
			}
			held := before
			held.HeldBy = "pay_1"
			if err := do(&held, c); taken && c != schedule.Restore && !errors.Is(err, schedule.ErrHeld) {
				t.Errorf("%s of one that its customer is about to pay: %v", c, err)
			}
		}
	}
}

// Every fact in every status: what can be collected moves, what was collected or
// given up stays, and an approval of such a one is surplus.
func TestWhatAFactMakesOfAScheduledPayment(t *testing.T) {
	t.Parallel()
	over := []schedule.Status{schedule.Complete, schedule.Recovered, schedule.Skipped, schedule.Merged, schedule.Cancelled}
	moves := map[schedule.Fact]schedule.Status{
		schedule.Approved: schedule.Complete, schedule.SoftDecline: schedule.SoftDeclined, schedule.HardDecline: schedule.HardDeclined,
		schedule.Authenticate: schedule.SoftDeclined, schedule.Mend: schedule.SoftDeclined, schedule.Held: schedule.Review,
		schedule.Operator: "", schedule.Unknown: "",
	}
	if len(moves) != len(schedule.Facts) {
		t.Fatalf("%d of %d facts are walked", len(moves), len(schedule.Facts))
	}
	for _, f := range schedule.Facts {
		for _, status := range schedule.Statuses {
			before := schedule.Payment{Status: status, Amount: eur(900), CollectAt: noon, HeldBy: "pay_1"}
			declined := status == schedule.SoftDeclined || status == schedule.HardDeclined
			if declined {
				before.Class, before.DeclinedAt = gateway.RetrySoft, noon.Add(-time.Hour)
			}
			p := before
			mine := p.Book(f, noon)
			if slices.Contains(over, status) {
				if mine || p != before {
					t.Errorf("%s of one that is %s: %t, %+v", f, status, mine, p)
				}
				continue
			}
			want := moves[f]
			switch {
			case want == "":
				want = status
			case want == schedule.Complete && declined:
				want = schedule.Recovered
			}
			if !mine || p.Status != want {
				t.Errorf("%s of one that is %s: %t, %s; want %s", f, status, mine, p.Status, want)
			}
			if moves[f] != "" && !p.CollectAt.IsZero() {
				t.Errorf("%s of one that is %s: it is collected on at %v", f, status, p.CollectAt)
			}
			if p.Collected() != !p.SettledAt.IsZero() || (p.Collected() && p.HeldBy != "") {
				t.Errorf("%s of one that is %s: %+v", f, status, p)
			}
		}
	}
}

func TestARescheduledPayment(t *testing.T) {
	t.Parallel()
	declined := schedule.Payment{Status: schedule.SoftDeclined, DueOn: "2027-02-28", RhythmOn: "2027-02-28", Class: gateway.RetrySoft, DeclinedAt: noon.AddDate(0, 0, -20), Refusal: schedule.RuleLadder}
	if err := declined.Reschedule("2027-03-10", zone(t, "Europe/Berlin")); err != nil || declined.DueOn != "2027-03-10" || declined.RhythmOn != "2027-02-28" ||
		!declined.DeclinedAt.IsZero() || declined.Refusal != "" || declined.CollectAt.Format(time.RFC3339) != "2027-03-09T23:00:00Z" {
		t.Errorf("%+v, %v", declined, err)
	}
	if !declined.Book(schedule.Approved, noon) || declined.Status != schedule.Recovered {
		t.Errorf("collected after a decline it is %s", declined.Status)
	}
	hard := schedule.Payment{Status: schedule.HardDeclined, Class: gateway.RetryHard, DeclinedAt: noon, Refusal: schedule.RuleHard}
	if err := hard.Reschedule("2027-03-10", time.UTC); err != nil || hard.Refusal != schedule.RuleHard {
		t.Errorf("a date lifted what forbids the card: %+v, %v", hard, err)
	}
	paused := schedule.Payment{Status: schedule.Paused, DueOn: "2027-02-28"}
	if err := paused.Reschedule("2027-03-10", time.UTC); err != nil || paused.DueOn != "2027-03-10" || !paused.CollectAt.IsZero() {
		t.Errorf("a paused one is collected: %+v, %v", paused, err)
	}
	for _, day := range []string{"", "10/03/2027", "2027-02-30"} {
		p := schedule.Payment{Status: schedule.Scheduled, DueOn: "2027-02-28"}
		if err := p.Reschedule(day, time.UTC); err == nil || p.DueOn != "2027-02-28" {
			t.Errorf("moved to %q: %+v", day, p)
		}
	}
}

func TestAnotherRhythmBeginsWithAPlannedPayment(t *testing.T) {
	t.Parallel()
	p := schedule.Payment{Origin: schedule.Planned, Status: schedule.Scheduled, DueOn: "2027-03-10", RhythmOn: "2027-02-28"}
	if err := p.Turn(catalog.Week, 2); err != nil || p.RhythmOn != "2027-03-10" || p.Unit != catalog.Week || p.Interval != 2 {
		t.Errorf("%+v, %v", p, err)
	}
	requested := schedule.Payment{Origin: schedule.Requested, Status: schedule.Scheduled, DueOn: "2027-03-10"}
	if err := requested.Turn(catalog.Week, 2); !errors.Is(err, schedule.ErrNotUpdatable) {
		t.Errorf("a requested one has a rhythm: %v", err)
	}
}

func TestPartsOfAMergedPayment(t *testing.T) {
	t.Parallel()
	o := subscription(catalog.Month, 1)
	soft := schedule.Payment{ID: "spm_1", Status: schedule.SoftDeclined, DueOn: "2027-01-31", Amount: eur(900), Class: gateway.RetrySoft, DeclinedAt: noon, CollectAt: noon}
	hard := schedule.Payment{ID: "spm_2", Status: schedule.HardDeclined, DueOn: "2027-02-28", Amount: eur(900), Class: gateway.RetryHard, DeclinedAt: noon, Refusal: schedule.RuleHard}
	due := schedule.Payment{ID: "spm_3", Status: schedule.Scheduled, DueOn: "2027-03-01", Amount: eur(901)}
	done := schedule.Payment{ID: "spm_4", Status: schedule.Complete, Amount: eur(1)}
	before := soft
	if _, err := schedule.Combine(o, []*schedule.Payment{&soft, &done}, 5, "2027-03-05", time.UTC, noon); !errors.Is(err, schedule.ErrNotUpdatable) || soft != before {
		t.Fatalf("merged with one that is collected: %+v, %v", soft, err)
	}
	sum, err := schedule.Combine(o, []*schedule.Payment{&soft, &hard, &due}, 5, "2027-03-05", time.UTC, noon)
	if err != nil || sum.Amount != eur(2701) || sum.Origin != schedule.Merge || sum.Status != schedule.Scheduled || sum.Position != 5 || sum.DueOn != "2027-03-05" || sum.CollectAt.Day() != 5 {
		t.Fatalf("%+v, %v", sum, err)
	}
	for _, p := range []schedule.Payment{soft, hard, due} {
		if p.Status != schedule.Merged || p.MergedInto != sum.ID || !p.CollectAt.IsZero() {
			t.Errorf("%+v", p)
		}
	}
	want := map[*schedule.Payment]schedule.Status{&soft: schedule.SoftDeclined, &hard: schedule.HardDeclined, &due: schedule.Scheduled}
	for p, status := range want {
		if err := p.Restore(time.UTC); err != nil || p.Status != status || p.MergedInto != "" || p.CollectAt.IsZero() != (status != schedule.Scheduled) {
			t.Errorf("restored: %+v, %v", *p, err)
		}
	}
}

func TestAPaymentOnRequest(t *testing.T) {
	t.Parallel()
	o := subscription(catalog.Month, 1)
	berlin := zone(t, "Europe/Berlin")
	late := time.Date(2027, 3, 1, 23, 30, 0, 0, time.UTC)
	now, err := schedule.Request(o, eur(500), "March", "", 4, berlin, late)
	if err != nil || now.DueOn != "2027-03-02" || !now.CollectAt.Equal(late) || now.Origin != schedule.Requested || now.Description != "March" || now.Position != 4 {
		t.Errorf("%+v, %v", now, err)
	}
	later, err := schedule.Request(o, eur(500), "", "2027-04-01", 5, berlin, late)
	if err != nil || later.DueOn != "2027-04-01" || later.CollectAt.Format(time.RFC3339) != "2027-03-31T22:00:00Z" {
		t.Errorf("%+v, %v", later, err)
	}
}
