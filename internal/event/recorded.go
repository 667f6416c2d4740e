package event

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/id"
)

// ErrNotFound says that a profile has no such event.
var ErrNotFound = fault.New(fault.NotFound, "event_not_found", "We could not find that event.")

// Recorded is an event as it was written.
type Recorded struct {
	ProfileID id.Profile
	ID        string
	Sequence  int64 // of the profile, from 1 without gaps
	Type      string
	OrderID   string // empty when it concerns no order
	Subject   string
	Actor     string // kind, or kind:key
	At        time.Time
	Data      json.RawMessage // an object
}

// Filter narrows a profile's events; what is empty does not.
type Filter struct {
	Type     string
	OrderID  string
	From, To time.Time // of Recorded.At
}

// Shape is an event as merchants see it, in the API and in webhooks alike.
type Shape struct {
	ID         string          `json:"id"`
	ProfileID  string          `json:"profile_id"`
	Type       string          `json:"type"`
	Sequence   int64           `json:"sequence"`
	OccurredAt string          `json:"occurred_at"`
	OrderID    *string         `json:"order_id"` // null when it concerns no order
	Subject    string          `json:"subject"`
	Actor      string          `json:"actor"` // its kind
	Data       json.RawMessage `json:"data"`
}

// Shape is the event as merchants see it.
func (r Recorded) Shape() Shape {
	s := Shape{ID: r.ID, ProfileID: string(r.ProfileID), Type: r.Type, Sequence: r.Sequence, OccurredAt: r.At.UTC().Format(time.RFC3339Nano),
		Subject: r.Subject, Actor: string(actor.KindOf(r.Actor)), Data: r.Data}
	if r.OrderID != "" {
		s.OrderID = &r.OrderID
	}
	return s
}

// JSON is the body of a webhook.
func (r Recorded) JSON() ([]byte, error) {
	raw, err := json.Marshal(r.Shape())
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", r.ID, err)
	}
	return raw, nil
}
