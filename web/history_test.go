package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// tried pays an order after so many declines, and gives its portal.
func tried(t *testing.T, v *visitor, o testkit.Order, declines int) answer {
	t.Helper()
	widget := v.startPaying(o)
	for range declines {
		v.app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
	}
	v.app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardSecond})
	v.app.Deliver()
	return v.get(orderPath(o)).wantStatus(http.StatusOK)
}

func (a answer) wantCount(selector string, want int) answer {
	a.t.Helper()
	if got := a.doc.Find(selector).Length(); got != want {
		a.t.Errorf("%s: %d of %s, want %d", a.Request.URL, got, selector, want)
	}
	return a
}

func TestHistoryIsPaged(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	first := tried(t, v, app.NewOrder(12400), 10).wantCount("[data-testid=history-row]", 10)

	older := first.doc.Find("[data-testid=history-older]").AttrOr("href", "")
	second := v.get(older).wantStatus(http.StatusOK).wantCount("[data-testid=history-row]", 1).wantNone("[data-testid=history-older]")
	if !strings.Contains(first.text("[data-testid=history-row]")+second.text("[data-testid=history-row]"), "Approved") {
		t.Error("the approved payment is on neither page")
	}
	second.wantText("[data-testid=payment-method]", "Mastercard ending in 5454").wantText("[data-testid=order-status]", "Paid on ")
	v.get(second.doc.Find(".pager a").AttrOr("href", "")).wantCount("[data-testid=history-row]", 10)
}

func TestHistoryIsFiltered(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	all := tried(t, v, o, 3).wantCount("[data-testid=history-row]", 4)
	form := all.doc.Find("form[method=get]")
	if form.AttrOr("action", "") != orderPath(o)+"#history" || form.Find("select").Length() != 2 || form.Find("[name=_csrf]").Length() != 0 {
		t.Errorf("the filter's form is %v", form.Nodes)
	}
	for query, want := range map[string]int{
		"?status=declined": 3, "?status=approved": 1, "?kind=payment": 4, "?kind=payment&status=declined": 3, "?kind=refund": 0, "?kind=dispute&status=held": 0,
		"?kind=&status=": 4, "?kind=nonsense&status=x&before=y.z": 4, "?before=zzz.trn_00000000000000000000000000&status=declined": 0,
	} {
		page := v.get(orderPath(o)+query).wantStatus(http.StatusOK).wantCount("[data-testid=history-row]", want)
		if want == 0 {
			page.wantText("#history ~ [role=status], section [role=status]", "No entry matches")
		}
	}
	filtered := v.get(orderPath(o)+"?kind=payment&status=declined").wantCount("details.filter[open]", 1).wantCount("option[selected][value=declined]", 1)
	german := filtered.doc.Find("nav a[lang=de]").AttrOr("href", "")
	v.get(orderPath(o)+german).wantCount("[data-testid=history-row]", 3).wantText("main", "Abgelehnt")
}

func TestShortHistoryHasNoFilter(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	tried(t, v, app.NewOrder(12400), 0).wantNone("form, details, .pager")
}

func TestPortalShowsDiscountFeeAndTaxByRate(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	app.Exec(`UPDATE order_lines SET discount_minor = 50, fee_minor = 25 WHERE name = 'Bell'`)
	app.Exec(`UPDATE order_lines SET tax_ppm = 70000, tax_minor = 811 WHERE name = 'Overhaul'`)
	page := newVisitor(t, app).follow(o.Link).wantStatus(http.StatusOK)

	page.wantText("table.lines", "Discount -€0.50").wantText("table.lines", "Fee €0.25").
		wantText(".sums", "Subtotal€124.00Discount-€0.50Fee€0.25Total€124.00Tax included (19%)€0.16Tax included (7%)€8.11")
}

func TestHistoryNamesAStoredCardAndNoPaymentOfNothing(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.Sell(testkit.Metered, order.Sale{Terms: order.Terms{Initial: "0"}})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	v := newVisitor(t, app)
	v.get("/pay/" + o.Token)

	row := v.get(orderPath(o)).wantStatus(http.StatusOK).wantCount("[data-testid=history-row]", 1).text("[data-testid=history-row]")

	if !strings.Contains(row, "Card check, nothing taken") {
		t.Errorf("the history says %q", row)
	}
}
