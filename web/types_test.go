package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
)

// Whatever the type: the page before payment names what is taken now and what
// later, and what is kept as consent is what was shown.
func TestOrderPageSaysWhatIsTakenNowAndWhatLater(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	start := app.Clock.Wall().AddDate(1, 0, 0)
	on := start.Format("2 January 2006")
	uneven := testkit.Instalments
	uneven.Plan.Initial, uneven.Plan.Splits = money.New(0, money.EUR), 7
	trial := testkit.Monthly
	trial.Discount, trial.Plan.DiscountOnce = trial.Price, true
	hold := order.Terms{Register: true, Initial: "0.50"}
	from := order.Terms{StartOn: start.Format("2006-01-02")}
	for name, tt := range map[string]struct {
		order                         testkit.Order
		amount, terms, button, agreed string
	}{
		"single": {app.NewOrder(12400), "€124.00", "", "Continue to payment", "I accept the terms and have read the privacy notice."},
		"held": {app.Sell(testkit.Instalments, order.Sale{Type: "single_payment", PreAuthorise: true}), "€600.00",
			"€600.00 is held on your card and taken later, in full or in part. What is not taken is released.", "Continue to payment", "may hold the amount on my card"},
		"instalments": {app.Sell(testkit.Instalments, order.Sale{Terms: from}), "€100.00",
			"Today €100.00, then €100.00 every month, 5 times, the first on " + on + ". €600.00 in all.", "Continue to payment", "collect these payments from it until the last one is paid"},
		"uneven instalments": {app.Sell(uneven, order.Sale{Terms: from}), "Nothing",
			"Nothing today, then one of 7 payments every month: €85.74 on " + on + ", after that €85.71 each. €600.00 in all.", "Continue to card details", "until the last one is paid"},
		"subscription": {app.Sell(testkit.Monthly, order.Sale{Terms: from}), "€12.00",
			"Today €12.00, then €12.00 every month from " + on + " until you cancel.", "Continue to payment", "collect these payments from it until the subscription ends"},
		"trial": {app.Sell(trial, order.Sale{Terms: from}), "Nothing",
			"Nothing today, then €12.00 every month from " + on + " until you cancel.", "Continue to card details", "until the subscription ends"},
		"metered": {app.Sell(testkit.Metered, order.Sale{Memo: "Flat 3"}), "€50.00",
			"Today €50.00. Later amounts of this order are collected from the same card as they come up.", "Continue to payment", "collect later amounts of this order"},
		"metered, card first": {app.Sell(testkit.Metered, order.Sale{Memo: "Flat 3", Terms: hold}), "Nothing",
			"Nothing today. Later amounts of this order are collected from the same card as they come up. A hold of €0.50 checks your card; it is released and not charged.", "Continue to card details", "until the order ends"},
	} {
		v := newVisitor(t, app)
		page := v.follow(tt.order.Link)
		text := func(selector string) string { return strings.Join(strings.Fields(page.doc.Find(selector).Text()), " ") }
		if got := text("[data-testid=order-total]"); got != tt.amount {
			t.Errorf("%s asks for %q, want %q", name, got, tt.amount)
		}
		if got := text("[data-testid=order-terms] p:first-of-type"); got != tt.terms {
			t.Errorf("%s says %q, want %q", name, got, tt.terms)
		}
		if got := text("[data-testid=order-memo]"); got != tt.order.Plan.Memo {
			t.Errorf("%s shows the memo %q", name, got)
		}
		if got := text("main form button[type=submit]"); got != tt.button {
			t.Errorf("%s has the button %q, want %q", name, got, tt.button)
		}
		if strings.Contains(page.doc.Text(), "€0.00") && name != "trial" { // whose first payment is of that
			t.Errorf("%s speaks of nothing as an amount", name)
		}
		v.submit(page).wantStatus(http.StatusUnprocessableEntity)
		v.submit(page, "consent_terms", "1")
		kept := app.Strings(`SELECT text FROM consents WHERE order_id = $1`, string(tt.order.ID))
		if len(kept) != 1 || !strings.Contains(kept[0], tt.agreed) || !strings.HasPrefix(kept[0], tt.terms) {
			t.Errorf("%s: kept as consent is %q, want %q with %q", name, kept, tt.terms, tt.agreed)
		}
		if german := v.get(orderPath(tt.order) + "?lang=de"); tt.terms != "" && strings.Contains(german.doc.Find("main").Text(), "Today") {
			t.Errorf("%s speaks English to a German reader", name)
		}
	}
}

// Once an order has begun, its link says where it stands, whatever its type.
func TestPortalSaysHowAnOrderStands(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	today := app.Clock.Wall().In(app.Profile.Location()).Format("2 January 2006")
	trial := testkit.Monthly
	trial.Discount, trial.Plan.DiscountOnce = trial.Price, true
	month, err := schedule.Add(schedule.DayOf(app.Clock.Wall(), app.Profile.Location()), catalog.Month, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	day, err := schedule.ParseDay(month)
	if err != nil {
		t.Fatal(err)
	}
	next := day.Format("2 January 2006")
	const byItself = "It is collected from your card by itself."
	const goesOn, over = "Further payments are collected from your card as agreed.", "Keep your link"
	for name, tt := range map[string]struct {
		order        testkit.Order
		change       string // of the database, after it was approved
		status, next string
	}{
		"single":   {app.NewOrder(12400), "", "Paid on " + today, "nothing more to pay"},
		"held":     {app.Sell(testkit.Instalments, order.Sale{Type: "single_payment", PreAuthorise: true}), "", "€600.00 reserved on your card on " + today + ", not charged yet", "takes the amount later"},
		"lapsed":   {app.Sell(testkit.Instalments, order.Sale{Type: "single_payment", PreAuthorise: true}), "ended", "The authorisation expired; nothing was charged", over},
		"split":    {app.Sell(testkit.Instalments, order.Sale{}), "", "Next payment €100.00 on " + next, byItself},
		"monthly":  {app.Sell(testkit.Monthly, order.Sale{}), "", "Next payment €12.00 on " + next, byItself},
		"trial":    {app.Sell(trial, order.Sale{}), "", "Next payment €12.00 on " + next, byItself},
		"metered":  {app.Sell(testkit.Metered, order.Sale{}), "", "Paid on " + today, goesOn},
		"paused":   {app.Sell(testkit.Monthly, order.Sale{}), "paused", "is paused", "Nothing is collected until it goes on"},
		"declined": {app.Sell(testkit.Monthly, order.Sale{}), "suspended", "Your card was declined", "No money was taken"},
		"over":     {app.Sell(testkit.Monthly, order.Sale{}), "complete", "Ended on " + today, over},
	} {
		app.PayWith(tt.order, testkit.Card{Number: testkit.CardApproved})
		id := string(tt.order.ID)
		switch tt.change {
		case "":
		case "ended":
			app.Exec(`UPDATE payments SET status = 'ended' WHERE order_id = $1`, id)
			app.Exec(`UPDATE orders SET status = 'complete', ended_at = created_at WHERE id = $1`, id)
		default:
			app.Exec(`UPDATE orders SET status = $2, ended_at = created_at WHERE id = $1`, id, tt.change)
		}
		page := newVisitor(t, app).follow(tt.order.Link).doc
		if got := strings.ReplaceAll(page.Find("[data-testid=order-status]").Text(), "\u00a0", " "); !strings.Contains(got, tt.status) {
			t.Errorf("%s: %q, want %q", name, strings.TrimSpace(got), tt.status)
		}
		if got := page.Find(".lead p").Text(); !strings.Contains(got, tt.next) {
			t.Errorf("%s goes on with %q, want %q", name, got, tt.next)
		}
	}
}

func TestHoldThatTheIssuerGaveBackHasExpired(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.Sell(testkit.Instalments, order.Sale{Type: "single_payment", PreAuthorise: true})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	if _, err := app.Gateway.Lapse(t.Context(), app.GatewayBooks(o)[0].ID); err != nil {
		t.Fatal(err)
	}
	app.Deliver()
	got := newVisitor(t, app).follow(o.Link).doc.Find("[data-testid=order-status]").Text()
	if !strings.Contains(got, "The authorisation expired; nothing was charged") {
		t.Errorf("the page says %q", strings.TrimSpace(got))
	}
}
