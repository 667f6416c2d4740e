package checkout

import (
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/tamper"
	pages "github.com/quittance/quittance/templates/checkout"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/report"
	"github.com/quittance/quittance/web/urls"
)

const purposeProbe = secret.Purpose("payment-page-probe")

// ProbePath is where a profile's payment page is to be had without an order. Only who
// has the keyring knows it, so that it tells nobody which profiles there are.
func ProbePath(ring *secret.Ring, profileID profile.ID) (string, error) {
	mac, err := ring.MAC(ring.Current(), purposeProbe, string(profileID))
	if err != nil {
		return "", fmt.Errorf("sign probe: %w", err)
	}
	return urls.Probes + url.PathEscape(string(profileID)) + "?t=" + hex.EncodeToString(mac), nil
}

// Probe is GET /checkout/probe/{profile}: the page with the card fields as the
// profile's customers get it, with its policy and our scripts, but for no order: it
// can pay nothing, so it has no checkout's widget. Two answers differ in nothing but
// their nonce.
func (h *Handlers) Probe(c echo.Context) error {
	profileID := profile.ID(c.Param("profile"))
	path, err := ProbePath(h.Ring, profileID)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(path), []byte(urls.Probes+url.PathEscape(string(profileID))+"?t="+c.QueryParam("t"))) != 1 {
		return page.ErrClosed
	}
	ctx := c.Request().Context()
	merchant, err := h.Profiles.Profile(ctx, profileID)
	if err != nil {
		return fmt.Errorf("profile of probe: %w", err)
	}
	account, err := h.Profiles.Account(ctx, profileID)
	if err != nil {
		return fmt.Errorf("account of probe: %w", err)
	}
	driver, err := h.Drivers.Driver(account)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	page.Know(c, merchant, merchant.Locale, "")
	p := page.New(c)
	p.CSRF = ""
	reports, err := report.Address(h.Ring, profileID, tamper.Checkout)
	if err != nil {
		return err
	}
	return page.RenderWidget(c, pages.WidgetPage(p, pages.Widget{}), page.Widget{Sources: driver.Sources(account), Reports: reports})
}
