package webhooks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/internal/webhooks"
)

func verifies(t *testing.T, secret string, m message) bool {
	t.Helper()
	w, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return w.VerifyIgnoringTimestamp(m.body, m.header) == nil
}

func TestEventsArriveSignedAndInOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		all, some := newSite(t, nil), newSite(t, nil)
		app.NewOrder(700) // before there was an endpoint
		e := subscribe(t, app, all.URL, "*")
		before := len(eventIDs(app, "%")) - 1 // its own creation is the first that it is sent
		subscribe(t, app, some.URL, "payment.*", "document.issued")
		app.PayWith(app.NewOrder(12_400), testkit.Card{Number: testkit.CardApproved})
		app.OrderOf(app.Other, 900)
		drain(t, app)
		drain(t, app)

		if diff := cmp.Diff(eventIDs(app, "%")[before:], all.ids()); diff != "" {
			t.Errorf("sent to all (-events +sent):\n%s", diff)
		}
		wanted := app.Strings(`SELECT id FROM events WHERE profile_id = $1 AND (type LIKE 'payment.%' OR type = 'document.issued') ORDER BY seq`, string(app.Profile.ID))
		if diff := cmp.Diff(wanted, some.ids()); diff != "" || len(wanted) < 3 {
			t.Errorf("sent to some, of %d (-events +sent):\n%s", len(wanted), diff)
		}
		w, err := standardwebhooks.NewWebhook(e.Secret)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all.messages() {
			if err := w.Verify(m.body, m.header); err != nil {
				t.Errorf("%s: %v", m.id(), err)
			}
			var told struct{ ID, Type, Actor string }
			if err := json.Unmarshal(m.body, &told); err != nil || told.ID != m.id() || told.Actor == "" || strings.Contains(told.Actor, ":") {
				t.Errorf("body of %s: %v %s", m.id(), err, m.body)
			}
		}
		if states := app.Strings(`SELECT DISTINCT state FROM webhook_deliveries`); !slices.Equal(states, []string{"delivered"}) {
			t.Errorf("deliveries are %v", states)
		}
	})
}

func TestBothSecretsSignWhileOneIsRotated(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		shop := newSite(t, nil)
		e := subscribe(t, app, shop.URL, "customer.*")
		last := func() message {
			app.NewOrder(700)
			drain(t, app)
			all := shop.messages()
			return all[len(all)-1]
		}
		fresh, err := app.Endpoints.RotateSecret(t.Context(), merchant, e.ProfileID, e.ID, 24*time.Hour, nil)
		if err != nil || fresh.Secret == e.Secret {
			t.Fatalf("rotate: %v", err)
		}
		if m := last(); !verifies(t, e.Secret, m) || !verifies(t, fresh.Secret, m) {
			t.Errorf("within the overlap not both secrets verify %s", m.header.Get("webhook-signature"))
		}
		if app.RunJobs(); len(app.Strings(`SELECT id FROM webhook_endpoints WHERE old_secret IS NOT NULL`)) != 1 {
			t.Error("the old secret is gone while it signs")
		}
		app.Advance(25 * time.Hour)
		app.RunJobs()
		if m := last(); verifies(t, e.Secret, m) || !verifies(t, fresh.Secret, m) {
			t.Errorf("after the overlap the old secret verifies: %t", verifies(t, e.Secret, m))
		}
		if got := app.Strings(`SELECT id FROM webhook_endpoints WHERE old_secret IS NOT NULL`); len(got) != 0 {
			t.Errorf("the old secret is kept after its time: %v", got)
		}
		if _, err := app.Endpoints.RotateSecret(t.Context(), merchant, e.ProfileID, e.ID, 24*time.Hour, nil); err != nil {
			t.Fatal(err)
		}
		for _, column := range []string{"secret", "old_secret"} {
			if n := len(app.Strings(`SELECT id FROM webhook_endpoints WHERE CAST(` + column + ` AS TEXT) LIKE '%whsec_%'`)); n > 0 {
				t.Errorf("%s is not sealed", column)
			}
		}
	})
}

// broken is a database that fails from some transaction on, as a killed process'.
type broken struct {
	webhooks.Repo
	good atomic.Int64
}

var errKilled = errors.New("killed")

func (b *broken) InEndpointTx(ctx context.Context, fn func(endpoint.Tx) error) error {
	if b.good.Add(-1) < 0 {
		return errKilled
	}
	return b.Repo.InEndpointTx(ctx, fn)
}

// TestALostAnswerIsAskedForAgain dies between the endpoint's answer and our commit.
func TestALostAnswerIsAskedForAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		shop := newSite(t, nil)
		subscribe(t, app, shop.URL, "order.*")
		app.NewOrder(12_400)
		app.NewOrder(700)
		repo := &broken{Repo: app.DB}
		repo.good.Store(1) // the claim; what comes of it is lost
		dying, err := webhooks.New(webhooks.Deps{Repo: repo, Clock: app.Clock, Allow: endpoint.Allow{Hosts: []string{"127.0.0.1"}}, Log: app.Logger(), Metrics: prometheus.NewRegistry()})
		if err != nil {
			t.Fatal(err)
		}
		if err := dying.Drain(t.Context()); !errors.Is(err, nil) && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		want := eventIDs(app, "order.%")
		if diff := cmp.Diff(want, shop.ids()); diff != "" {
			t.Fatalf("before the end (-events +sent):\n%s", diff)
		}
		drain(t, app)
		if n := len(shop.ids()); n != len(want) {
			t.Errorf("%d sent while the lease holds, want %d", n, len(want))
		}
		app.Advance(endpoint.Lease)
		drain(t, app)
		if diff := cmp.Diff(append(want, want...), shop.ids()); diff != "" {
			t.Errorf("after the end each is sent once more under its id (-events +sent):\n%s", diff)
		}
		app.Advance(endpoint.Lease)
		if drain(t, app); len(shop.ids()) != 2*len(want) {
			t.Errorf("sent %d times, want %d: what was written down is not sent again", len(shop.ids()), 2*len(want))
		}
	})
}

func TestAnEndpointThatOnlyFailsIsGivenUpAfterThreeDays(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		var well atomic.Bool
		shop := newSite(t, func(_ int, w http.ResponseWriter) {
			if !well.Load() {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		e := subscribe(t, app, shop.URL, "order.created")
		app.NewOrder(12_400)
		began := app.Clock.Wall()
		for range 110 {
			drain(t, app)
			if read(t, app, e).Status == endpoint.Disabled {
				break
			}
			app.Clock.Advance(time.Hour)
		}
		took := app.Clock.Wall().Sub(began)
		if now := read(t, app, e); now.Reason != endpoint.Failing || took < endpoint.GiveUpAfter || took > 96*time.Hour {
			t.Fatalf("%s %s after %s, want it given up with the last attempt of an event, after three days", now.Status, now.Reason, took)
		}
		tries := len(shop.ids())
		if tries < 7 || tries > len(endpoint.Gaps)+1 {
			t.Errorf("%d attempts", tries)
		}
		if got := app.Strings(`SELECT data FROM events WHERE type = 'webhook_endpoint.disabled' AND subject = $1`, string(e.ID)); len(got) != 1 || !strings.Contains(got[0], "failing") {
			t.Errorf("events of the end: %v", got)
		}
		app.SendMails()
		if all := app.Outbox.Mails(); len(all) != 1 || !slices.Equal(all[0].To, []string{app.Profile.Details.Email}) || !strings.Contains(all[0].Text, shop.URL) {
			t.Errorf("mails of the end: %+v, want one to the merchant that names the endpoint", all)
		}
		app.NewOrder(700)
		app.Clock.Advance(24 * time.Hour)
		if drain(t, app); len(shop.ids()) != tries {
			t.Error("something is sent to a disabled endpoint")
		}
		well.Store(true)
		if _, err := app.Endpoints.Change(t.Context(), merchant, e.ProfileID, e.ID, func(e *endpoint.Endpoint) error { e.Status = endpoint.Enabled; return nil }, nil); err != nil {
			t.Fatal(err)
		}
		app.Clock.Advance(30 * time.Hour)
		drain(t, app)
		if diff := cmp.Diff(eventIDs(app, "order.created")[1:], shop.ids()[tries:]); diff != "" {
			t.Errorf("enabled again within three days it misses nothing but what was given up (-events +sent):\n%s", diff)
		}
	})
}

func TestAnEndpointThatWasOffForLongBeginsAfresh(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		var well atomic.Bool
		shop := newSite(t, func(_ int, w http.ResponseWriter) {
			if !well.Load() {
				w.WriteHeader(http.StatusInternalServerError)
			}
		})
		e := subscribe(t, app, shop.URL, "order.created")
		turn := func(to endpoint.Status) {
			t.Helper()
			if _, err := app.Endpoints.Change(t.Context(), merchant, e.ProfileID, e.ID, func(e *endpoint.Endpoint) error { e.Status = to; return nil }, nil); err != nil {
				t.Fatal(err)
			}
		}
		app.NewOrder(900) // fails, and is to be repeated
		drain(t, app)
		before := len(shop.ids())
		well.Store(true)
		turn(endpoint.Disabled)
		app.NewOrder(12_400)
		app.Clock.Advance(endpoint.GiveUpAfter + time.Minute)
		turn(endpoint.Enabled)
		app.NewOrder(700)
		drain(t, app)
		app.Clock.Advance(24 * time.Hour)
		drain(t, app)
		if diff := cmp.Diff(eventIDs(app, "order.created")[2:], shop.ids()[before:]); diff != "" || before == 0 {
			t.Errorf("sent after %d (-events +sent):\n%s", before, diff)
		}
		if states := app.Strings(`SELECT state FROM webhook_deliveries ORDER BY seq`); !slices.Equal(states, []string{"failed", "delivered"}) {
			t.Errorf("deliveries are %v, want what waited given up", states)
		}
	})
}

// TestAnotherAddressIsNotJudgedByTheOneBefore changes it while the old one answers
// that it is gone.
func TestAnotherAddressIsNotJudgedByTheOneBefore(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		next := newSite(t, nil)
		var e endpoint.Endpoint
		move := func(w http.ResponseWriter) {
			if _, err := app.Endpoints.Change(t.Context(), merchant, e.ProfileID, e.ID, func(e *endpoint.Endpoint) error { e.URL = next.URL; return nil }, nil); err != nil {
				t.Errorf("change: %v", err)
			}
			w.WriteHeader(http.StatusGone)
		}
		old := newSite(t, func(n int, w http.ResponseWriter) {
			if n == 1 {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			move(w)
		})
		e = subscribe(t, app, old.URL, "order.created")
		app.NewOrder(12_400)
		app.NewOrder(700)
		drain(t, app)
		if now := read(t, app, e); now.Status != endpoint.Enabled || now.Failures != 0 || !now.FailingSince.IsZero() {
			t.Errorf("the endpoint is %s after %d failures since %v, want its new address's good health", now.Status, now.Failures, now.FailingSince)
		}
		app.Clock.Advance(time.Hour)
		drain(t, app)
		got, want := next.ids(), eventIDs(app, "order.created")
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sent to the new address (-events +sent):\n%s", diff)
		}
	})
}

// TestHangingEndpointsDelayNobody has many that never answer beside one that does.
func TestHangingEndpointsDelayNobody(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		over := make(chan struct{})
		hanging := newSite(t, func(int, http.ResponseWriter) { <-over })
		well := newSite(t, nil)
		const many = 20
		for range many {
			subscribe(t, app, hanging.URL, "order.created")
		}
		subscribe(t, app, well.URL, "order.created")
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); app.Webhooks.Run(ctx) }()
		for round := range 3 {
			app.NewOrder(12_400)
			app.Eventually("the event is there", func() bool { return len(well.ids()) == round+1 })
			if round == 0 {
				app.Eventually("the others hang", func() bool { return len(hanging.ids()) == many })
			}
		}
		if n := len(hanging.ids()); n > 2*many {
			t.Errorf("%d requests to endpoints that hang, want one each at a time", n)
		}
		close(over)
		stop()
		<-done
	})
}

// TestSlowEndpointsHaveTheSlotsOfThoseThatFail has one that takes all that it is sent,
// but only after a long time, until it is quick again.
func TestSlowEndpointsHaveTheSlotsOfThoseThatFail(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		slow := newSite(t, func(n int, _ http.ResponseWriter) {
			if n == 1 {
				app.Clock.Advance(endpoint.SlowFrom)
			}
		})
		lame := subscribe(t, app, slow.URL, "order.created")
		app.NewOrder(12_400)
		drain(t, app) // while the time passes that it takes, nobody else is asked
		well := subscribe(t, app, newSite(t, nil).URL, "order.created")
		for round, want := range [][2][]endpoint.ID{{{well.ID}, {lame.ID}}, {{lame.ID, well.ID}, nil}} {
			app.NewOrder(700)
			for i, lagging := range []bool{false, true} {
				due, err := app.DB.DueEndpoints(t.Context(), app.Clock.Wall(), lagging, 10)
				if err != nil {
					t.Fatal(err)
				}
				var got []endpoint.ID
				for _, e := range due {
					got = append(got, e.ID)
				}
				slices.Sort(got)
				slices.Sort(want[i])
				if diff := cmp.Diff(want[i], got); diff != "" {
					t.Errorf("round %d, lagging %t (-want +got):\n%s", round, lagging, diff)
				}
			}
			drain(t, app)
		}
	})
}

func TestWhatAnEndpointAnswersIsKept(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		elsewhere := newSite(t, nil)
		for name, tt := range map[string]struct {
			answer      func(int, http.ResponseWriter)
			want        endpoint.Answer
			wantStatus  endpoint.Status
			wantExcerpt int
		}{
			"taken":    {func(_ int, w http.ResponseWriter) { _, _ = w.Write([]byte("thanks\x00\xff")) }, endpoint.Answer{Status: 200}, endpoint.Enabled, len("thanks \uFFFD")},
			"long":     {func(_ int, w http.ResponseWriter) { _, _ = w.Write([]byte(strings.Repeat("ä", 5000))) }, endpoint.Answer{Status: 200}, endpoint.Enabled, 1024},
			"busy":     {status(503), endpoint.Answer{Status: 503, Trouble: endpoint.BadStatus}, endpoint.Enabled, 0},
			"redirect": {func(_ int, w http.ResponseWriter) { w.Header().Set("Location", elsewhere.URL); w.WriteHeader(307) }, endpoint.Answer{Status: 307, Trouble: endpoint.Redirected}, endpoint.Enabled, 0},
			"gone":     {status(410), endpoint.Answer{Status: 410, Trouble: endpoint.BadStatus}, endpoint.Disabled, 0},
			"cut off":  {func(int, http.ResponseWriter) { panic(http.ErrAbortHandler) }, endpoint.Answer{Trouble: endpoint.Unreached}, endpoint.Enabled, 0},
		} {
			e := subscribe(t, app, newSite(t, tt.answer).URL, "webhook_endpoint.created")
			drain(t, app)
			page, err := app.Endpoints.Deliveries(t.Context(), e.ProfileID, e.ID, "", paging.Window{Limit: 10})
			if err != nil || len(page.Rows) == 0 {
				t.Fatalf("%s: deliveries: %v", name, err)
			}
			got := page.Rows[len(page.Rows)-1].Tried[0].Answer
			if len(got.Excerpt) != tt.wantExcerpt {
				t.Errorf("%s: an excerpt of %d bytes, want %d", name, len(got.Excerpt), tt.wantExcerpt)
			}
			if got.Excerpt, got.Took = "", 0; got != tt.want {
				t.Errorf("%s: %+v, want %+v", name, got, tt.want)
			}
			if now := read(t, app, e); now.Status != tt.wantStatus {
				t.Errorf("%s: the endpoint is %s, want %s", name, now.Status, tt.wantStatus)
			}
			if _, err := app.Endpoints.Remove(t.Context(), merchant, e.ProfileID, e.ID, nil); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(elsewhere.ids()); n > 0 {
			t.Errorf("a redirect was followed %d times", n)
		}
		if _, err := app.Webhooks.Forget(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
		if left := app.Strings(`SELECT id FROM webhook_deliveries UNION ALL SELECT id FROM webhook_endpoints`); len(left) > 0 {
			t.Errorf("of removed endpoints %v is left", left)
		}
	})
}

func TestPrivateAddressesAreRefusedWhenConnecting(t *testing.T) {
	t.Parallel()
	app := testkit.Start(t, testkit.Options{})
	inside := newSite(t, nil)
	for _, url := range []string{inside.URL, strings.Replace(inside.URL, "127.0.0.1", "localhost", 1)} {
		if _, err := app.Endpoints.Create(t.Context(), merchant, app.Profile.ID, endpoint.Details{URL: url, Types: []string{"*"}}, nil); !errors.Is(err, endpoint.ErrInvalid) {
			t.Errorf("%s is taken: %v", url, err)
		}
		e := subscribe(t, app, "https://shop.example/", "webhook_endpoint.created")
		app.Exec(`UPDATE webhook_endpoints SET url = $2 WHERE id = $1`, string(e.ID), url) // as if its name led there by now
		drain(t, app)
		if got := app.Strings(`SELECT tried FROM webhook_deliveries WHERE endpoint_id = $1`, string(e.ID)); len(got) != 1 || !strings.Contains(got[0], `"address"`) {
			t.Errorf("%s: tried %v, want the trouble address", url, got)
		}
		if _, err := app.Endpoints.Remove(t.Context(), merchant, e.ProfileID, e.ID, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(inside.ids()); n > 0 {
		t.Errorf("%d requests came through", n)
	}
}

func TestADeliveryIsSentAgainWhenAskedFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		shop := newSite(t, nil)
		e := subscribe(t, app, shop.URL, "order.created")
		app.NewOrder(12_400)
		drain(t, app)
		page, err := app.Endpoints.Deliveries(t.Context(), e.ProfileID, e.ID, endpoint.Delivered, paging.Window{Limit: 10})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("deliveries: %v %v", page.Rows, err)
		}
		if _, err := app.Endpoints.Redeliver(t.Context(), merchant, e.ProfileID, e.ID, page.Rows[0].ID, nil); err != nil {
			t.Fatal(err)
		}
		drain(t, app)
		want := eventIDs(app, "order.created")
		if diff := cmp.Diff(append(want, want...), shop.ids()); diff != "" {
			t.Errorf("sent (-events +sent):\n%s", diff)
		}
		if got := app.Strings(`SELECT CAST(attempts AS TEXT) FROM webhook_deliveries`); !slices.Equal(got, []string{"2"}) {
			t.Errorf("attempts are %v", got)
		}
	})
}

// TestAnEndpointWhoseSecretIsLostIsNotTriedAllTheTime has one whose turn fails on our
// side, so that nothing can be written down about it.
func TestAnEndpointWhoseSecretIsLostIsNotTriedAllTheTime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		well := newSite(t, nil)
		lost := subscribe(t, app, well.URL, "order.created")
		subscribe(t, app, well.URL, "order.created")
		app.Exec(`UPDATE webhook_endpoints SET secret = (SELECT o.secret FROM webhook_endpoints o WHERE o.id <> $1) WHERE id = $1`, string(lost.ID))
		sender, err := webhooks.New(webhooks.Deps{Repo: app.DB, Clock: app.Clock, Allow: endpoint.Allow{Hosts: []string{"127.0.0.1"}}, Every: time.Millisecond,
			Log: app.Logger(), Metrics: prometheus.NewRegistry()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); sender.Run(ctx) }()
		for round := range 3 {
			app.NewOrder(12_400)
			app.Eventually("the other's event is there", func() bool { return len(well.ids()) == round+1 })
		}
		stop()
		<-done
		if n := strings.Count(app.Log.String(), "sending webhooks failed"); n != 1 {
			t.Errorf("%d turns failed, want one, and then a rest", n)
		}
	})
}

// TestEveryAttemptIsKept has an endpoint that fails in many ways, and looks at the
// log from the endpoint and from the event.
func TestEveryAttemptIsKept(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		const mended = endpoint.KeptAttempts + 5
		shop := newSite(t, func(n int, w http.ResponseWriter) {
			switch {
			case n == 2:
				panic(http.ErrAbortHandler)
			case n < mended:
				w.WriteHeader(http.StatusInternalServerError)
			}
			_, _ = fmt.Fprintf(w, "<no. %d>", n)
		})
		well := newSite(t, nil)
		e := subscribe(t, app, shop.URL, "order.created")
		subscribe(t, app, well.URL, "order.created")
		removed := subscribe(t, app, well.URL, "order.created")
		app.NewOrder(12_400)
		of := func() endpoint.Delivery {
			t.Helper()
			page, err := app.Endpoints.Deliveries(t.Context(), e.ProfileID, e.ID, "", paging.Window{Limit: 10})
			if err != nil || len(page.Rows) != 1 {
				t.Fatalf("deliveries: %v %v", page.Rows, err)
			}
			return page.Rows[0]
		}
		var sent []time.Time
		next := func() {
			t.Helper()
			sent = append(sent, app.Clock.Wall())
			drain(t, app)
			app.Clock.Advance(endpoint.Lease)
		}
		next()
		for n := 2; n <= mended; n++ {
			if _, err := app.Endpoints.Redeliver(t.Context(), merchant, e.ProfileID, e.ID, of().ID, nil); err != nil {
				t.Fatal(err)
			}
			next()
			if n == 3 {
				want := []endpoint.Attempt{
					{At: sent[0], Answer: endpoint.Answer{Status: 500, Trouble: endpoint.BadStatus, Excerpt: "<no. 1>"}},
					{At: sent[1], Answer: endpoint.Answer{Trouble: endpoint.Unreached}},
					{At: sent[2], Answer: endpoint.Answer{Status: 500, Trouble: endpoint.BadStatus, Excerpt: "<no. 3>"}},
				}
				if diff := cmp.Diff(want, of().Tried, cmpopts.IgnoreFields(endpoint.Answer{}, "Took")); diff != "" {
					t.Errorf("tried (-want +got):\n%s", diff)
				}
			}
		}
		last := of()
		if last.State != endpoint.Delivered || last.Attempts != mended || len(last.Tried) != endpoint.KeptAttempts {
			t.Errorf("%s after %d attempts, of which %d are kept", last.State, last.Attempts, len(last.Tried))
		}
		for i, a := range last.Tried {
			if want := fmt.Sprintf("<no. %d>", mended-endpoint.KeptAttempts+1+i); a.Excerpt != want {
				t.Errorf("attempt %d kept is %s, want %s", i, a.Excerpt, want)
			}
		}

		if _, err := app.Endpoints.Remove(t.Context(), merchant, removed.ProfileID, removed.ID, nil); err != nil {
			t.Fatal(err)
		}
		page, err := app.Endpoints.EventDeliveries(t.Context(), e.ProfileID, last.Event.ID, paging.Window{Limit: 10})
		if err != nil || len(page.Rows) != 2 {
			t.Fatalf("deliveries of the event: %d, want one of each endpoint that was not removed: %v", len(page.Rows), err)
		}
		i := slices.IndexFunc(page.Rows, func(d endpoint.Delivery) bool { return d.EndpointID == e.ID })
		if i < 0 || page.Rows[1-i].Attempts != 1 {
			t.Fatalf("deliveries of the event are %+v", page.Rows)
		}
		if diff := cmp.Diff(last, page.Rows[i]); diff != "" {
			t.Errorf("the event tells it otherwise (-endpoint +event):\n%s", diff)
		}
		if _, err := app.Endpoints.EventDeliveries(t.Context(), app.Other.ID, last.Event.ID, paging.Window{Limit: 10}); !errors.Is(err, event.ErrNotFound) {
			t.Errorf("another profile asks: %v, want %v", err, event.ErrNotFound)
		}
	})
}
