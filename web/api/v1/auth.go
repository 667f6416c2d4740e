package v1

import (
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/profile"
)

// caller is who calls, and the profile that the call speaks for.
type caller struct {
	key       profile.APIKey
	profileID profile.ID
}

func (k caller) actor() actor.Actor { return actor.Actor{Kind: actor.APIKey, ID: k.key.ID} }

// asked lets a handler run for a caller with a valid key only. The handler reads
// the query.
func (h *handlers) asked(handle func(echo.Context, caller, *query) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		key, profileID, err := h.Profiles.Authenticate(c.Request().Context(), bearer(c), c.QueryParam("profile_id"))
		if err != nil {
			return err
		}
		c.Set(profileKey, profileID)
		if err := h.admit(c, key.ID); err != nil {
			return err
		}
		q, err := readQuery(c.Request().URL.RawQuery)
		if err != nil {
			return err
		}
		return handle(c, caller{key, profileID}, q)
	}
}

// known is asked for handlers that take no parameters.
func (h *handlers) known(handle func(echo.Context, caller) error) echo.HandlerFunc {
	return h.asked(func(c echo.Context, by caller, q *query) error {
		if err := q.done(); err != nil {
			return err
		}
		return handle(c, by)
	})
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
