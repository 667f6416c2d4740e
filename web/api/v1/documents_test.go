package v1_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
)

// document is what the API says of one.
type document struct {
	ID, Kind, Number, Total, Currency, URL string
	OrderID                                string `json:"order_id"`
	IssuedOn                               string `json:"issued_on"`
	TransactionID                          string `json:"transaction_id"`
}

// documents lists those of an order.
func (a *api) documents(t *testing.T, query string) (docs []document, next string) {
	t.Helper()
	r := a.do(t, call{path: query})
	var p struct {
		Data       []document
		NextCursor string `json:"next_cursor"`
	}
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.status != http.StatusOK {
		t.Fatalf("GET %s: %d, %v\n%s", query, r.status, err, r.body)
	}
	return p.Data, p.NextCursor
}

func TestDocumentsOfAPaidOrderAreListedAndServed(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			o := a.NewOrder(12_400)
			path := "/orders/" + string(o.ID) + "/documents"
			if docs, _ := a.documents(t, path); len(docs) != 0 {
				t.Errorf("an unpaid order has %v", docs)
			}
			at := a.StartCheckout(o)
			a.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
			a.Deliver()

			docs, next := a.documents(t, path)
			if len(docs) != 2 || next != "" {
				t.Fatalf("%v, next %q", docs, next)
			}
			year := a.Clock.Wall().In(a.Profile.Location()).Format("2006")
			for i, want := range []struct{ kind, number, file string }{{"receipt", "R", "receipt"}, {"invoice", "INV", "invoice"}} {
				d := docs[i]
				number := fmt.Sprintf("%s-%s-00001", want.number, year)
				if d.Kind != want.kind || d.Number != number || d.OrderID != string(o.ID) || d.Total != "124.00" || d.Currency != "EUR" || d.TransactionID == "" ||
					!strings.HasPrefix(d.IssuedOn, year) {
					t.Errorf("%+v, want %s %s", d, want.kind, number)
				}
				prefix := a.URL + "/api/v1"
				file := a.do(t, call{path: strings.TrimPrefix(d.URL, prefix)})
				again := a.do(t, call{path: strings.TrimPrefix(d.URL, prefix)})
				if file.status != http.StatusOK || !strings.HasPrefix(file.body, "%PDF-") || file.header.Get("Content-Type") != "application/pdf" || file.body != again.body {
					t.Errorf("%s: %d %s, the same twice: %t", d.URL, file.status, file.header.Get("Content-Type"), file.body == again.body)
				}
				if got, want := file.header.Get("Content-Disposition"), "attachment; filename="+want.file+"-"+number+".pdf"; got != want {
					t.Errorf("Content-Disposition = %q, want %q", got, want)
				}
				if got := file.header.Get("Cache-Control"); got != "no-store" {
					t.Errorf("Cache-Control = %q", got)
				}
			}
			first, next := a.documents(t, path+"?per_page=1")
			second, end := a.documents(t, path+"?per_page=1&cursor="+next)
			if !slices.Equal(append(first, second...), docs) || end != "" {
				t.Errorf("by pages: %v, %v, then %q", first, second, end)
			}
		})
	}
}

func TestDocumentsStayWhenTheyAreSwitchedOff(t *testing.T) {
	t.Parallel()
	a := start(t)

	o := a.NewOrder(12_400)
	at := a.StartCheckout(o)
	a.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	a.Deliver()
	a.exec(t, `UPDATE profiles SET details = replace(details, '"documents":true', '"documents":false')`)

	docs, _ := a.documents(t, "/orders/"+string(o.ID)+"/documents")
	if len(docs) != 2 {
		t.Fatalf("%v", docs)
	}
	if file := a.do(t, call{path: "/documents/" + docs[0].ID + ".pdf"}); file.status != http.StatusOK {
		t.Errorf("%d", file.status)
	}
}
