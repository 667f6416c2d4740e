package v1

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

func TestPanicIsAProblemAndLoggedOnce(t *testing.T) {
	t.Parallel()

	for name, handle := range map[string]echo.HandlerFunc{
		"panic": func(echo.Context) error { panic("secret cause") },
		"error": func(echo.Context) error { return errors.New("secret cause") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var log bytes.Buffer
			h := &handlers{Deps: Deps{Log: slog.New(slog.NewJSONHandler(&log, nil))}}
			rec := httptest.NewRecorder()
			c := echo.New().NewContext(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), rec)
			c.Response().Header().Set(echo.HeaderXRequestID, "ref1")
			if err := h.answered(handle)(c); err != nil {
				t.Fatalf("answered: %v, want the error answered", err)
			}
			want := `{"type":"urn:quittance:problem:internal_error","title":"Internal Server Error","status":500,"code":"internal_error","reference":"ref1"}` + "\n"
			if rec.Code != http.StatusInternalServerError || rec.Body.String() != want {
				t.Errorf("answer: %d %s, want 500 %s", rec.Code, rec.Body, want)
			}
			if got := strings.Count(log.String(), "secret cause"); got != 1 {
				t.Errorf("the cause is in the log %d times, want once", got)
			}
		})
	}
}

func TestPatternsMatchWholeSegments(t *testing.T) {
	t.Parallel()

	for _, tt := range []struct {
		pattern, path string
		want          bool
	}{
		{"/customers", "/customers", true}, {"/customers", "/customers/", false}, {"/customers", "/customer", false},
		{"/customers/:id", "/customers/1", true}, {"/customers/:id", "/customers/", false}, {"/customers/:id", "/customers/1/2", false},
		{"/customers/:id", "/products/1", false}, {"/orders/:id", "/orders/:id", true},
	} {
		if got := matches(tt.pattern, tt.path); got != tt.want {
			t.Errorf("matches(%q, %q): %v, want %v", tt.pattern, tt.path, got, tt.want)
		}
	}
}
