package portal

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/urls"
)

// Summary is GET /orders/{id}/order-summary.pdf, drawn in the reader's language.
func (h *Handlers) Summary(c echo.Context) error {
	v, _, err := h.order(c)
	if err != nil {
		return err
	}
	link, err := h.linkToPay(c, v)
	if err != nil {
		return err
	}
	texts := page.Texts(c)
	content, err := h.Papers.Summary(c.Request().Context(), v, texts.Lang(), link)
	if err != nil {
		return err
	}
	return file(c, texts.T("paper.file.summary", "number", v.Order.InvoiceID), content)
}

// linkToPay is the payment link of an order that can be paid by it, for the code
// on its summary; empty when it cannot be shown.
func (h *Handlers) linkToPay(c echo.Context, v payment.Overview) (string, error) {
	if !paper.Payable(v) {
		return "", nil
	}
	token, err := h.Orders.LinkToken(c.Request().Context(), v.Profile.ID, v.Order.ID)
	if errors.Is(err, order.ErrLinkUnknown) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return h.Checkout.Site.PaymentLink(token), nil
}

// Document is GET /orders/{id}/{folder}/{number}.pdf for one kind of document. It
// returns document.ErrNotFound where the order has none, and where the profile has
// documents switched off.
func (h *Handlers) Document(kind document.Kind) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, _, err := h.order(c)
		if err != nil {
			return err
		}
		number, ok := strings.CutSuffix(param(c, "file"), ".pdf")
		if !ok || !v.Profile.Details.Documents {
			return document.ErrNotFound
		}
		d, f, err := h.Papers.Document(c.Request().Context(), v.Profile.ID, v.Order.ID, kind, number)
		if err != nil {
			return err
		}
		return file(c, paper.FileName(page.Texts(c), d.Kind, d.Number), f.Content)
	}
}

// param is a part of the path. Where the path has an escaped slash, echo leaves
// all of it escaped.
func param(c echo.Context, name string) string {
	s := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return s
	}
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

func file(c echo.Context, name string, content []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": urls.FileName(name) + ".pdf"}))
	return c.Blob(http.StatusOK, "application/pdf", content)
}
