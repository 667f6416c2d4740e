package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/web/urls"
)

// logo is GET /logos/{hash}.{png|jpeg}. A logo is public, and what stands at an
// address never changes: browsers may keep it for ever.
func logo(profiles *profile.Service) echo.HandlerFunc {
	return func(c echo.Context) error {
		hash, _, _ := strings.Cut(c.Param("file"), ".")
		f, err := profiles.Logo(c.Request().Context(), hash)
		if err != nil {
			return err
		}
		if c.Request().URL.Path != urls.Logo(f.Logo) {
			return profile.ErrLogoNotFound
		}
		c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		return c.Blob(http.StatusOK, f.MediaType, f.Content)
	}
}
