package v1

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/paging"
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
	Active       bool   `json:"active"`
	CreatedAt    string `json:"created_at"`
}

// createCustomer is POST /customers.
func (h *handlers) createCustomer(c echo.Context, by caller) error {
	return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		var m customer.Customer
		if err := readCustomer(body, &m, false); err != nil {
			return nil, err
		}
		return h.Customers.Create(ctx, by.actor(), by.profileID, m.Details, call)
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

// changeCustomer is PUT /customers/:id.
func (h *handlers) changeCustomer(c echo.Context, by caller) error {
	if !id.Valid("cus", c.Param("id")) {
		return customer.ErrNotFound
	}
	return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		change := func(m *customer.Customer) error { return readCustomer(body, m, true) }
		return h.Customers.Change(ctx, by.actor(), by.profileID, customer.ID(c.Param("id")), change, call)
	})
}

// listCustomers is GET /customers.
func (h *handlers) listCustomers(c echo.Context, by caller, q *query) error {
	f := customer.Filter{CreatedBy: by.own, Reference: q.text("reference"), Email: q.text("email"), Name: q.text("name"),
		CreatedFrom: q.moment("created_from"), CreatedTo: q.moment("created_to")}
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[customer.Customer], error) {
		return h.Customers.Customers(ctx, by.profileID, f, w)
	}, describeCustomer)
}

// readCustomer puts what a body tells into m, all of it or what is to change.
func readCustomer(body value, m *customer.Customer, change bool) error {
	var r reader
	known := fields{
		"reference":     r.text(&m.Reference),
		"email":         r.text(&m.Email),
		"given_name":    r.text(&m.GivenName),
		"family_name":   r.text(&m.FamilyName),
		"company_name":  r.text(&m.CompanyName),
		"phone":         r.text(&m.Phone),
		"address_line1": r.text(&m.AddressLine1),
		"address_line2": r.text(&m.AddressLine2),
		"postal_code":   r.text(&m.PostalCode),
		"city":          r.text(&m.City),
		"region":        r.text(&m.Region),
		"country_code":  r.text(&m.CountryCode),
		"tax_id":        r.text(&m.TaxID),
		"language":      r.text(&m.Language),
	}
	if change {
		known["active"] = r.boolean(&m.Active)
		r.change(body, "customer", known)
	} else {
		r.envelope(body, "customer", known)
	}
	return r.err()
}

func describeCustomer(m customer.Customer) customerAnswer {
	return customerAnswer{
		ID: string(m.ID), ProfileID: string(m.ProfileID), Reference: m.Reference, Email: m.Email,
		GivenName: m.GivenName, FamilyName: m.FamilyName, CompanyName: m.CompanyName, Phone: m.Phone,
		AddressLine1: m.AddressLine1, AddressLine2: m.AddressLine2, PostalCode: m.PostalCode, City: m.City,
		Region: m.Region, CountryCode: m.CountryCode, TaxID: m.TaxID, Language: m.Language, Active: m.Active, CreatedAt: timestamp(m.CreatedAt),
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
