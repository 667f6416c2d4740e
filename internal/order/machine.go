package order

import (
	"slices"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/fault"
)

// Faults of commands that an order's status or type does not permit.
var (
	ErrEnded          = fault.New(fault.Conflict, "order_ended", "This order has already ended.")
	ErrNotAuthorised  = fault.New(fault.Conflict, "order_not_authorised", "This order has no authorised payment to capture or reverse.")
	ErrNotPausable    = fault.New(fault.Conflict, "order_not_pausable", "Only an active or failed subscription can be paused.")
	ErrNotPaused      = fault.New(fault.Conflict, "order_not_paused", "This order is not paused.")
	ErrNotCancellable = fault.New(fault.Conflict, "order_not_cancellable", "This order cannot be cancelled here.")
	ErrNotCancelling  = fault.New(fault.Conflict, "order_not_cancelling", "This order is not about to end.")
	ErrNotMetered     = fault.New(fault.Conflict, "order_not_metered", "Only a metered order takes payments on request.")
	ErrNotCollecting  = fault.New(fault.Conflict, "order_not_collecting", "Nothing is collected for this order in its present state.")
	ErrNotChangeable  = fault.New(fault.Conflict, "order_not_changeable", "The payments of this order can no longer be changed.")
	ErrCardFixed      = fault.New(fault.Conflict, "card_not_changeable", "The card of this order cannot be changed in its present state.")
)

// Command is what merchants, staff and customers may do to an order.
type Command string

// The commands.
const (
	SendLink   Command = "send_payment_link"
	Pay        Command = "pay" // in a checkout
	Capture    Command = "capture"
	Reverse    Command = "reverse"
	Pause      Command = "pause"
	Resume     Command = "resume"
	Cancel     Command = "cancel"       // at once: by the merchant
	EndPeriod  Command = "cancel_later" // at the end of the paid period: by the customer
	UndoEnd    Command = "undo_cancel"  // takes EndPeriod back
	Request    Command = "request"      // another payment of a metered order
	Collect    Command = "collect"      // a scheduled payment is charged, now or when due
	Change     Command = "change"       // a scheduled payment is changed
	ChangeCard Command = "change_card"  // add, choose, remove
	UpdateCard Command = "update_card"  // another card, and what is outstanding with it
)

// Commands are all of them.
var Commands = []Command{SendLink, Pay, Capture, Reverse, Pause, Resume, Cancel, EndPeriod, UndoEnd, Request, Collect, Change, ChangeCard, UpdateCard}

// rule is a row of the table of commands.
type rule struct {
	in      []Status
	of      []catalog.Type // empty: all
	refused *fault.Error
}

var (
	severalPayments = []catalog.Type{catalog.Instalment, catalog.Subscription, catalog.Metered}
	live            = []Status{Active, Failed, Suspended, Paused, Review}
	collecting      = []Status{Active, Failed, Review}
)

// permitted is the table of commands (facts/billpro.md §1.7, §1.10).
var permitted = map[Command]rule{
	SendLink:   {in: []Status{Draft, Pending, Rejected}, refused: ErrNotPayable},
	Pay:        {in: []Status{Draft, Pending, Rejected}, refused: ErrNotPayable},
	Capture:    {in: []Status{Active, Review}, of: []catalog.Type{catalog.SinglePayment}, refused: ErrNotAuthorised},
	Reverse:    {in: []Status{Active, Review}, of: []catalog.Type{catalog.SinglePayment}, refused: ErrNotAuthorised},
	Pause:      {in: []Status{Active, Failed}, of: []catalog.Type{catalog.Subscription}, refused: ErrNotPausable},
	Resume:     {in: []Status{Paused}, refused: ErrNotPaused},
	Cancel:     {in: []Status{Draft, Pending, Rejected, Active, Failed, Suspended, Paused, Review}, refused: ErrEnded},
	EndPeriod:  {in: []Status{Active, Failed, Suspended, Review}, of: []catalog.Type{catalog.Subscription}, refused: ErrNotCancellable},
	UndoEnd:    {in: []Status{Active, Failed, Suspended, Review}, of: []catalog.Type{catalog.Subscription}, refused: ErrNotCancelling},
	Request:    {in: collecting, of: []catalog.Type{catalog.Metered}, refused: ErrNotCollecting},
	Collect:    {in: collecting, of: severalPayments, refused: ErrNotCollecting},
	Change:     {in: live, of: severalPayments, refused: ErrNotChangeable},
	ChangeCard: {in: collecting, of: severalPayments, refused: ErrCardFixed},
	UpdateCard: {in: []Status{Active, Failed, Suspended, Review}, of: severalPayments, refused: ErrCardFixed},
}

// May reports whether a command is permitted, as far as the order's status and type
// say; it returns a fault that names why not. An order that its customer is ending
// is not paused and not ended twice.
func (o Order) May(c Command) error {
	r := permitted[c]
	switch {
	case c == Request && o.Type != catalog.Metered:
		return ErrNotMetered
	case o.Status.Final() && (r.refused != ErrNotPayable):
		return ErrEnded
	case !slices.Contains(r.in, o.Status), len(r.of) > 0 && !slices.Contains(r.of, o.Type):
		return r.refused
	case (c == Capture || c == Reverse) && !o.Plan.PreAuthorise:
		return r.refused
	case (c == Pause || c == EndPeriod) && o.CancelsOn != "", c == UndoEnd && o.CancelsOn == "":
		return r.refused
	}
	return nil
}

// Pause stops the collection of a subscription until Resume gives it the status
// that it had.
func (o *Order) Pause() error {
	if err := o.May(Pause); err != nil {
		return err
	}
	o.ResumesAs, o.Status = o.Status, Paused
	return nil
}

// Resume ends a pause.
func (o *Order) Resume() error {
	if err := o.May(Resume); err != nil {
		return err
	}
	o.Status, o.ResumesAs = o.ResumesAs, ""
	return nil
}

// Cancel ends the order at once: one that has not begun is cancelled, a live one is
// complete. What it still owed is cancelled by the caller.
func (o *Order) Cancel(now time.Time) error {
	if err := o.May(Cancel); err != nil {
		return err
	}
	if o.Status.Preliminary() {
		o.Status = Cancelled
	} else {
		o.Status = Complete
	}
	o.ResumesAs, o.CancelsOn, o.EndedAt = "", "", now
	return nil
}

// EndOn ends a subscription on a day, at its customer's wish. Its status stays
// until then.
func (o *Order) EndOn(day string) error {
	if err := o.May(EndPeriod); err != nil {
		return err
	}
	o.CancelsOn = day
	return nil
}

// UndoEnd takes EndOn back.
func (o *Order) UndoEnd() error {
	if err := o.May(UndoEnd); err != nil {
		return err
	}
	o.CancelsOn = ""
	return nil
}

// Stand gives the order the status that follows from its payments; a paused one
// has it when it is resumed, unless it has ended. It reports whether anything
// changed. A final order stays as it is.
func (o *Order) Stand(s Status, now time.Time) bool {
	switch {
	case o.Status.Final():
		return false
	case o.Status == Paused && !s.Final():
		changed := o.ResumesAs != s
		o.ResumesAs = s
		return changed
	}
	changed := o.Status != s
	o.Status = s
	if changed && s.Final() {
		o.ResumesAs, o.CancelsOn, o.EndedAt = "", "", now
	}
	return changed
}
