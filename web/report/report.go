// Package report takes what browsers report of sources that a payment page's
// content security policy blocked.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/tamper"
	"github.com/quittance/quittance/web/urls"
)

const purpose = secret.Purpose("csp-reports")

// Address is where browsers report what a profile's pages of a kind block. It is
// signed, so that only who was sent such a page can report of it, and the same each
// time.
func Address(ring *secret.Ring, profileID profile.ID, on tamper.Page) (string, error) {
	mac, err := ring.Sign(purpose, said(profileID, on))
	if err != nil {
		return "", fmt.Errorf("sign address of reports: %w", err)
	}
	return urls.Reports + "?" + url.Values{"profile": {string(profileID)}, "page": {string(on)}, "t": {mac}}.Encode(), nil
}

func said(profileID profile.ID, on tamper.Page) string { return string(profileID) + "/" + string(on) }

// maxBody is the most bytes that a report may have; of a longer one nothing is read.
const maxBody = 16 << 10

// Handlers take reports.
type Handlers struct {
	Reports *tamper.Reports
	Ring    *secret.Ring
	Clock   clock.Clock

	limit limiter
}

// Receive is POST /csp-reports. It answers 204 whatever it is sent: no browser reads
// the answer.
func (h *Handlers) Receive(c echo.Context) error {
	profileID, on := profile.ID(c.QueryParam("profile")), tamper.Page(c.QueryParam("page"))
	if !h.Ring.Verify(purpose, said(profileID, on), c.QueryParam("t")) || !h.limit.take(profileID, c.RealIP(), h.Clock.Wall()) {
		return c.NoContent(http.StatusNoContent)
	}
	raw, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, c.Request().Body, maxBody))
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return c.NoContent(http.StatusNoContent)
	}
	if err != nil {
		return fmt.Errorf("read report: %w", err)
	}
	if r, ok := read(raw); ok {
		if err := h.Reports.Take(c.Request().Context(), profileID, on, r); err != nil {
			return err
		}
	}
	return c.NoContent(http.StatusNoContent)
}

// read understands the body of a report-uri (Content Security Policy Level 3, 5.3).
// Browsers of Level 1 name the violated directive only.
func read(raw []byte) (tamper.Report, bool) {
	var body struct {
		Report *struct {
			Effective string `json:"effective-directive"`
			Violated  string `json:"violated-directive"`
			Blocked   string `json:"blocked-uri"`
			File      string `json:"source-file"`
		} `json:"csp-report"`
	}
	if json.Unmarshal(raw, &body) != nil || body.Report == nil {
		return tamper.Report{}, false
	}
	r := tamper.Report{Directive: body.Report.Effective, Blocked: body.Report.Blocked, File: body.Report.File}
	if r.Directive == "" {
		r.Directive = body.Report.Violated
	}
	return r, true
}
