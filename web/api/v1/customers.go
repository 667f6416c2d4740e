package v1

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
)

type customerEnvelope struct {
	Customer customerAnswer `json:"customer"`
}

type customerAnswer struct {
	ID           string `json:"id"`
	ProfileID    string `json:"profile_id"`
	Reference    string `json:"reference"`
	Email        string `json:"email"`
	GivenName    string `json:"given_name"`
	FamilyName   string `json:"family_name"`
	CompanyName  string `json:"company_name"`
	Phone        string `json:"phone"`
	AddressLine1 string `json:"address_line1"`
	AddressLine2 string `json:"address_line2"`
	PostalCode   string `json:"postal_code"`
	City         string `json:"city"`
	Region       string `json:"region"`
	CountryCode  string `json:"country_code"`
	TaxID        string `json:"tax_id"`
	Language     string `json:"language"`
	CreatedAt    string `json:"created_at"`
}

// createCustomer is POST /customers.
func (h *handlers) createCustomer(c echo.Context, by caller) error {
	return h.create(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		d, err := readCustomer(body)
		if err != nil {
			return nil, err
		}
		return h.Customers.Create(ctx, by.actor(), by.profileID, d, call)
	})
}

// showCustomer is GET /customers/:id.
func (h *handlers) showCustomer(c echo.Context, by caller) error {
	if !id.Valid("cus", c.Param("id")) {
		return customer.ErrNotFound
	}
	made, err := h.Customers.Customer(c.Request().Context(), by.profileID, customer.ID(c.Param("id")))
	if err != nil {
		return err
	}
	return show(c, customerEnvelope{describeCustomer(made)})
}

func readCustomer(body value) (customer.Details, error) {
	var r reader
	var d customer.Details
	r.envelope(body, "customer", fields{
		"reference":     r.text(&d.Reference),
		"email":         r.text(&d.Email),
		"given_name":    r.text(&d.GivenName),
		"family_name":   r.text(&d.FamilyName),
		"company_name":  r.text(&d.CompanyName),
		"phone":         r.text(&d.Phone),
		"address_line1": r.text(&d.AddressLine1),
		"address_line2": r.text(&d.AddressLine2),
		"postal_code":   r.text(&d.PostalCode),
		"city":          r.text(&d.City),
		"region":        r.text(&d.Region),
		"country_code":  r.text(&d.CountryCode),
		"tax_id":        r.text(&d.TaxID),
		"language":      r.text(&d.Language),
	})
	return d, r.err()
}

func describeCustomer(m customer.Customer) customerAnswer {
	return customerAnswer{
		ID: string(m.ID), ProfileID: string(m.ProfileID), Reference: m.Reference, Email: m.Email,
		GivenName: m.GivenName, FamilyName: m.FamilyName, CompanyName: m.CompanyName, Phone: m.Phone,
		AddressLine1: m.AddressLine1, AddressLine2: m.AddressLine2, PostalCode: m.PostalCode, City: m.City,
		Region: m.Region, CountryCode: m.CountryCode, TaxID: m.TaxID, Language: m.Language, CreatedAt: timestamp(m.CreatedAt),
	}
}

// show answers 200 with v.
func show(c echo.Context, v any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}
