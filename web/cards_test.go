package web_test

import (
	"database/sql/driver"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// When orders of these tests were paid, when their first payment fell due, and when
// their customer opens the portal.
var (
	soldAt   = time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)
	dueAt    = time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC)
	openedAt = dueAt.AddDate(0, 0, 2)
)

// declinedOrder is a subscription whose stored card was declined on the due day.
func declinedOrder(app *testkit.App, holder string) testkit.Order {
	app.TB.Helper()
	o := subscribed(app, holder)
	app.ChargeDue(o, dueAt)
	app.SetTestTime(openedAt)
	return o
}

func subscribed(app *testkit.App, holder string) testkit.Order {
	app.TB.Helper()
	app.SetTestTime(soldAt)
	o := app.Sell(testkit.Monthly, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved, Holder: holder})
	return o
}

func cardPath(o testkit.Order) string { return orderPath(o) + "/card" }

// press posts the form of a page that leads to an address.
func (v *visitor) press(page answer, action string, fields ...string) answer {
	v.t.Helper()
	values := url.Values{}
	form := page.doc.Find("form[action='" + action + "']").First()
	if form.Length() != 1 {
		v.t.Fatalf("no form leads to %s on %s: %s", action, page.Request.URL.Path, page.text("main"))
	}
	for _, field := range form.Find("input[type=hidden]").EachIter() {
		values.Set(field.AttrOr("name", ""), field.AttrOr("value", ""))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return v.do(http.MethodPost, action, values)
}

// storesCard goes from the page of the cards to the card fields, and through them.
func (v *visitor) storesCard(o testkit.Order, holder string) answer {
	v.t.Helper()
	widget := v.get(v.press(v.get(cardPath(o)), cardPath(o), "consent_terms", "1").wantStatus(http.StatusSeeOther).Header.Get("Location")).wantStatus(http.StatusOK)
	id := strings.TrimSuffix(widget.gatewayID(), "/registration")
	if got := v.app.SubmitCard(id, testkit.Card{Number: testkit.CardSecond, Holder: holder}); got != "approved" {
		v.t.Fatalf("the other card: %s", got)
	}
	return v.follow(widget.returnURL())
}

func TestCustomerUpdatesADeclinedCardAndSettles(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declinedOrder(app, "THEN 800.100.152 MAC 03")
	v := newVisitor(t, app)
	portal := v.follow(o.Link).wantText("[data-testid=payment-method]", "Visa ending in 0000").wantText("[data-testid=payment-method]", "Declined")
	if got := portal.doc.Find("a.btn-primary").AttrOr("href", ""); got != cardPath(o) {
		t.Fatalf("the page's one action leads to %q", got)
	}
	asks := v.get(cardPath(o)).wantText("[data-testid=outstanding]", "€12.00").wantText("button", "Update card and pay €12.00").wantText("[data-testid=due]", "Declined").
		wantNone("form[action$='/choose']").wantNone("form[action$='/remove']").wantNone("form[action$='/try']")

	v.press(asks, cardPath(o)).wantStatus(http.StatusUnprocessableEntity).wantText("[data-testid=alert]", "accept")
	before := app.Dump()
	v.press(asks, cardPath(o), "consent_terms", "1", "shown", "100").wantLeadsTo(cardPath(o) + "?said=outstanding_changed")
	v.get(cardPath(o)+"?said=outstanding_changed").wantText("[data-testid=alert]", "The outstanding amount has changed")
	if app.Dump() != before {
		t.Error("with another amount something began")
	}

	settling := v.storesCard(o, "Ada Winter").wantText("[data-testid=order-status]", "€12.00 is being charged to your new card")
	if settling.Header.Get("Refresh") == "" {
		t.Error("the page does not load itself again")
	}
	if got := app.Strings(`SELECT text FROM consents WHERE order_id = $1`, string(o.ID)); len(got) != 1 || !strings.Contains(got[0], "€12.00 is charged to it, once") || !strings.Contains(got[0], "may store my card") {
		t.Errorf("kept as evidence: %q", got)
	}
	app.ChargeDue(o, openedAt)
	v.follow(orderPath(o)).wantText("[data-testid=payment-method]", "Mastercard ending in 5454").wantText("section[aria-labelledby=upcoming]", "31 March 2026").
		wantNone("a.btn-primary")
	if got := app.NetCharged(o); got != 2400 {
		t.Errorf("the gateway has charged %d, want 2400", got)
	}
}

func TestCustomerTriesTheNewCardAgain(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := declinedOrder(app, "THEN 800.100.152 MAC 02")
	v := newVisitor(t, app)
	v.follow(o.Link)
	v.storesCard(o, "THEN 800.100.152 MAC 02")
	app.ChargeDue(o, openedAt)
	v.follow(orderPath(o)).wantText(".lead", "Your new card is stored, but your bank did not approve €12.00. No money was taken.")
	again := v.get(cardPath(o)).wantText("form[action$='/try']", "Try again: €12.00 from Mastercard ending in 5454")
	v.press(again, cardPath(o)+"/try", "shown", "1").wantLeadsTo(cardPath(o) + "?said=outstanding_changed")
	for _, token := range tokens(app, o) {
		if err := app.Gateway.SetAnswer(t.Context(), token, ""); err != nil {
			t.Fatal(err)
		}
	}
	v.press(again, cardPath(o)+"/try").wantLeadsTo(orderPath(o))
	v.press(again, cardPath(o)+"/try").wantLeadsTo(cardPath(o) + "?said=outstanding_changed")
	app.ChargeDue(o, openedAt)
	if got := app.NetCharged(o); got != 2400 {
		t.Errorf("the gateway has charged %d, want 2400", got)
	}
}

// tokens are the gateway's names of an order's cards.
func tokens(app *testkit.App, o testkit.Order) []string {
	app.TB.Helper()
	all, err := app.DB.Methods(app.TB.Context(), o.ProfileID, o.ID)
	if err != nil {
		app.TB.Fatal(err)
	}
	var out []string
	for _, m := range all {
		out = append(out, m.Token)
	}
	return out
}

func TestCardsAreAddedChosenAndRemovedInThePortal(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := subscribed(app, "Ada Winter")
	v := newVisitor(t, app)
	v.follow(o.Link)
	v.get(orderPath(o)+"?lang=de").wantText("[data-testid=manage-cards]", "Karten ändern").wantNone("a.btn-primary")
	v.get(cardPath(o)).wantText("[data-testid=card]", "In Verwendung").wantText("[data-testid=card]", "Um sie zu entfernen").wantNone("[data-testid=card] button")
	v.storesCard(o, "Ada Winter").wantText("[data-testid=payment-method]", "Mastercard mit den Endziffern 5454")
	two := v.get(cardPath(o)).wantCount("[data-testid=card]", 2)

	v.press(two, cardPath(o)+"/choose").wantLeadsTo(cardPath(o) + "?said=chosen")
	v.press(two, cardPath(o)+"/remove").wantLeadsTo(cardPath(o) + "?said=card_in_use") // of the page before: that card is in use now
	v.get(cardPath(o)+"?said=card_in_use").wantText("[data-testid=alert]", "kann sie nicht entfernt werden")
	v.press(v.get(cardPath(o)), cardPath(o)+"/remove").wantLeadsTo(cardPath(o) + "?said=removed")
	v.get(cardPath(o)+"?said=removed").wantCount("[data-testid=card]", 1).wantText("[data-testid=alert]", "entfernt")
	v.do(http.MethodPost, cardPath(o)+"/remove", url.Values{"card": {"x"}}).wantStatus(http.StatusForbidden) // without the page's token

	app.Exec(`UPDATE payment_methods SET expiry_month = 3, expiry_year = 2026`)
	app.SetTestTime(time.Date(2026, 2, 16, 9, 0, 0, 0, time.UTC))
	v.follow(orderPath(o)).wantText("[data-testid=payment-method]", "Läuft bald ab").wantText("a.btn-primary", "Karte aktualisieren")
	v.get(cardPath(o)).wantText("[data-testid=outstanding]", "Nichts").wantText("button.btn-primary", "Karte aktualisieren")
	for _, status := range []order.Status{order.Paused, order.Complete} {
		app.Exec(`UPDATE orders SET status = $2 WHERE id = $1`, string(o.ID), string(status))
		v.follow(orderPath(o)).wantNone("[href$='/card']")
		v.press(two, cardPath(o), "consent_terms", "1").wantLeadsTo(orderPath(o))
		v.press(two, cardPath(o)+"/choose").wantLeadsTo(orderPath(o))
		v.get(cardPath(o)).wantLeadsTo(orderPath(o))
	}
}

// A page of an order reads a handful of statements, however much it shows.
func TestPortalReadsAHandfulOfStatements(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	app := testkit.Start(t, testkit.Options{SQL: testkit.WatchSQL(func(query string, _ []driver.NamedValue) {
		if strings.Contains(strings.ToUpper(query), "SELECT") {
			n.Add(1)
		}
	})})
	single := app.NewOrder(12400)
	app.Pay(single)
	recurring := declinedOrder(app, "THEN 800.100.152 MAC 03")
	v := newVisitor(t, app)
	for _, tt := range []struct {
		o    testkit.Order
		path string
		most int64
	}{{single, orderPath(single), 4}, {recurring, orderPath(recurring), 10}, {recurring, cardPath(recurring), 10}} {
		v.follow(tt.o.Link)
		v.follow(tt.path)
		n.Store(0)
		v.get(tt.path).wantStatus(http.StatusOK)
		if got := n.Load(); got > tt.most {
			t.Errorf("%s reads %d statements, want at most %d", tt.path, got, tt.most)
		}
	}
}
