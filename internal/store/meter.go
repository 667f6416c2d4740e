package store

import "github.com/quittance/quittance/internal/profile"

// Measured is a sort of thing that is counted when it is committed.
type Measured int

// The sorts, and what names their kind.
const (
	MeasuredEvent        Measured = iota // by its type
	MeasuredNotification                 // by the state it got
	MeasuredDrawing                      // a document's bytes, kept for the first time; no kind
)

// Meter hears of everything that was committed. It must be quick and may be
// called from many goroutines at once.
type Meter func(what Measured, kind string)

// UseMeter sets who hears of what is committed. Call it once, before the first
// write.
func (d *DB) UseMeter(m Meter) { d.meter = m }

// UseListener sets who is told the profile of each event that was committed, under
// the terms of a Meter.
func (d *DB) UseListener(l func(profile.ID)) { d.listener = l }

// measured is one thing to tell the meter when the transaction has committed.
type measured struct {
	what Measured
	kind string
}

func (t *tx) measure(what Measured, kind string) {
	t.measured = append(t.measured, measured{what, kind})
}

// tell tells the meter and the listener of a committed transaction.
func (d *DB) tell(t *tx) {
	if d.meter != nil {
		for _, e := range t.events {
			d.meter(MeasuredEvent, e.Type)
		}
		for _, m := range t.measured {
			d.meter(m.what, m.kind)
		}
	}
	if d.listener != nil {
		for _, e := range t.events {
			d.listener(e.ProfileID)
		}
	}
}
