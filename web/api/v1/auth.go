package v1

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/user"
)

// caller is who calls, and the profile that the call speaks for.
type caller struct {
	key       user.Caller
	profileID profile.ID
	// own is the user whose customers and orders alone there are for this call;
	// empty where the role reaches all.
	own user.ID
}

func (k caller) actor() actor.Actor {
	return actor.Actor{Kind: actor.APIKey, ID: k.key.ID, User: string(k.key.UserID)}
}

// handler answers a call of somebody who may make it. It reads the query.
type handler func(c echo.Context, by caller, q *query) error

// known is a handler without parameters.
func known(handle func(echo.Context, caller) error) handler {
	return func(c echo.Context, by caller, q *query) error {
		if err := q.done(); err != nil {
			return err
		}
		return handle(c, by)
	}
}

// open is a handler for everybody, of a public route.
func open(handle echo.HandlerFunc) handler {
	return func(c echo.Context, _ caller, _ *query) error { return handle(c) }
}

// serve lets a route's handler run for a caller with a valid key whose role
// allows the route's action.
func (h *handlers) serve(r route) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r.action == public {
			return r.handle(c, caller{}, nil)
		}
		key, profileID, err := h.Users.Authenticate(c.Request().Context(), bearer(c), c.QueryParam("profile_id"))
		if err != nil {
			return err
		}
		c.Set(profileKey, profileID)
		if err := h.admit(c, key.ID); err != nil {
			return err
		}
		by := caller{key: key, profileID: profileID}
		switch grant, err := key.May(r.action); {
		case err != nil:
			return err
		case grant == user.Own:
			by.own = key.UserID
		}
		q, err := readQuery(c.Request().URL.RawQuery)
		if err != nil {
			return err
		}
		if err := h.reaches(c, by, r); err != nil {
			return err
		}
		return r.handle(c, by, q)
	}
}

// ownable are the things that belong to the user who made them, or their order, by
// the first part of a path: what finds them, and what there is where they are
// somebody else's.
var ownable = map[string]struct {
	thing   user.Thing
	valid   func(string) bool
	missing error
}{
	"customers":          {user.Customer, func(s string) bool { return id.Valid("cus", s) }, customer.ErrNotFound},
	"orders":             {user.Order, order.ValidID, order.ErrNotFound},
	"order_checkouts":    {user.Order, order.ValidID, order.ErrNotFound},
	"scheduled_payments": {user.ScheduledPayment, schedule.ValidID, schedule.ErrNotFound},
	"documents":          {user.Document, document.ValidID, document.ErrNotFound},
	"transactions":       {user.Transaction, payment.ValidTransactionID, payment.ErrTransactionNotFound},
}

// reaches returns a fault unless what a route's path names is in the caller's reach
// below the profile, see caller.own.
func (h *handlers) reaches(c echo.Context, by caller, r route) error {
	if by.own == "" || len(c.ParamValues()) == 0 {
		return nil
	}
	of, ok := ownable[r.subject()]
	if !ok {
		return user.ErrForbidden
	}
	key := strings.TrimSuffix(c.ParamValues()[0], ".pdf")
	if !of.valid(key) {
		return of.missing
	}
	switch its, err := h.Users.Made(c.Request().Context(), by.profileID, by.own, of.thing, key); {
	case err != nil:
		return err
	case !its:
		return of.missing
	}
	return nil
}

// subject is the first part of the route's path.
func (r route) subject() string {
	first, _, _ := strings.Cut(strings.TrimPrefix(r.pattern, "/"), "/")
	return first
}

// profileKey is the place of the caller's profile in echo's context.
const profileKey = "api.profile"

// ProfileID is the key of the profile that a call speaks for; empty before its
// caller is known.
func ProfileID(c echo.Context) profile.ID {
	id, _ := c.Get(profileKey).(profile.ID) // the zero value where there is none
	return id
}

// bearer is the secret that a request carries, empty when it carries none.
func bearer(c echo.Context) string {
	scheme, text, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(text)
}
