package v1

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/web/urls"
)

type documentAnswer struct {
	ID            string  `json:"id"`
	OrderID       string  `json:"order_id"`
	Kind          string  `json:"kind"`
	Number        string  `json:"number"`
	IssuedOn      string  `json:"issued_on"` // the day in the profile's zone
	IssuedAt      string  `json:"issued_at"`
	Currency      string  `json:"currency"`
	Total         string  `json:"total"`
	TransactionID *string `json:"transaction_id"` // null for an invoice that came before any money
	URL           string  `json:"url"`
}

// listDocuments is GET /orders/:id/documents.
func (h *handlers) listDocuments(c echo.Context, by caller, q *query) error {
	if !order.ValidID(c.Param("id")) {
		return order.ErrNotFound
	}
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[document.Document], error) {
		o, err := h.Orders.Order(ctx, by.profileID, order.ID(c.Param("id")))
		if err != nil {
			return paging.Page[document.Document]{}, err
		}
		return h.Papers.Documents(ctx, by.profileID, o.ID, w)
	}, h.describeDocument)
}

// fileParameter is how echo names all of the path's last part.
const fileParameter = "id.pdf"

// showPaper is GET /documents/:id.pdf.
func (h *handlers) showPaper(c echo.Context, by caller) error {
	documentID, ok := strings.CutSuffix(c.Param(fileParameter), ".pdf")
	if !ok || !document.ValidID(documentID) {
		return document.ErrNotFound
	}
	d, f, err := h.Papers.DocumentByID(c.Request().Context(), by.profileID, document.ID(documentID))
	if err != nil {
		return err
	}
	name := urls.FileName(paper.FileName(i18n.For(d.Snapshot.Language), d.Kind, d.Number)) + ".pdf"
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, "application/pdf", f.Content)
}

func (h *handlers) describeDocument(d document.Document) documentAnswer {
	a := documentAnswer{ID: string(d.ID), OrderID: string(d.OrderID), Kind: string(d.Kind), Number: d.Number, IssuedOn: d.IssuedOn, IssuedAt: timestamp(d.IssuedAt),
		Currency: d.Total.Currency().Code(), Total: d.Total.Decimal(), URL: h.BaseURL + urls.API + "/documents/" + string(d.ID) + ".pdf"}
	if d.TransactionID != "" {
		a.TransactionID = &d.TransactionID
	}
	return a
}
