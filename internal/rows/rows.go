// Package rows makes and changes what merchants keep with us, such as customers
// and products: checked whole, in one unit of work with its event and the call's
// answer, and never over somebody else's change.
package rows

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
)

// Row is one of a profile.
type Row[T any] interface {
	// Validate returns a fault with every wrong field.
	Validate() error
	// Key names the row and whose it is.
	Key() (id.Profile, string)
	// Next is the row as it will be written at a moment: its next version.
	Next(at time.Time) T
}

// Keeper writes rows of one kind.
type Keeper[X idem.Tx, T Row[T]] struct {
	Kind  string // what events call it: "customer"
	Clock clock.Clock
	In    func(context.Context, func(X) error) error // begins a unit of work
}

// Make writes a first version with insert, a method of X.
func (k Keeper[X, T]) Make(ctx context.Context, by actor.Actor, row T, insert func(X, context.Context, T) error, call *idem.Call) (T, error) {
	return k.write(ctx, by, k.Kind+".created", row, insert, call)
}

// Change lets change alter a row that was just read and writes its next version
// with save, a method of X that finds out when the row has another one by now.
func (k Keeper[X, T]) Change(ctx context.Context, by actor.Actor, row T, change func(*T) error, save func(X, context.Context, T) error, call *idem.Call) (T, error) {
	if err := change(&row); err != nil {
		var none T
		return none, err
	}
	return k.write(ctx, by, k.Kind+".changed", row, save, call)
}

func (k Keeper[X, T]) write(ctx context.Context, by actor.Actor, what string, row T, put func(X, context.Context, T) error, call *idem.Call) (T, error) {
	var none T
	if err := row.Validate(); err != nil {
		return none, err
	}
	profileID, key := row.Key()
	now, err := k.Clock.Now(ctx, profileID)
	if err != nil {
		return none, fmt.Errorf("billing time: %w", err)
	}
	row = row.Next(now)
	e := event.Event{ProfileID: profileID, Type: what, Subject: key, By: by, At: now}
	if err := idem.Commit(ctx, k.In, func(tx X) error { return put(tx, ctx, row) }, e, call, row); err != nil {
		return none, fmt.Errorf("%s %s: %w", what, key, err)
	}
	return row, nil
}
