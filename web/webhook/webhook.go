// Package webhook takes what gateways post to us. It checks that a notification
// is authentic and stores it; a job does the work.
package webhook

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// MaxBytes bounds a notification.
const MaxBytes = 256 << 10

// Faults that a gateway may be told.
var (
	ErrNotAuthentic = fault.New(fault.Unauthorized, "notification_not_authentic", "This notification is not authentic.")
	ErrTooLarge     = fault.New(fault.TooLarge, "body_too_large", "The request is too large.")
)

// Handlers answer gateways.
type Handlers struct {
	Profiles *profile.Service
	Payments *payment.Service
}

// Receive is POST /webhooks/{driver}/{account}. 200 means that we have it; it may
// be posted again at will.
func (h *Handlers) Receive(c echo.Context) error {
	r := c.Request()
	account, err := h.Profiles.AccountByID(r.Context(), c.Param("account"))
	if err != nil {
		return err
	}
	if account.Driver != c.Param("driver") {
		return profile.ErrAccountUnknown
	}
	// The server's own writer: only it takes from the reader that the rest is not
	// read, and lets a proxy that still sends see the answer before it hangs up.
	body, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, r.Body, MaxBytes))
	if err != nil {
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			return ErrTooLarge
		}
		return fmt.Errorf("read notification: %w", err)
	}
	err = h.Payments.Receive(r.Context(), account.ID, r.Header, body)
	if errors.Is(err, gateway.ErrNotAuthentic) {
		return ErrNotAuthentic.Because(err)
	}
	if err != nil {
		return fmt.Errorf("receive notification: %w", err)
	}
	return c.NoContent(http.StatusOK)
}
