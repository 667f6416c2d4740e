package schedule

import (
	"slices"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
)

// Faults of commands.
var (
	ErrNotUpdatable = fault.New(fault.Conflict, "scheduled_payment_not_updatable", "A scheduled payment in this state cannot be changed in this way.")
	ErrHeld         = fault.New(fault.Conflict, "scheduled_payment_held", "The customer is about to pay this with another card. Try again when that has ended.")
)

// Command is what may be done to a scheduled payment.
type Command string

// The commands. Pause, Resume and Restore go with their order's; the others are a
// merchant's.
const (
	Skip       Command = "skip"       // never collected; its amount leaves the order's total
	Cancel     Command = "cancel"     // never collected
	Reschedule Command = "reschedule" // collected on another day, also when it was declined
	Reprice    Command = "reprice"
	Join       Command = "merge" // collected as a part of another
	Retry      Command = "retry" // a declined one is charged again at once
	Execute    Command = "execute_now"
	Pause      Command = "pause"
	Resume     Command = "resume"
	Restore    Command = "restore" // what was cancelled or merged is as it was before
)

// Commands are all of them.
var Commands = []Command{Skip, Cancel, Reschedule, Reprice, Join, Retry, Execute, Pause, Resume, Restore}

// permitted is the table of commands: the statuses in which each is taken
// (facts/billpro.md §1.8). A paused one takes another day, and stays paused.
var permitted = map[Command][]Status{
	Skip:       {Scheduled, SoftDeclined, HardDeclined},
	Cancel:     {Scheduled, SoftDeclined, HardDeclined},
	Reschedule: {Scheduled, SoftDeclined, HardDeclined, Paused},
	Reprice:    {Scheduled, SoftDeclined, HardDeclined},
	Join:       {Scheduled, SoftDeclined, HardDeclined},
	Retry:      {SoftDeclined, HardDeclined},
	Execute:    {Scheduled},
	Pause:      {Scheduled},
	Resume:     {Paused},
	Restore:    {Cancelled, Merged},
}

// May reports whether a command is permitted. It returns ErrNotUpdatable, or
// ErrHeld while a customer's update of the card holds or settles the payment.
func (p Payment) May(c Command) error {
	if !slices.Contains(permitted[c], p.Status) {
		return ErrNotUpdatable
	}
	if (p.HeldBy != "" || p.Origin == Update) && c != Restore {
		return ErrHeld
	}
	return nil
}

// Skip gives the payment up; its amount leaves the order's total.
func (p *Payment) Skip() error { return p.giveUp(Skip, Skipped) }

// Cancel gives the payment up.
func (p *Payment) Cancel() error { return p.giveUp(Cancel, Cancelled) }

func (p *Payment) giveUp(c Command, to Status) error {
	if err := p.May(c); err != nil {
		return err
	}
	p.Status, p.CollectAt, p.LeaseUntil = to, time.Time{}, time.Time{}
	return nil
}

// Reschedule moves the payment to another day, the rhythm of the others stays. A
// declined one begins a new run of tries with it; what forbids its card stays
// forbidden until there is another.
func (p *Payment) Reschedule(day string, loc *time.Location) error {
	if err := p.May(Reschedule); err != nil {
		return err
	}
	at, err := Start(day, loc)
	if err != nil {
		return err
	}
	p.DueOn = day
	if p.Status == Paused {
		return nil
	}
	p.Status, p.CollectAt, p.LeaseUntil, p.DeclinedAt = Scheduled, at, time.Time{}, time.Time{}
	if !p.Refusal.OfCard() {
		p.Refusal = ""
	}
	return nil
}

// Turn makes the payment's day the anchor of another rhythm, for those after it.
func (p *Payment) Turn(unit catalog.Unit, interval int64) error {
	if err := p.May(Reschedule); err != nil {
		return err
	}
	if p.Origin != Planned {
		return ErrNotUpdatable
	}
	p.RhythmOn, p.Unit, p.Interval = p.DueOn, unit, interval
	return nil
}

// Reprice changes the amount.
func (p *Payment) Reprice(amount money.Amount) error {
	if err := p.May(Reprice); err != nil {
		return err
	}
	p.Amount = amount
	return nil
}

// Retry makes a declined payment due at once. Whether the schemes allow the charge
// is Limits.MayCharge's to say, and what order it is of is its order's.
func (p *Payment) Retry(now time.Time) error { return p.atOnce(Retry, now) }

// Execute makes a payment due at once that has not been tried.
func (p *Payment) Execute(now time.Time) error { return p.atOnce(Execute, now) }

func (p *Payment) atOnce(c Command, now time.Time) error {
	if err := p.May(c); err != nil {
		return err
	}
	p.CollectAt, p.LeaseUntil = now, time.Time{}
	return nil
}

// Pause keeps the payment from being collected until it is resumed.
func (p *Payment) Pause() error { return p.giveUp(Pause, Paused) }

// Resume lets a paused payment fall due on a day. A day that passed meanwhile is
// not caught up with: the caller gives the next of the rhythm, see NextDay.
func (p *Payment) Resume(day string, loc *time.Location) error {
	if err := p.May(Resume); err != nil {
		return err
	}
	at, err := Start(day, loc)
	if err != nil {
		return err
	}
	if day != p.DueOn {
		p.RhythmOn = day
	}
	p.Status, p.DueOn, p.CollectAt = Scheduled, day, at
	return nil
}

// Restore gives a cancelled payment, or a part of a merged one, the status that it
// had. A declined one is not tried by itself.
func (p *Payment) Restore(loc *time.Location) error {
	if err := p.May(Restore); err != nil {
		return err
	}
	at, err := Start(p.DueOn, loc)
	if err != nil {
		return err
	}
	p.Status, p.CollectAt, p.MergedInto, p.HeldBy = p.untried(), time.Time{}, "", ""
	if p.Status == Scheduled {
		p.CollectAt = at
	}
	return nil
}

// untried is the status that the latest decline of this run of tries left, or
// Scheduled without one.
func (p *Payment) untried() Status {
	switch {
	case p.DeclinedAt.IsZero():
		return Scheduled
	case p.Class == gateway.RetryHard:
		return HardDeclined
	}
	return SoftDeclined
}

// Combine is one payment of the sum of several of an order, which become parts of
// it. They are changed only if all can be merged. position is the next free one of
// the order.
func Combine(o order.Order, parts []*Payment, position int64, day string, loc *time.Location, now time.Time) (Payment, error) {
	at, err := Start(day, loc)
	if err != nil {
		return Payment{}, err
	}
	p := Payment{ID: NewID(), ProfileID: o.ProfileID, OrderID: o.ID, Position: position, Origin: Merge, Status: Scheduled,
		DueOn: day, Amount: money.New(0, o.Total.Currency()), CollectAt: at, CreatedAt: now, Version: 1}
	for _, part := range parts {
		if err := part.May(Join); err != nil {
			return Payment{}, err
		}
		if p.Amount, err = p.Amount.Add(part.Amount); err != nil {
			return Payment{}, err
		}
	}
	for _, part := range parts {
		part.Status, part.MergedInto, part.CollectAt, part.LeaseUntil = Merged, p.ID, time.Time{}, time.Time{}
	}
	return p, nil
}

// Request is a payment that a merchant asks for on a metered order. With an empty
// day it is due at once.
func Request(o order.Order, amount money.Amount, description, day string, position int64, loc *time.Location, now time.Time) (Payment, error) {
	p := Payment{ID: NewID(), ProfileID: o.ProfileID, OrderID: o.ID, Position: position, Origin: Requested, Status: Scheduled,
		DueOn: day, Description: description, Amount: amount, CollectAt: now, CreatedAt: now, Version: 1}
	if day == "" {
		p.DueOn = DayOf(now, loc)
		return p, nil
	}
	var err error
	p.CollectAt, err = Start(day, loc)
	return p, err
}
