package v1

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/idem"
)

type clockEnvelope struct {
	Clock clockAnswer `json:"clock"`
}

type clockAnswer struct {
	ProfileID   string  `json:"profile_id"`
	Status      string  `json:"status"`
	At          string  `json:"at"`
	AdvancingTo *string `json:"advancing_to"` // null when it has arrived
}

// showClock is GET /sandbox/clock.
func (h *handlers) showClock(c echo.Context, by caller) error {
	clock, err := h.Clocks.Clock(c.Request().Context(), by.profileID)
	if err != nil {
		return err
	}
	body, err := encode(clockEnvelope{describeClock(clock)})
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// advanceClock is POST /sandbox/clock/advance.
func (h *handlers) advanceClock(c echo.Context, by caller) error {
	return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		var r reader
		var to time.Time
		r.envelope(body, "clock", fields{"to": r.moment(&to)}, "to")
		if err := r.err(); err != nil {
			return nil, err
		}
		return h.Clocks.Advance(ctx, by.actor(), by.profileID, to, call)
	})
}

// The states of a test clock. One that follows has never been advanced.
const (
	clockFollows   = "following"
	clockStands    = "standing"
	clockAdvancing = "advancing"
)

func describeClock(c collect.TestClock) clockAnswer {
	a := clockAnswer{ProfileID: string(c.ProfileID), Status: clockFollows, At: timestamp(c.At)}
	switch {
	case c.Moving():
		to := timestamp(c.Target)
		a.Status, a.AdvancingTo = clockAdvancing, &to
	case c.Set:
		a.Status = clockStands
	}
	return a
}
