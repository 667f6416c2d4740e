package web

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/templates/problem"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/urls"
)

var (
	errPageNotFound     = fault.New(fault.NotFound, "page_not_found", "There is no page at this address.")
	errMethodNotAllowed = fault.New(fault.Malformed, "method_not_allowed", "This address does not take that method.")
)

// handleError is the only place where an error becomes a page, or a line of text
// for a machine. The API answers its own errors and never comes here. What may
// not be told is logged here, once.
func handleError(log *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		ctx, ref := c.Request().Context(), c.Response().Header().Get(echo.HeaderXRequestID)
		status, told := tell(err)
		if status >= http.StatusInternalServerError {
			log.ErrorContext(ctx, "request failed", "err", err, "route", route(c), "request_id", ref)
		}
		c.Response().Header().Del("Content-Disposition")
		if forMachine(c) {
			err = c.String(status, text(told)+"\n")
		} else {
			err = page.Render(c, status, problemPage(c, status, told, ref))
		}
		if err != nil {
			log.ErrorContext(ctx, "error page failed", "err", err, "route", route(c), "request_id", ref)
		}
	}
}

// tell is the status of an error, and what may be told of it: nil for a fault of
// ours.
func tell(err error) (int, *fault.Error) {
	var f *fault.Error
	var he *echo.HTTPError
	switch {
	case errors.As(err, &f):
		return f.Kind.Status(), f
	case errors.As(err, &he) && he.Code == http.StatusMethodNotAllowed:
		return he.Code, errMethodNotAllowed
	case errors.As(err, &he) && he.Code == http.StatusNotFound:
		return he.Code, errPageNotFound
	}
	return http.StatusInternalServerError, nil
}

func text(f *fault.Error) string {
	if f == nil {
		return http.StatusText(http.StatusInternalServerError)
	}
	return f.Public
}

// forMachine reports whether a program asked: its errors are no pages.
func forMachine(c echo.Context) bool {
	path := c.Request().URL.Path
	return strings.HasPrefix(path, urls.Webhooks+"/") || strings.HasPrefix(path, urls.API+"/")
}

func problemPage(c echo.Context, status int, f *fault.Error, ref string) templ.Component {
	p, texts := page.New(c), page.Texts(c)
	switch {
	case f == nil:
		return problem.FailurePage(p, problem.Failure{Reference: ref, BackURL: page.Back(c)})
	case errors.Is(f, order.ErrLinkUnknown):
		if p.Merchant.Name == "" {
			return problem.UnknownLinkPage(p)
		}
		return problem.RevokedLinkPage(p)
	case errors.Is(f, page.ErrClosed), errors.Is(f, order.ErrNotFound), errors.Is(f, payment.ErrAttemptNotFound):
		return problem.ClosedPage(p)
	case errors.Is(f, errPageNotFound), errors.Is(f, document.ErrNotFound), errors.Is(f, profile.ErrLogoNotFound):
		return problem.NotFoundPage(p)
	case f.Kind == fault.Invalid:
		v := problem.Invalid{Text: texts.Fault(f.Code, f.Public), BackURL: page.Back(c)}
		for _, bad := range f.Fields {
			v.Messages = append(v.Messages, texts.Field(bad.Code, bad.Public))
		}
		return problem.InvalidPage(p, v)
	}
	v := problem.Failure{Text: texts.Fault(f.Code, f.Public), BackURL: page.Back(c)}
	if !strings.Contains(v.Text, texts.T("ui.no_money")) {
		v.Money = texts.T("problem.refused.money")
	}
	if status >= http.StatusInternalServerError {
		v.Reference = ref
	}
	return problem.FailurePage(p, v)
}
