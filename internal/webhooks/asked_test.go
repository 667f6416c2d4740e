package webhooks_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/internal/webhooks"
)

// TestADeliveryThatIsAskedForWhileItFailsIsSentAtOnce: the plan of the failing attempt
// does not take the place of what was asked for.
func TestADeliveryThatIsAskedForWhileItFailsIsSentAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		var e endpoint.Endpoint
		shop := newSite(t, func(n int, w http.ResponseWriter) {
			if n == 2 || n == 3 { // the second failure in turn, after which the endpoint rests
				app.Clock.Advance(time.Duration(n-2) * time.Second)
				for _, id := range app.Strings(`SELECT id FROM webhook_deliveries WHERE endpoint_id = $1`, string(e.ID)) {
					if _, err := app.Endpoints.Redeliver(t.Context(), merchant, e.ProfileID, e.ID, endpoint.DeliveryID(id), nil); err != nil {
						t.Errorf("ask: %v", err)
					}
				}
			}
			if n < 4 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		e = subscribe(t, app, shop.URL, "order.created")
		app.NewOrder(12_400)
		drain(t, app)
		app.Clock.Advance(endpoint.Gaps[0] * 2)
		drain(t, app)

		if n := len(shop.ids()); n != 4 {
			t.Errorf("%d attempts, want a second, one that was asked for meanwhile, and one asked for during that", n)
		}
		if diff := cmp.Diff([]string{"delivered 4"}, app.Strings(`SELECT state || ' ' || CAST(attempts AS TEXT) FROM webhook_deliveries`)); diff != "" {
			t.Errorf("the delivery (-want +got):\n%s", diff)
		}
		if now := read(t, app, e); now.Failures != 0 || !now.RestUntil.IsZero() {
			t.Errorf("its endpoint fares %+v", now.Health)
		}
	})
}

// TestEndpointsWhoseSecretIsLostKeepNoOtherWaiting has more of them than there are slots.
func TestEndpointsWhoseSecretIsLostKeepNoOtherWaiting(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		well := newSite(t, nil)
		for range 3 {
			subscribe(t, app, well.URL, "order.created")
		}
		app.Exec(`UPDATE webhook_endpoints SET secret = $1`, []byte("gone:00000000000000000000"))
		app.Exec(`UPDATE webhook_endpoints SET served_at = -1`)
		subscribe(t, app, well.URL, "order.created")
		sender, err := webhooks.New(webhooks.Deps{Repo: app.DB, Clock: app.Clock, Allow: endpoint.Allow{Hosts: []string{"127.0.0.1"}}, Every: time.Millisecond, Slots: 1,
			Log: app.Logger(), Metrics: prometheus.NewRegistry()})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() { defer close(done); sender.Run(t.Context()) }()
		app.NewOrder(12_400)
		app.Eventually("the other's event is there", func() bool { return len(well.ids()) == 1 })
	})
}

// TestALogThatCannotBeReadKeepsNoEventBack has one of whose deliveries the log of
// attempts is damaged.
func TestALogThatCannotBeReadKeepsNoEventBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		shop := newSite(t, func(n int, w http.ResponseWriter) {
			if n == 1 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		subscribe(t, app, shop.URL, "order.created")
		app.NewOrder(12_400)
		drain(t, app)
		app.Exec(`UPDATE webhook_deliveries SET tried = 'damaged'`)
		app.NewOrder(12_400)
		app.Clock.Advance(endpoint.Gaps[1])
		drain(t, app)

		if diff := cmp.Diff([]string{"delivered 1", "delivered 2"}, app.Strings(`SELECT state || ' ' || CAST(attempts AS TEXT) FROM webhook_deliveries ORDER BY attempts`)); diff != "" {
			t.Errorf("deliveries (-want +got):\n%s", diff)
		}
	})
}
