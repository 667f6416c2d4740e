package v1_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// commands make a request of each operation that changes something, and all that it
// needs to succeed. A new operation without one fails the tests below.
var commands = map[string]func(*api, *testing.T) call{
	"createCustomer": func(*api, *testing.T) call {
		return call{path: "/customers", body: `{"customer":{"email":"anna@example.com","given_name":"Anna"}}`}
	},
	"changeCustomer": func(a *api, t *testing.T) call {
		return call{method: http.MethodPut, path: "/customers/" + a.customer(t, ""), body: `{"customer":{"city":"Rome"}}`}
	},
	"createProduct": func(*api, *testing.T) call {
		return call{path: "/products", body: `{"product":{"type":"metered","name":"Power","currency":"EUR","price":"1"}}`}
	},
	"changeProduct": func(a *api, t *testing.T) call {
		return call{method: http.MethodPut, path: "/products/" + a.product(t, "", "20"), body: `{"product":{"price":"21"}}`}
	},
	"createSingleOrder":       func(a *api, t *testing.T) call { return call{path: ordersPath, body: a.orderBody(t, "")} },
	"createInstalmentOrder":   sale("instalment", `,"split_number":2,"scheduled_unit":"MONTH","scheduled_interval":1`),
	"createSubscriptionOrder": sale("subscription", `,"scheduled_unit":"MONTH","scheduled_interval":1`),
	"createMeteredOrder":      sale("metered", ``),
	"renewCheckout": func(a *api, _ *testing.T) call {
		return call{path: "/order_checkouts/" + string(a.NewOrder(2000).ID), body: "{}"}
	},
	"sendPaymentLink": toOrder(http.MethodPost, "send_payment_link", func(a *api) testkit.Order { return a.NewOrder(2000) }),
	"sendReminder":    toOrder(http.MethodPost, "send_reminder", func(a *api) testkit.Order { return a.NewOrder(2000) }),
	"sendCardUpdate":  toOrder(http.MethodPost, "send_card_update", begun),
	"pauseOrder":      toOrder(http.MethodPut, "pause_order", begun),
	"resumeOrder": toOrder(http.MethodPut, "resume_order", func(a *api) testkit.Order {
		o := begun(a)
		if _, err := a.Course.Pause(a.TB.Context(), actor.TheSystem, o.ProfileID, o.ID, nil); err != nil {
			a.TB.Fatal(err)
		}
		return o
	}),
	"cancelOrder": toOrder(http.MethodPut, "cancel_order", begun),
	"resumeCollecting": toOrder(http.MethodPut, "resume_collecting", func(a *api) testkit.Order {
		o := begun(a)
		if _, err := a.Gateway.Chargeback(a.TB.Context(), a.Overview(o).Transactions[0].GatewayID, "", ""); err != nil {
			a.TB.Fatal(err)
		}
		a.Deliver()
		return o
	}),
	"requestPayment": func(a *api, _ *testing.T) call {
		o := a.Begin(a.Sell(testkit.Metered, order.Sale{}))
		return call{path: "/orders/" + string(o.ID) + "/payments", body: `{"scheduled_payment":{"amount":"7.50"}}`}
	},
	"changeScheduledPayment": func(a *api, _ *testing.T) call {
		o := a.Begin(a.Sell(testkit.Instalments, order.Sale{}))
		return put1(a.nth(o, 1), `"status":"skipped"`)
	},
	"advanceTestClock": func(a *api, t *testing.T) call {
		at, err := a.Clock.Now(t.Context(), a.Profile.ID)
		if err != nil {
			t.Fatal(err)
		}
		return call{path: "/sandbox/clock/advance", body: `{"clock":{"to":"` + at.Add(time.Hour).Format(time.RFC3339) + `"}}`}
	},
	"createWebhookEndpoint": func(*api, *testing.T) call { return call{path: endpointsPath, body: anEndpoint} },
	"changeWebhookEndpoint": func(a *api, t *testing.T) call {
		return call{method: http.MethodPut, path: a.endpoint(t), body: `{"webhook_endpoint":{"description":"Till"}}`}
	},
	"deleteWebhookEndpoint": func(a *api, t *testing.T) call {
		return call{method: http.MethodDelete, path: a.endpoint(t), body: "{}"}
	},
	"rotateWebhookSecret": func(a *api, t *testing.T) call { return call{path: a.endpoint(t) + "/rotate_secret", body: "{}"} },
	"redeliverWebhook": func(a *api, t *testing.T) call {
		own, key := a.endpoint(t), id.New("whd")
		a.Exec(`INSERT INTO webhook_deliveries (profile_id, id, endpoint_id, seq, state, attempts, tried, created_at, done_at)
VALUES ($1, $2, $3, 1, 'failed', 0, '', 1, 1)`, string(a.Profile.ID), key, strings.TrimPrefix(own, endpointsPath+"/"))
		return call{path: own + "/deliveries/" + key + "/redeliver", body: "{}"}
	},
	"captureTransaction": toTransaction("capture", order.Sale{PreAuthorise: true}, gateway.PreAuthorisation),
	"reverseTransaction": toTransaction("reverse", order.Sale{PreAuthorise: true}, gateway.PreAuthorisation),
	"refundTransaction":  toTransaction("refund", order.Sale{}, gateway.Debit),
}

// sale orders a product of a type.
func sale(kind, plan string) func(*api, *testing.T) call {
	return func(a *api, t *testing.T) call {
		product := a.create(t, call{path: "/products", body: `{"product":{"type":"` + kind + `","name":"P","currency":"EUR","price":"20"` + plan + `}}`}, "product")
		return call{path: "/orders/create_" + kind + "_order", body: `{"order":{"customer_id":"` + a.customer(t, "") + `","currency":"EUR","order_products":[{"product_id":"` + product + `"}]}}`}
	}
}

// endpoint is the path of a webhook endpoint that was just made.
func (a *api) endpoint(t *testing.T) string {
	t.Helper()
	return endpointsPath + "/" + a.create(t, call{path: endpointsPath, body: anEndpoint}, "webhook_endpoint")
}

// begun is a subscription that goes on.
func begun(a *api) testkit.Order { return a.Begin(a.Sell(testkit.Monthly, order.Sale{})) }

func toOrder(method, command string, of func(*api) testkit.Order) func(*api, *testing.T) call {
	return func(a *api, _ *testing.T) call {
		return call{method: method, path: "/orders/" + string(of(a).ID) + "/" + command, body: "{}"}
	}
}

func toTransaction(command string, in order.Sale, typ gateway.Type) func(*api, *testing.T) call {
	return func(a *api, t *testing.T) call {
		_, id := a.paidBy(t, bicycle(), in, typ)
		return call{path: "/transactions/" + id + "/" + command, body: "{}"}
	}
}

// everyCommand runs a test of each operation that changes something.
func everyCommand(t *testing.T, engine string, test func(*api, *testing.T, call)) {
	t.Helper()
	a := startOn(t, engine)
	for _, o := range operations(t) {
		if o.method == http.MethodGet {
			continue
		}
		t.Run(o.OperationID, func(t *testing.T) {
			prepare, ok := commands[o.OperationID]
			if !ok {
				t.Fatal("this operation has no command that its repetition can be tested with")
			}
			if o.parameter("Idempotency-Key") == nil {
				t.Error("it takes no Idempotency-Key")
			}
			c := prepare(a, t)
			c.repeat = "key of " + o.OperationID
			test(a, t, c)
		})
	}
}

func TestEveryCommandWorksOnceAndAnswersTheSame(t *testing.T) {
	t.Parallel()
	everyCommand(t, "sqlite", func(a *api, t *testing.T, c call) {
		first := a.do(t, c)
		if first.status >= 300 || first.header.Get("Idempotency-Replayed") != "" {
			t.Fatalf("%d, replayed %q, want it done\n%s", first.status, first.header.Get("Idempotency-Replayed"), first.body)
		}
		before := a.Dump()
		again := a.do(t, c)
		if again.status != first.status || again.body != first.body || again.header.Get("Location") != first.header.Get("Location") || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("the repetition: %d, replayed %q, %s, want %d %s", again.status, again.header.Get("Idempotency-Replayed"), again.body, first.status, first.body)
		}
		other := c
		other.body += " "
		if got := a.do(t, other); got.status != http.StatusUnprocessableEntity || got.problem.Code != "idempotency_key_reused" {
			t.Errorf("another body: %d %s, want 422 idempotency_key_reused", got.status, got.problem.Code)
		}
		other = c
		other.path += "?profile_id=1"
		if got := a.do(t, other); got.problem.Code != "idempotency_key_reused" {
			t.Errorf("another query: %d %s, want 422 idempotency_key_reused", got.status, got.problem.Code)
		}
		if diff := cmp.Diff(before, a.Dump()); diff != "" {
			t.Errorf("the repetitions changed something (-before +after):\n%s", diff)
		}
		for _, kept := range a.Strings(`SELECT CAST(answer AS TEXT) FROM idempotency_keys WHERE key = $1`, c.repeat) {
			if kept == "" || bytes.Contains([]byte(kept), []byte(`"id"`)) || strings.Contains(kept, "/pay/") {
				t.Errorf("the kept answer can be read: %q", kept)
			}
		}
	})
}

func TestNoMistakeInACommandIsKept(t *testing.T) {
	t.Parallel()
	everyCommand(t, "sqlite", func(a *api, t *testing.T, c call) {
		before := a.Dump()
		for body, want := range map[string]int{`{"x":1}`: http.StatusUnprocessableEntity, `{`: http.StatusBadRequest, `[]`: http.StatusUnprocessableEntity} {
			wrong := c
			wrong.body, wrong.invalid = body, true
			if got := a.do(t, wrong); got.status != want {
				t.Errorf("%s: %d %s, want %d", body, got.status, got.problem.Code, want)
			}
		}
		if diff := cmp.Diff(before, a.Dump()); diff != "" {
			t.Errorf("mistakes left something (-before +after):\n%s", diff)
		}
		if got := a.do(t, c); got.status >= 300 {
			t.Errorf("after the mistakes: %d %s, want it done", got.status, got.body)
		}
	})
}

func TestNoFailureOfACommandIsKept(t *testing.T) {
	t.Parallel()
	everyCommand(t, "sqlite", func(a *api, t *testing.T, c call) {
		before := a.Dump()
		a.exec(t, "ALTER TABLE events RENAME TO hidden_events") // each command records what it did
		got := a.do(t, c)
		a.exec(t, "ALTER TABLE hidden_events RENAME TO events")
		if got.status != http.StatusInternalServerError {
			t.Errorf("%d %s, want 500", got.status, got.body)
		}
		if diff := cmp.Diff(before, a.Dump()); diff != "" {
			t.Errorf("the failure left something (-before +after):\n%s", diff)
		}
		if got := a.do(t, c); got.status >= 300 {
			t.Errorf("after the failure: %d %s, want it done", got.status, got.body)
		}
	})
}

func TestClaimOfAProcessThatDiedHoldsForItsLease(t *testing.T) {
	t.Parallel()
	everyCommand(t, "sqlite", func(a *api, t *testing.T, c call) {
		a.claim(t, c)
		got := a.do(t, c)
		if got.status != http.StatusConflict || got.problem.Code != "idempotency_key_in_work" || got.header.Get("Retry-After") != "1" {
			t.Errorf("while the lease holds: %d %s, want 409 idempotency_key_in_work, to be tried again", got.status, got.problem.Code)
		}
		a.Clock.Advance(idem.Lease + time.Second)
		if got := a.do(t, c); got.status >= 300 || got.header.Get("Idempotency-Replayed") != "" {
			t.Errorf("after the lease: %d %s, want it done", got.status, got.body)
		}
		if got := a.do(t, c); got.status >= 300 || got.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("once more: %d %s, want the answer again", got.status, got.body)
		}
	})
}

// claim leaves the claim of a call behind, as a process does that dies at work.
func (a *api) claim(t *testing.T, c call) {
	t.Helper()
	if c.method == "" {
		c.method = http.MethodPost
	}
	at, err := url.Parse(c.path)
	if err != nil {
		t.Fatal(err)
	}
	key, profileID, err := a.Users.Authenticate(t.Context(), a.Key, "")
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "%d?%s%s", len(at.RawQuery), at.RawQuery, c.body))
	scope := idem.Scope{ProfileID: profileID, APIKeyID: key.ID, Method: c.method, Route: "/api/v1" + at.Path, Key: c.repeat}
	if _, err := a.DB.ClaimCall(t.Context(), scope, hash[:], a.Clock.Wall()); err != nil {
		t.Fatal(err)
	}
}

func TestTwinsOfEveryCommandWorkOnce(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			everyCommand(t, engine, func(a *api, t *testing.T, c call) {
				events := func() string {
					return a.Strings(`SELECT CAST(COALESCE(MAX(seq), 0) AS TEXT) FROM events WHERE profile_id = $1`, string(a.Profile.ID))[0]
				}
				before := events()
				answers := a.atOnce(t.Context(), t, 4, c)
				answers = append(answers, a.do(t, c))
				body := ""
				for _, got := range answers {
					switch {
					case got.status == http.StatusConflict && got.problem.Code == "idempotency_key_in_work" && got.header.Get("Retry-After") == "1":
					case got.status >= 300:
						t.Errorf("a twin: %d %s, want it done or in work", got.status, got.body)
					case body != "" && got.body != body:
						t.Errorf("twins answer %s and %s", body, got.body)
					default:
						body = got.body
					}
				}
				if events() == before {
					t.Error("the twins recorded nothing")
				}
				if twice := a.Strings(`SELECT type || ' of ' || subject FROM events WHERE profile_id = $1 AND seq > `+before+` GROUP BY type, order_id, subject HAVING COUNT(*) > 1`, string(a.Profile.ID)); len(twice) > 0 {
					t.Errorf("twins recorded twice: %q", twice)
				}
			})
		})
	}
}

// atOnce sends a call n times at once.
func (a *api) atOnce(ctx context.Context, t *testing.T, n int, c call) []reply {
	t.Helper()
	answers := make([]reply, n)
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-begin
			got, err := a.try(ctx, c)
			if err != nil {
				t.Errorf("twin: %v", err)
			}
			answers[i] = got
		})
	}
	close(begin)
	wg.Wait()
	return answers
}
