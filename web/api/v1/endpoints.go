package v1

import (
	"context"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/paging"
)

type endpointEnvelope struct {
	Endpoint endpointAnswer `json:"webhook_endpoint"`
}

type endpointAnswer struct {
	ID           string   `json:"id"`
	ProfileID    string   `json:"profile_id"`
	URL          string   `json:"url"`
	Description  string   `json:"description"`
	Types        []string `json:"event_types"`
	Status       string   `json:"status"`
	Reason       *string  `json:"disabled_reason"`       // null while it is enabled
	Secret       *string  `json:"secret"`                // null but where it was just made
	OldUntil     *string  `json:"previous_secret_until"` // null where one secret signs
	FailingSince *string  `json:"failing_since"`         // null where the last attempt did not fail
	CreatedAt    string   `json:"created_at"`
}

type deliveryEnvelope struct {
	Delivery deliveryAnswer `json:"delivery"`
}

type deliveryAnswer struct {
	ID            string        `json:"id"`
	EndpointID    string        `json:"webhook_endpoint_id"`
	EventID       string        `json:"event_id"`
	EventType     string        `json:"event_type"`
	Sequence      int64         `json:"sequence"`
	State         string        `json:"state"`
	AttemptCount  int64         `json:"attempt_count"`
	Attempts      []triedAnswer `json:"attempts"`        // the latest, in their order
	NextAttemptAt *string       `json:"next_attempt_at"` // null when nothing is to come
	CreatedAt     string        `json:"created_at"`
	DoneAt        *string       `json:"done_at"` // null while it is due
}

type triedAnswer struct {
	AttemptedAt  string  `json:"attempted_at"`
	Status       *int    `json:"response_status"` // null where none came
	Trouble      *string `json:"error"`           // null where it was taken
	Milliseconds int64   `json:"duration_ms"`
	Excerpt      string  `json:"response_excerpt"`
}

// endpointID is the path's; endpoint.ErrNotFound for what cannot be one.
func endpointID(c echo.Context) (endpoint.ID, error) {
	if !id.Valid("whe", c.Param("id")) {
		return "", endpoint.ErrNotFound
	}
	return endpoint.ID(c.Param("id")), nil
}

// listEndpoints is GET /webhook_endpoints.
func (h *handlers) listEndpoints(c echo.Context, by caller, q *query) error {
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[endpoint.Endpoint], error) {
		return h.Endpoints.Endpoints(ctx, by.profileID, w)
	}, h.describeEndpoint)
}

// createEndpoint is POST /webhook_endpoints.
func (h *handlers) createEndpoint(c echo.Context, by caller) error {
	return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		var e endpoint.Endpoint
		if err := readEndpoint(body, &e, false); err != nil {
			return nil, err
		}
		return h.Endpoints.Create(ctx, by.actor(), by.profileID, e.Details, call)
	})
}

// showEndpoint is GET /webhook_endpoints/:id.
func (h *handlers) showEndpoint(c echo.Context, by caller) error {
	key, err := endpointID(c)
	if err != nil {
		return err
	}
	e, err := h.Endpoints.Endpoint(c.Request().Context(), by.profileID, key)
	if err != nil {
		return err
	}
	return show(c, endpointEnvelope{h.describeEndpoint(e)})
}

// changeEndpoint is PUT /webhook_endpoints/:id.
func (h *handlers) changeEndpoint(c echo.Context, by caller) error {
	key, err := endpointID(c)
	if err != nil {
		return err
	}
	return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		return h.Endpoints.Change(ctx, by.actor(), by.profileID, key, func(e *endpoint.Endpoint) error { return readEndpoint(body, e, true) }, call)
	})
}

// removeEndpoint is DELETE /webhook_endpoints/:id.
func (h *handlers) removeEndpoint(c echo.Context, by caller) error {
	key, err := endpointID(c)
	if err != nil {
		return err
	}
	return h.command(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		if err := readNothing(body); err != nil {
			return nil, err
		}
		return h.Endpoints.Remove(ctx, by.actor(), by.profileID, key, call)
	})
}

// readNothing reads a body that says nothing.
func readNothing(body value) error {
	var r reader
	r.object(body, "", fields{})
	return r.err()
}

// Bounds of the hours in which the secret before signs too.
const (
	overlapHours    = 24
	maxOverlapHours = 168
)

// rotateSecret is POST /webhook_endpoints/:id/rotate_secret.
func (h *handlers) rotateSecret(c echo.Context, by caller) error {
	key, err := endpointID(c)
	if err != nil {
		return err
	}
	return h.command(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		var r reader
		hours := int64(overlapHours)
		r.object(body, "", fields{"overlap_hours": r.integer(&hours)})
		if hours < 0 || hours > maxOverlapHours {
			r.note("/overlap_hours", "overlap", "Use from 0 to "+strconv.Itoa(maxOverlapHours)+" hours.")
		}
		if err := r.err(); err != nil {
			return nil, err
		}
		return h.Endpoints.RotateSecret(ctx, by.actor(), by.profileID, key, time.Duration(hours)*time.Hour, call)
	})
}

// listDeliveries is GET /webhook_endpoints/:id/deliveries.
func (h *handlers) listDeliveries(c echo.Context, by caller, q *query) error {
	key, err := endpointID(c)
	if err != nil {
		return err
	}
	state := choice(q, "state", endpoint.States)
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[endpoint.Delivery], error) {
		return h.Endpoints.Deliveries(ctx, by.profileID, key, state, w)
	}, describeDelivery)
}

// listEventDeliveries is GET /events/:id/deliveries.
func (h *handlers) listEventDeliveries(c echo.Context, by caller, q *query) error {
	if !id.Valid("evt", c.Param("id")) {
		return event.ErrNotFound
	}
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[endpoint.Delivery], error) {
		return h.Endpoints.EventDeliveries(ctx, by.profileID, c.Param("id"), w)
	}, describeDelivery)
}

// redeliver is POST /webhook_endpoints/:id/deliveries/:delivery/redeliver.
func (h *handlers) redeliver(c echo.Context, by caller) error {
	key, err := endpointID(c)
	if err != nil {
		return err
	}
	if !id.Valid("whd", c.Param("delivery")) {
		return endpoint.ErrDeliveryNotFound
	}
	return h.command(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		if err := readNothing(body); err != nil {
			return nil, err
		}
		return h.Endpoints.Redeliver(ctx, by.actor(), by.profileID, key, endpoint.DeliveryID(c.Param("delivery")), call)
	})
}

// readEndpoint puts what a body tells into e, all of it or what is to change.
func readEndpoint(body value, e *endpoint.Endpoint, change bool) error {
	var r reader
	var types []string
	told := false
	known := fields{
		"url":         r.text(&e.URL),
		"description": r.text(&e.Description),
		"event_types": func(v value, at string) {
			told = true
			r.list(func(v value, at string) {
				var one string
				r.text(&one)(v, at)
				types = append(types, one)
			})(v, at)
		},
	}
	if change {
		known["status"] = func(v value, at string) {
			status := string(e.Status)
			r.text(&status)(v, at)
			if e.Status = endpoint.Status(status); e.Status != endpoint.Enabled && e.Status != endpoint.Disabled {
				r.note(at, "endpoint_status", "Use enabled or disabled.")
			}
		}
		r.change(body, "webhook_endpoint", known)
	} else {
		r.envelope(body, "webhook_endpoint", known, "url", "event_types")
	}
	if told {
		e.Types = types
	}
	return r.err()
}

func (h *handlers) describeEndpoint(e endpoint.Endpoint) endpointAnswer {
	a := endpointAnswer{ID: string(e.ID), ProfileID: string(e.ProfileID), URL: e.URL, Description: e.Description, Types: e.Types, Status: string(e.Status),
		Reason: told(string(e.Reason)), FailingSince: moment(e.FailingSince), CreatedAt: timestamp(e.CreatedAt)}
	if e.Fresh {
		a.Secret = &e.Secret
	}
	if e.SignsTwice(h.Clock.Wall()) {
		a.OldUntil = moment(e.OldUntil)
	}
	return a
}

func describeDelivery(d endpoint.Delivery) deliveryAnswer {
	a := deliveryAnswer{ID: string(d.ID), EndpointID: string(d.EndpointID), EventID: d.Event.ID, EventType: d.Event.Type, Sequence: d.Event.Sequence,
		State: string(d.State), AttemptCount: d.Attempts, Attempts: make([]triedAnswer, len(d.Tried)), NextAttemptAt: moment(d.NextAttemptAt),
		CreatedAt: timestamp(d.CreatedAt), DoneAt: moment(d.DoneAt)}
	for i, t := range d.Tried {
		a.Attempts[i] = triedAnswer{AttemptedAt: timestamp(t.At), Trouble: told(string(t.Trouble)), Milliseconds: t.Took.Milliseconds(), Excerpt: t.Excerpt}
		if t.Status != 0 {
			a.Attempts[i].Status = &t.Status
		}
	}
	return a
}
