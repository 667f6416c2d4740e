// Package event is the record of what changed. Every change of an order,
// payment, payment method or document writes one in its own transaction;
// webhooks, timelines and the audit read them. They are never changed.
package event

import (
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/id"
)

// Event says that something happened. The store gives it its key and its place
// in the profile's sequence when it is recorded.
type Event struct {
	ProfileID id.Profile
	Type      string // "order.created"; subject.verb in the past tense
	OrderID   string // empty when it concerns no order
	Subject   string // the key of the row that changed
	By        actor.Actor
	At        time.Time      // billing time, UTC
	Data      map[string]any // small facts for readers; never a secret, name or card number
}
