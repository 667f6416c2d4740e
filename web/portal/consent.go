package portal

import (
	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/form"
)

// consentBox is the box as an order's page shows it.
func consentBox(p profile.Profile) ui.Consent {
	var box ui.Consent
	if p.Details.TermsURL != "" && p.Details.PrivacyURL != "" {
		box.TermsURL, box.PrivacyURL = templ.URL(p.Details.TermsURL), templ.URL(p.Details.PrivacyURL)
	}
	return box
}

// readConsent is the evidence of a ticked box: the sentence as the reader saw it.
// It returns order.ErrNoConsent when the box is not ticked.
func readConsent(c echo.Context, p ui.Page, v payment.Overview) (order.Consent, error) {
	f, err := form.Read(c.Response().Writer, c.Request())
	if err != nil {
		return order.Consent{}, err
	}
	if !f.Checked(ui.ConsentID) {
		return order.Consent{}, order.ErrNoConsent.With(fault.Field{Pointer: ui.ConsentID, Code: "consent_terms",
			Public: "Please accept the terms to continue. Nothing has been charged."})
	}
	return order.Consent{ID: id.New("cns"), ProfileID: v.Profile.ID, OrderID: v.Order.ID, TermsVersion: v.Profile.Details.TermsVersion,
		Language: p.Lang, Text: consentBox(v.Profile).Sentence(p), IP: c.RealIP()}, nil
}
