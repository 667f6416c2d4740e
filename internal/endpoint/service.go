package endpoint

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

// Repo is what this package needs from storage.
type Repo interface {
	// Endpoint finds one of a profile; ErrNotFound.
	Endpoint(ctx context.Context, profileID profile.ID, endpointID ID) (Endpoint, error)
	// Endpoints are a page of a profile's, newest first.
	Endpoints(ctx context.Context, profileID profile.ID, w paging.Window) (paging.Page[Endpoint], error)
	// Deliveries are a page of an endpoint's, newest first; an empty state is any.
	Deliveries(ctx context.Context, profileID profile.ID, endpointID ID, s State, w paging.Window) (paging.Page[Delivery], error)
	// Event finds an event of a profile; event.ErrNotFound.
	Event(ctx context.Context, profileID profile.ID, eventID string) (event.Recorded, error)
	// EventDeliveries are a page of an event's, to endpoints that were not removed,
	// newest first.
	EventDeliveries(ctx context.Context, v event.Recorded, w paging.Window) (paging.Page[Delivery], error)
	InEndpointTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on endpoints.
type Tx interface {
	idem.Tx
	mail.Queue
	// InsertEndpoint adds one, which is sent what happens from now on; ErrTooMany
	// where the profile has Most.
	InsertEndpoint(ctx context.Context, e Endpoint) error
	// SaveEndpoint writes an endpoint's next version, without its health, which is
	// good again when it was enabled or has another address. One that begins afresh has
	// seen all events, and what it waited for has failed. ErrChanged when it has another
	// version by now.
	SaveEndpoint(ctx context.Context, e Endpoint) error
	// RemoveEndpoint takes an endpoint away from everybody's eyes, as of DisabledAt. Its
	// log goes later.
	RemoveEndpoint(ctx context.Context, e Endpoint) error
	// EndpointForUpdate locks an endpoint; ErrNotFound.
	EndpointForUpdate(ctx context.Context, profileID profile.ID, endpointID ID) (Endpoint, error)
	// SaveHealth writes how an endpoint fares, and its status with the next version
	// where it was disabled. It finds out itself when the next delivery is due.
	SaveHealth(ctx context.Context, e Endpoint) error
	// EventsBehind are a profile's events behind a sequence, in order.
	EventsBehind(ctx context.Context, profileID profile.ID, sequence int64, limit int) ([]event.Recorded, error)
	// InsertDeliveries adds deliveries; of one event and endpoint there is one.
	InsertDeliveries(ctx context.Context, all []Delivery) error
	// DueDeliveries are an endpoint's that are due at now, in the order of their events.
	DueDeliveries(ctx context.Context, profileID profile.ID, endpointID ID, now time.Time, limit int) ([]Delivery, error)
	// DeliveryForUpdate locks a delivery of an endpoint; ErrDeliveryNotFound.
	DeliveryForUpdate(ctx context.Context, profileID profile.ID, endpointID ID, deliveryID DeliveryID) (Delivery, error)
	// SaveDelivery changes where a delivery stands.
	SaveDelivery(ctx context.Context, d Delivery) error
}

// Service keeps endpoints.
type Service struct {
	repo  Repo
	clock clock.Clock
	allow Allow
}

// NewService returns a Service.
func NewService(repo Repo, c clock.Clock, allow Allow) *Service { return &Service{repo, c, allow} }

// Endpoint finds one of a profile; ErrNotFound.
func (s *Service) Endpoint(ctx context.Context, profileID profile.ID, endpointID ID) (Endpoint, error) {
	return s.repo.Endpoint(ctx, profileID, endpointID)
}

// Endpoints lists a profile's, newest first.
func (s *Service) Endpoints(ctx context.Context, profileID profile.ID, w paging.Window) (paging.Page[Endpoint], error) {
	return s.repo.Endpoints(ctx, profileID, w)
}

// Deliveries lists an endpoint's, newest first; ErrNotFound.
func (s *Service) Deliveries(ctx context.Context, profileID profile.ID, endpointID ID, state State, w paging.Window) (paging.Page[Delivery], error) {
	if _, err := s.repo.Endpoint(ctx, profileID, endpointID); err != nil {
		return paging.Page[Delivery]{}, err
	}
	return s.repo.Deliveries(ctx, profileID, endpointID, state, w)
}

// EventDeliveries lists where an event went and is to go, newest first;
// event.ErrNotFound.
func (s *Service) EventDeliveries(ctx context.Context, profileID profile.ID, eventID string, w paging.Window) (paging.Page[Delivery], error) {
	v, err := s.repo.Event(ctx, profileID, eventID)
	if err != nil {
		return paging.Page[Delivery]{}, err
	}
	return s.repo.EventDeliveries(ctx, v, w)
}

// Create adds an endpoint with a fresh secret. It is sent what happens from now
// on. It returns ErrInvalid with every wrong field, or ErrTooMany.
func (s *Service) Create(ctx context.Context, by actor.Actor, profileID profile.ID, d Details, call *idem.Call) (Endpoint, error) {
	e := Endpoint{ID: ID(id.New("whe")), ProfileID: profileID, Details: d, Status: Enabled}
	if err := d.validate(s.allow); err != nil {
		return Endpoint{}, err
	}
	e.Rotate(time.Time{}, 0)
	return s.commit(ctx, by, e, "created", Tx.InsertEndpoint, call)
}

// Change lets change alter an endpoint's details, or switch it on or off. One that
// is enabled again misses nothing unless it was disabled for more than
// GiveUpAfter.
// It returns ErrNotFound, what change returns, ErrInvalid with every wrong field,
// or ErrChanged when somebody else was faster.
func (s *Service) Change(ctx context.Context, by actor.Actor, profileID profile.ID, endpointID ID, change func(*Endpoint) error, call *idem.Call) (Endpoint, error) {
	e, err := s.repo.Endpoint(ctx, profileID, endpointID)
	if err != nil {
		return Endpoint{}, err
	}
	was := e.Status
	if err := change(&e); err != nil {
		return Endpoint{}, err
	}
	e.switched(was, s.clock.Wall())
	if err := e.validate(s.allow); err != nil {
		return Endpoint{}, err
	}
	return s.commit(ctx, by, e, "changed", Tx.SaveEndpoint, call)
}

// RotateSecret gives an endpoint a new secret; the one before signs too until
// overlap has passed. It returns ErrNotFound or ErrChanged.
func (s *Service) RotateSecret(ctx context.Context, by actor.Actor, profileID profile.ID, endpointID ID, overlap time.Duration, call *idem.Call) (Endpoint, error) {
	e, err := s.repo.Endpoint(ctx, profileID, endpointID)
	if err != nil {
		return Endpoint{}, err
	}
	e.Rotate(s.clock.Wall(), overlap)
	return s.commit(ctx, by, e, "secret_rotated", Tx.SaveEndpoint, call)
}

// Remove deletes an endpoint for good, with its log, and answers what it was. It
// returns ErrNotFound or ErrChanged.
func (s *Service) Remove(ctx context.Context, by actor.Actor, profileID profile.ID, endpointID ID, call *idem.Call) (Endpoint, error) {
	e, err := s.repo.Endpoint(ctx, profileID, endpointID)
	if err != nil {
		return Endpoint{}, err
	}
	e.disable(Asked, s.clock.Wall())
	return s.commit(ctx, by, e, "deleted", Tx.RemoveEndpoint, call)
}

// commit writes an endpoint's next version with put, a method of Tx, and its event.
func (s *Service) commit(ctx context.Context, by actor.Actor, e Endpoint, what string, put func(Tx, context.Context, Endpoint) error, call *idem.Call) (Endpoint, error) {
	now, err := s.clock.Now(ctx, e.ProfileID)
	if err != nil {
		return Endpoint{}, fmt.Errorf("billing time: %w", err)
	}
	e = e.Next(now)
	if err := idem.Commit(ctx, s.repo.InEndpointTx, func(tx Tx) error { return put(tx, ctx, e) }, told(e, what, nil, by, now), call, e); err != nil {
		return Endpoint{}, fmt.Errorf("%s of %s: %w", what, e.ID, err)
	}
	return e, nil
}

// kind is what events call an endpoint.
const kind = "webhook_endpoint"

// told is an event about an endpoint.
func told(e Endpoint, what string, data map[string]any, by actor.Actor, now time.Time) event.Event {
	return event.Event{ProfileID: e.ProfileID, Type: kind + "." + what, Subject: string(e.ID), By: by, At: now, Data: data}
}

// TellGivenUp records, at billing time now, that an endpoint was disabled by
// itself, and owes the merchant a mail about it.
func TellGivenUp(ctx context.Context, tx Tx, e Endpoint, now time.Time) error {
	if err := tx.Record(ctx, told(e, "disabled", map[string]any{"reason": string(e.Reason)}, actor.TheSystem, now)); err != nil {
		return err
	}
	return mail.TellMerchant(ctx, tx, e.ProfileID, mail.About{Kind: mail.WebhookDisabled, Subject: string(e.ID), Step: e.DisabledAt.Unix()}, e.DisabledAt)
}

// Redeliver makes a delivery due at once, whatever came of it. It returns
// ErrNotFound, ErrDisabled or ErrDeliveryNotFound.
func (s *Service) Redeliver(ctx context.Context, by actor.Actor, profileID profile.ID, endpointID ID, deliveryID DeliveryID, call *idem.Call) (Delivery, error) {
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return Delivery{}, fmt.Errorf("billing time: %w", err)
	}
	var d Delivery
	err = s.repo.InEndpointTx(ctx, func(tx Tx) error {
		e, err := tx.EndpointForUpdate(ctx, profileID, endpointID)
		if err != nil {
			return err
		}
		if e.Status != Enabled {
			return ErrDisabled
		}
		if d, err = tx.DeliveryForUpdate(ctx, profileID, endpointID, deliveryID); err != nil {
			return err
		}
		d.Again(s.clock.Wall())
		if err := tx.SaveDelivery(ctx, d); err != nil {
			return err
		}
		e.RestUntil = time.Time{}
		if err := tx.SaveHealth(ctx, e); err != nil {
			return err
		}
		if err := tx.Record(ctx, told(e, "redelivery_requested", map[string]any{"delivery": string(d.ID)}, by, now)); err != nil {
			return err
		}
		return tx.KeepAnswer(ctx, call, d)
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("redeliver %s: %w", deliveryID, err)
	}
	return d, nil
}
