// Package idem is the promise behind Idempotency-Key: a call that comes twice
// works once and answers the same. The claim is a row; the answer is written
// into it by the very transaction that does the work, so that no crash can
// separate the two.
package idem

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/id"
)

// Faults of a repeated call.
var (
	ErrInWork   = fault.New(fault.Conflict, "idempotency_key_in_work", "A request with this Idempotency-Key is still being worked on. Try again in a moment.")
	ErrReused   = fault.New(fault.Invalid, "idempotency_key_reused", "This Idempotency-Key was used before with another body. Use a new key for a new request.")
	ErrLongKey  = fault.New(fault.Malformed, "idempotency_key_invalid", "Idempotency-Key must be 1 to 255 printable characters.")
	ErrOvertook = fault.New(fault.Conflict, "idempotency_key_overtaken", "This request took so long that a repetition of it went ahead. Ask for the result again with the same Idempotency-Key.")
)

// Lease is how long a claim holds without an answer; Kept how long an answer does.
const (
	Lease = 60 * time.Second
	Kept  = 30 * 24 * time.Hour
)

// Scope is what makes a key one key: who called what.
type Scope struct {
	ProfileID id.Profile
	APIKeyID  string
	Method    string
	Route     string // the pattern, with its ids filled in
	Key       string // as the caller sent it
}

// Answer is a kept one. Sealed is the body as package secret sealed it.
type Answer struct {
	Status int
	Sealed []byte
}

// Claim is what the beginning of a call found: the answer that is kept already, or
// a lease to work under and where an earlier worker of the same call got to.
type Claim struct {
	LeaseID string
	Point   string // of recovery; empty where nothing was committed yet
	Kept    *Answer
}

// Call is one claimed call on its way through a service. A service that gets one
// hands what it made to Answer and writes that beside the work with its Tx's
// KeepAnswer. A nil *Call means the caller sent no key.
type Call struct {
	Scope   Scope
	LeaseID string
	Point   string // the claim's
	// Render turns what the service made into the answer that will be sent.
	Render func(made any) (Answer, error)
	// Halfway is set where more follows the unit of work, such as a gateway's call:
	// what it made is kept as the point from which a repetition goes on, and no
	// answer yet.
	Halfway func(made any) (point string)
}

// Until is the call as a service gets it whose unit of work is not the last one.
func (c *Call) Until(halfway func(made any) (point string)) *Call {
	if c == nil {
		return nil
	}
	return &Call{Scope: c.Scope, LeaseID: c.LeaseID, Point: c.Point, Render: c.Render, Halfway: halfway}
}

// Tx is what a unit of work needs to end a command.
type Tx interface {
	Record(ctx context.Context, e event.Event) error
	KeepAnswer(ctx context.Context, call *Call, made any) error
}

// Commit does the work of a command in one unit: put writes the rows, and with
// them go the event that tells of it and the answer that the call gets again.
func Commit[T Tx](ctx context.Context, in func(context.Context, func(T) error) error, put func(T) error, e event.Event, call *Call, made any) error {
	return in(ctx, func(tx T) error {
		if err := put(tx); err != nil {
			return err
		}
		if err := tx.Record(ctx, e); err != nil {
			return err
		}
		return tx.KeepAnswer(ctx, call, made)
	})
}
