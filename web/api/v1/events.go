package v1

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

// Events reads what happened; internal/store provides it.
type Events interface {
	// Events are a page of a profile's events, newest first.
	Events(ctx context.Context, profileID profile.ID, f event.Filter, w paging.Window) (paging.Page[event.Recorded], error)
	// Event finds an event of a profile; event.ErrNotFound.
	Event(ctx context.Context, profileID profile.ID, eventID string) (event.Recorded, error)
}

type eventEnvelope struct {
	Event event.Shape `json:"event"`
}

// listEvents is GET /events.
func (h *handlers) listEvents(c echo.Context, by caller, q *query) error {
	f := event.Filter{Type: q.eventType("type"), OrderID: q.key("order_id", "ord"), From: q.moment("created_from"), To: q.moment("created_to")}
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[event.Recorded], error) {
		return h.Events.Events(ctx, by.profileID, f, w)
	}, event.Recorded.Shape)
}

// eventType is the name of a type of event.
func (q *query) eventType(name string) string {
	told := q.text(name)
	if _, ok := event.Named(told); told != "" && !ok {
		q.note(name, "unknown_value", "Use a type that the API's document lists, such as order.created.")
	}
	return told
}

// showEvent is GET /events/:id.
func (h *handlers) showEvent(c echo.Context, by caller) error {
	if !id.Valid("evt", c.Param("id")) {
		return event.ErrNotFound
	}
	e, err := h.Events.Event(c.Request().Context(), by.profileID, c.Param("id"))
	if err != nil {
		return err
	}
	return show(c, eventEnvelope{e.Shape()})
}
