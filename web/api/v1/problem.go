package v1

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/payment"
)

// problem is an RFC 9457 problem document, and the error that becomes one. Code
// is stable; Detail is English and may change.
type problem struct {
	Type      string    `json:"type"`
	Title     string    `json:"title"`
	Status    int       `json:"status"`
	Detail    string    `json:"detail,omitempty"`
	Code      string    `json:"code"`
	Errors    []mistake `json:"errors,omitempty"`
	Reference string    `json:"reference,omitempty"`
}

// mistake is one thing wrong with a request: at a JSON pointer into its body, the
// empty one for the body as a whole, or in a parameter of its query.
type mistake struct {
	Pointer   string
	Parameter string // empty: the mistake is in the body
	Code      string
	Detail    string
}

// MarshalJSON writes either the pointer or the parameter.
func (m mistake) MarshalJSON() ([]byte, error) {
	place, at := "pointer", m.Pointer
	if m.Parameter != "" {
		place, at = "parameter", m.Parameter
	}
	return encode(map[string]string{place: at, "code": m.Code, "detail": m.Detail})
}

// Error is for logs.
func (p *problem) Error() string { return p.Code }

const problemType = "application/problem+json"

// answered is the only place where an error of the API becomes a response.
func (h *handlers) answered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := protect(next, c)
		if err == nil || c.Response().Committed {
			return err
		}
		p := h.problem(c, err)
		switch p.Status {
		case http.StatusUnauthorized:
			c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="quittance"`)
		case http.StatusConflict:
			if p.Code == idem.ErrInWork.Code || p.Code == payment.ErrOpening.Code {
				c.Response().Header().Set(echo.HeaderRetryAfter, "1")
			}
		}
		body, err := encode(p)
		if err != nil {
			return fmt.Errorf("encode problem: %w", err)
		}
		return c.Blob(p.Status, problemType, body)
	}
}

// problem turns err into its document. What may not be told is logged here, once.
func (h *handlers) problem(c echo.Context, err error) *problem {
	var told *problem
	var f *fault.Error
	switch {
	case errors.As(err, &told):
	case errors.As(err, &f):
		told = &problem{Status: f.Kind.Status(), Code: f.Code, Detail: f.Public}
		for _, bad := range f.Fields {
			told.Errors = append(told.Errors, mistake{Pointer: bad.Pointer, Code: bad.Code, Detail: bad.Public})
		}
	default:
		reference := c.Response().Header().Get(echo.HeaderXRequestID)
		h.Log.ErrorContext(c.Request().Context(), "api call failed", "err", err, "ref", reference, "route", c.Path())
		told = &problem{Status: http.StatusInternalServerError, Code: "internal_error", Reference: reference}
	}
	p := *told
	p.Type, p.Title = "urn:quittance:problem:"+p.Code, http.StatusText(p.Status)
	return &p
}

// protect turns a panic into an error, so that it is answered like one.
func protect(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		switch r := recover(); r {
		case nil:
		case http.ErrAbortHandler:
			panic(r)
		default:
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return next(c)
}
