package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/quittance/quittance/internal/testkit"
)

func TestMetricsCountWhatAnOperatorWatches(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()

			app := testkit.Start(t, testkit.Options{Engine: engine})
			v := newVisitor(t, app)
			widget := v.startPaying(app.NewOrder(12400))
			app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
			app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
			app.Deliver()
			app.StartCheckout(app.NewOrder(5000))
			app.Advance(24 * time.Hour) // its outcome is due, and nobody asks

			metrics := v.get("/metrics").wantStatus(http.StatusOK).body

			for _, want := range []string{
				`quittance_payments_total{outcome="approved"} 1`,
				`quittance_payments_total{outcome="declined"} 1`,
				`quittance_payments_total{outcome="held"} 0`,
				`quittance_events_total{type="order.created"} 2`,
				`quittance_notifications_total{state="received"} 2`,
				`quittance_notifications_total{state="applied"} 2`,
				`quittance_documents_drawn_total 2`,
				`quittance_sweep_duration_seconds_count{outcome="done",sweep="attempts"} 1`,
				`quittance_due{what="attempts"} 2`, // the paid one is looked back at
				`quittance_due{what="notifications"} 0`,
				`quittance_due{what="documents"} 0`,
				`quittance_due{what="mails"} 1`,
				`quittance_due_oldest_seconds{what="scheduled_payments"} 0`,
				`quittance_due_oldest_seconds{what="webhook_endpoints"} 0`,
				`quittance_jobs{state="available"} `,
				`quittance_http_request_duration_seconds_count{method="POST",route="/orders/:id/pay",status="303"} 1`,
			} {
				if !strings.Contains(metrics, "\n"+want) {
					t.Errorf("the metrics lack %s", want)
				}
			}
			if strings.Contains(metrics, `quittance_due_oldest_seconds{what="attempts"} 0`) {
				t.Error("the attempt that is due is not getting older")
			}
			problems, err := promlint.New(strings.NewReader(metrics)).Lint()
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range problems {
				t.Errorf("%s: %s", p.Metric, p.Text)
			}
		})
	}
}
