package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/web/form"
	"github.com/quittance/quittance/web/webhook"
)

// A proxy that is still sending sees the answer only where the server knows that
// the limit was hit: then it says that it hangs up, and lingers before it does.
func TestBodyTooLargeIsAnsweredBeforeHangingUp(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(2000)
	server := httptest.NewServer(app.Handler)
	t.Cleanup(server.Close)
	for path, tt := range map[string]struct {
		media string
		limit int
	}{
		"/api/v1/customers":               {"application/json", 1 << 20},
		"/webhooks/opp/" + app.Account.ID: {"text/plain", webhook.MaxBytes},
		orderPath(o) + "/pay":             {"application/x-www-form-urlencoded", form.MaxBytes},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, strings.NewReader(strings.Repeat("a", tt.limit+1)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Content-Type": {tt.media}, "Authorization": {"Bearer " + app.Key}, "Idempotency-Key": {"too large"}}
		got, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = got.Body.Close() // the status line and headers say it all
		if got.StatusCode != http.StatusRequestEntityTooLarge || !got.Close {
			t.Errorf("POST %s with a byte too much: %d, hangs up %t; want 413 and true", path, got.StatusCode, got.Close)
		}
	}
}
