package web_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
)

// heaviest is what a page and its stylesheet may weigh together, as sent.
const heaviest = 30 << 10

func gzipped(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func TestPagesAreLightAndWaitForOneStylesheet(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	unpaid := v.follow(o.Link)
	widget := v.startPaying(o)
	for range 9 { // a page full of history
		app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
	}
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	app.Deliver()
	portal := v.get(orderPath(o)).wantStatus(http.StatusOK)
	if n := portal.doc.Find("[data-testid=history-row]").Length(); n != 10 {
		t.Fatalf("%d rows of history, want a page of 10", n)
	}

	for name, page := range map[string]answer{"order": unpaid, "portal": portal} {
		blocking := page.doc.Find("head link[rel=stylesheet], head script, head style:not([nonce]), body link[rel=stylesheet]")
		if blocking.Length() != 1 || blocking.AttrOr("rel", "") != "stylesheet" {
			t.Errorf("%s waits for %d things, want one stylesheet", name, blocking.Length())
		}
		css := v.get(blocking.AttrOr("href", "")).wantStatus(http.StatusOK).body
		html, sheet := len(page.body), gzipped(t, css) // pages hold secrets and are sent as they are
		t.Logf("%s: %d bytes of HTML, %d if compressed, and %d of compressed CSS", name, html, gzipped(t, page.body), sheet)
		if html+sheet > heaviest {
			t.Errorf("%s weighs %d + %d bytes, want at most %d", name, html, sheet, heaviest)
		}
		if n := page.doc.Find("main img, main script, iframe").Length(); n != 0 {
			t.Errorf("%s loads %d more things", name, n)
		}
	}
}
