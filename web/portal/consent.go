package portal

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/form"
)

// consentBox is the box as an order's page shows it. Beside the terms its reader
// agrees to how a card that is stored, or held, will be used.
func consentBox(texts i18n.Localizer, v payment.Overview) ui.Consent {
	var box ui.Consent
	if d := v.Profile.Details; d.TermsURL != "" && d.PrivacyURL != "" {
		box.TermsURL, box.PrivacyURL = templ.URL(d.TermsURL), templ.URL(d.PrivacyURL)
	}
	switch v.Order.Type {
	case catalog.SinglePayment:
		if v.Order.Plan.PreAuthorise {
			box.Also = texts.T("consent.hold", "merchant", v.Profile.Name)
		}
	case catalog.Instalment, catalog.Subscription, catalog.Metered:
		box.Also = texts.T("consent."+string(v.Order.Type), "merchant", v.Profile.Name)
	}
	return box
}

// ReadConsent is the evidence of a ticked box on a page: what is collected when,
// and the sentence, as the reader saw them.
// It returns order.ErrNoConsent when the box is not ticked.
func ReadConsent(c echo.Context, p ui.Page, v payment.Overview, shown view.Unpaid) (order.Consent, error) {
	f, err := form.Read(c.Response().Writer, c.Request())
	if err != nil {
		return order.Consent{}, err
	}
	if !f.Checked(ui.ConsentID) {
		return order.Consent{}, order.ErrNoConsent.With(fault.Field{Pointer: ui.ConsentID, Code: "consent_terms",
			Public: "Please accept the terms to continue. Nothing has been charged."})
	}
	return order.Consent{ID: id.New("cns"), ProfileID: v.Profile.ID, OrderID: v.Order.ID, TermsVersion: v.Profile.Details.TermsVersion,
		Language: p.Lang, Text: strings.Join(append(shown.Terms, shown.Consent.Sentence(p)), " "), IP: c.RealIP()}, nil
}
