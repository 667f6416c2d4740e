package v1_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/web/api/v1/apitest"
)

// told is what an event says, as the API writes it.
type told struct {
	ID, Type, Subject, Actor string
	Sequence                 int64
	OccurredAt               time.Time `json:"occurred_at"`
	OrderID                  *string   `json:"order_id"`
	Data                     map[string]any
}

func (a *api) events(t *testing.T, query string) (all []told, next string) {
	t.Helper()
	got := a.do(t, call{path: "/events" + query})
	var page struct {
		Data []told
		Next *string `json:"next_cursor"`
	}
	if err := json.Unmarshal([]byte(got.body), &page); err != nil || got.status != http.StatusOK {
		t.Fatalf("GET /events%s: %d, %v\n%s", query, got.status, err, got.body)
	}
	if page.Next != nil {
		next = *page.Next
	}
	return page.Data, next
}

func sequences(all []told) (s []int64) {
	for _, e := range all {
		s = append(s, e.Sequence)
	}
	return s
}

func TestEventsAreListedAndFiltered(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			first := a.NewOrder(12_400)
			a.Advance(time.Hour)
			between := a.Clock.Wall()
			paid := a.NewOrder(5_000)
			a.PayWith(paid, testkit.Card{Number: testkit.CardApproved})
			a.OrderOf(a.Other, 700)

			all, _ := a.events(t, "?per_page=100")
			if len(all) < 10 || all[len(all)-1].Sequence != 1 || !slices.IsSortedFunc(all, func(x, y told) int { return int(y.Sequence - x.Sequence) }) {
				t.Fatalf("%v, want all from the newest to 1", sequences(all))
			}
			var paged []told
			for page, next := a.events(t, "?per_page=3"); ; page, next = a.events(t, "?per_page=3&cursor="+next) {
				if paged = append(paged, page...); next == "" {
					break
				}
			}
			if diff := cmp.Diff(all, paged); diff != "" {
				t.Errorf("page by page (-whole +pages):\n%s", diff)
			}
			since := url.QueryEscape(between.Format(time.RFC3339Nano))
			for query, want := range map[string]func(told) bool{
				"type=payment.approved":                         func(e told) bool { return e.Type == "payment.approved" },
				"order_id=" + string(first.ID):                  func(e told) bool { return e.OrderID != nil && *e.OrderID == string(first.ID) },
				"created_to=" + since:                           func(e told) bool { return e.OccurredAt.Before(between) },
				"created_from=" + since + "&type=order.created": func(e told) bool { return e.Type == "order.created" && e.Subject == string(paid.ID) },
			} {
				got, _ := a.events(t, "?per_page=100&"+query)
				var wanted []told
				for _, e := range all {
					if want(e) {
						wanted = append(wanted, e)
					}
				}
				if diff := cmp.Diff(sequences(wanted), sequences(got)); diff != "" || len(got) == 0 {
					t.Errorf("%s: %v (-want +got):\n%s", query, sequences(got), diff)
				}
			}
			one := a.do(t, call{path: "/events/" + all[0].ID})
			if one.status != http.StatusOK || one.field(t, "event.id") != all[0].ID {
				t.Errorf("GET one: %d %s", one.status, one.body)
			}
			for path, want := range map[string]string{"/events/evt_00000000000000000000000000": "404 event_not_found", "/events/x": "404 event_not_found",
				"/events?type=order.made": "400 query_invalid", "/events?order_id=cus_1": "400 query_invalid", "/events?cursor=MS5hYmM": "400 query_invalid"} {
				got := a.do(t, call{path: path, invalid: true})
				if s := fmt.Sprint(got.status, " ", got.problem.Code); s != want {
					t.Errorf("%s: %s, want %s", path, s, want)
				}
			}
		})
	}
}

// TestTheDocumentTellsEveryEvent holds the document against the one table of types.
func TestTheDocumentTellsEveryEvent(t *testing.T) {
	t.Parallel()
	doc, err := apitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range doc.Components.Schemas["EventType"].Value.Enum {
		names = append(names, fmt.Sprint(name))
	}
	if diff := cmp.Diff(event.Names(), names); diff != "" {
		t.Errorf("types (-table +document):\n%s", diff)
	}
	if diff := cmp.Diff(event.Names(), slices.Sorted(maps.Keys(doc.Webhooks))); diff != "" {
		t.Errorf("webhooks (-table +document):\n%s", diff)
	}
	fields := map[string]bool{}
	shape := doc.Components.Schemas["Event"].Value
	for _, typ := range event.Types {
		for _, f := range slices.Concat(typ.Data, typ.Maybe) {
			fields[f] = true
		}
		hook := doc.Webhooks[typ.Name]
		if hook == nil {
			continue
		}
		if hook.Post.Summary != typ.When {
			t.Errorf("%s: %q, want %q", typ.Name, hook.Post.Summary, typ.When)
		}
		body := hook.Post.RequestBody.Value.Content["application/json"]
		if err := shape.VisitJSON(body.Example); err != nil {
			t.Errorf("%s: the example does not fit: %v", typ.Name, err)
		}
		example, _ := body.Example.(map[string]any)
		data, _ := example["data"].(map[string]any)
		if diff := cmp.Diff(slices.Sorted(slices.Values(typ.Data)), slices.Sorted(maps.Keys(data))); diff != "" || example["type"] != typ.Name {
			t.Errorf("%s: the example of %v has other fields (-table +document):\n%s", typ.Name, example["type"], diff)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(fields)), slices.Sorted(maps.Keys(doc.Components.Schemas["EventData"].Value.Properties))); diff != "" {
		t.Errorf("fields (-table +document):\n%s", diff)
	}
}
