package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
)

// told is a running subscription, of which any mail can be told.
type told struct {
	app  *testkit.App
	o    testkit.Order
	t    *testing.T
	txn  string // its first transaction
	card string // its payment method
}

// subscription makes one of €20.00 a month that was paid once.
func subscription(t *testing.T, app *testkit.App) told {
	t.Helper()
	o := app.NewOrder(2_000)
	pay(t, app, o)
	app.Exec(`DELETE FROM mails`)
	app.Exec(`UPDATE orders SET type = 'subscription', status = 'active', ended_at = NULL, plan = '{"initial":2000,"recurring":2000,"unit":"MONTH","interval":1}' WHERE id = $1`, string(o.ID))
	n := told{app: app, o: o, t: t, txn: app.Strings(`SELECT id FROM transactions`)[0]}
	n.card = "pmt_00000000000000000000000001"
	n.within(func(tx payment.Tx) error {
		return tx.InsertMethod(t.Context(), payment.StoredMethod{ID: payment.MethodID(n.card), ProfileID: o.ProfileID, OrderID: o.ID, AccountID: app.Account.ID, Token: "token",
			Method: payment.Method{Brand: "VISA", BIN: "420000", Last4: "0091", ExpiryMonth: 5, ExpiryYear: 2027}, Standing: payment.Good, Main: true, CreatedAt: app.Clock.Wall()})
	})
	return n
}

func (n told) within(do func(payment.Tx) error) {
	n.t.Helper()
	if err := n.app.DB.InPaymentTx(n.t.Context(), do); err != nil {
		n.t.Fatal(err)
	}
}

// due adds a scheduled payment and returns its key.
func (n told) due(position int64, day string, s schedule.Status, minor int64) string {
	n.t.Helper()
	p := schedule.Payment{ID: schedule.NewID(), ProfileID: n.o.ProfileID, OrderID: n.o.ID, Position: position, Origin: schedule.Planned, Status: s, DueOn: day,
		Amount: money.New(minor, money.EUR), CreatedAt: n.app.Clock.Wall()}
	if s == schedule.SoftDeclined {
		p.CollectAt = time.Date(2030, 4, 7, 12, 0, 0, 0, time.UTC)
	}
	n.within(func(tx payment.Tx) error { return tx.InsertScheduled(n.t.Context(), p) })
	return string(p.ID)
}

// tell owes a mail in a language and sends it.
func (n told) tell(about mail.About, lang string) {
	n.t.Helper()
	n.within(func(tx payment.Tx) error {
		o, err := tx.OrderForUpdate(n.t.Context(), n.o.ProfileID, n.o.ID)
		if err != nil {
			return err
		}
		o.Language = lang
		return mail.Tell(n.t.Context(), tx, o, about, n.app.Clock.Wall())
	})
	n.app.SendMails()
}

// letters is what each kind of mail is told of, and what it then says in English
// and German. Link is whether it leads into the order.
var letters = map[mail.Kind]struct {
	about    func(told) mail.About
	en, de   []string
	link     bool
	attached int
}{
	mail.OrderReady: {func(n told) mail.About {
		n.app.Exec(`UPDATE orders SET status = 'pending'`)
		return mail.About{}
	}, []string{"Your order is ready to be paid", "€20.00", "Afterwards: €20.00, every month"}, []string{"bereit zur Zahlung", "Danach: 20,00\u00a0€ jeden Monat"}, true, 0},
	mail.OrderReminder: {func(n told) mail.About {
		n.app.Exec(`UPDATE orders SET status = 'pending'`)
		return mail.About{Step: 1}
	}, []string{"Your order still waits for you", "€20.00"}, []string{"Ihre Bestellung wartet noch auf Sie", "20,00\u00a0€"}, true, 0},
	mail.PurchaseConfirmation: {func(n told) mail.About { return mail.About{Subject: n.txn} },
		[]string{"Thank you for your payment", "Paid: €20.00", "Visa ending in 0000", "Next payment: €20.00 on 1 May 2030", "Attached: Invoice "},
		[]string{"Vielen Dank", "Bezahlt: 20,00\u00a0€", "Nächste Zahlung: 20,00\u00a0€ am 1. Mai 2030"}, true, 2},
	mail.RefundConfirmation: {func(n told) mail.About { return mail.About{Subject: n.txn} },
		[]string{"Your money is on its way back", "Refunded: €20.00", "Visa ending in 0000"}, []string{"auf dem Weg zu Ihnen", "Erstattet: 20,00\u00a0€"}, true, 2},
	mail.MandateAgreement: {func(n told) mail.About { return mail.About{Subject: n.txn} },
		[]string{"Your payment agreement", "Agreed: €20.00, every month", "First payment: €20.00 on 1 May 2030", "Visa ending in 0091", "Agreed on: "},
		[]string{"Ihre Zahlungsvereinbarung", "Vereinbart: 20,00\u00a0€ jeden Monat", "Vereinbart am: "}, false, 0},
	mail.CardExpiring: {func(n told) mail.About { return mail.About{Subject: n.card} },
		[]string{"Your card expires soon", "Visa ending in 0091", "Valid until: 05/2027"}, []string{"läuft bald ab", "Gültig bis: 05/2027"}, true, 0},
	mail.CardExpired: {func(n told) mail.About { return mail.About{Subject: n.card} },
		[]string{"Your card has expired", "Valid until: 05/2027", "Next payment: €20.00 on 1 May 2030"}, []string{"ist abgelaufen", "Gültig bis: 05/2027"}, true, 0},
	mail.CardDetailsUpdate: {func(n told) mail.About {
		n.due(8, "2030-03-01", schedule.SoftDeclined, 700)
		n.due(9, "2030-04-01", schedule.HardDeclined, 800)
		return mail.About{}
	}, []string{"Please update your card", "Outstanding: €15.00"}, []string{"Bitte aktualisieren Sie Ihre Karte", "Offen: 15,00\u00a0€"}, true, 0},
	mail.PaymentRescheduled: {func(n told) mail.About {
		return mail.About{Subject: n.due(7, "2030-06-15", schedule.Scheduled, 2_100), Step: 2}
	},
		[]string{"A payment has a new date", "Amount: €21.00", "Due on: 15 June 2030"}, []string{"neuen Termin", "Fällig am: 15. Juni 2030"}, false, 0},
	mail.PaymentSkipped: {func(n told) mail.About { return mail.About{Subject: n.due(7, "2030-04-15", schedule.Skipped, 2_100)} },
		[]string{"A payment is left out", "Was due on: 15 April 2030", "Next payment: €20.00 on 1 May 2030"}, []string{"Eine Zahlung entfällt", "War fällig am: 15. April 2030"}, false, 0},
	mail.PaymentMerged: {func(n told) mail.About { return mail.About{Subject: n.due(7, "2030-04-15", schedule.Scheduled, 4_000)} },
		[]string{"Several payments are now one", "Amount: €40.00", "Due on: 15 April 2030"}, []string{"Mehrere Zahlungen sind jetzt eine", "Betrag: 40,00\u00a0€"}, false, 0},
	mail.PaymentApproved: {func(n told) mail.About { return mail.About{Subject: n.txn} },
		[]string{"Your payment has arrived", "Paid: €20.00", "Next payment: €20.00 on 1 May 2030", "Attached: Invoice "}, []string{"Ihre Zahlung ist eingegangen", "Im Anhang: Rechnung "}, false, 2},
	mail.PaymentDeclined: {func(n told) mail.About {
		return mail.About{Subject: n.due(7, "2030-04-01", schedule.HardDeclined, 2_000), Step: 1}
	},
		[]string{"Your payment was declined", "No money was taken", "Amount: €20.00", "Due on: 1 April 2030"}, []string{"wurde abgelehnt", "Es wurde kein Geld abgebucht"}, true, 0},
	mail.PaymentRejected: {func(n told) mail.About {
		return mail.About{Subject: n.due(7, "2030-04-01", schedule.SoftDeclined, 2_000), Step: 1}
	},
		[]string{"Your payment did not go through yet", "No money was taken", "Next try: 7 April 2030"}, []string{"hat noch nicht geklappt", "Nächster Versuch: 7. April 2030"}, true, 0},
	mail.SubscriptionRenews: {func(n told) mail.About {
		return mail.About{Subject: n.due(7, "2030-04-01", schedule.Scheduled, 2_000), Step: mail.DayStep("2030-04-01")}
	}, []string{"Your subscription renews soon", "Amount: €20.00", "Due on: 1 April 2030", "Visa ending in 0091"}, []string{"verlängert sich bald", "Fällig am: 1. April 2030"}, true, 0},
	mail.SubscriptionPaused: {func(n told) mail.About {
		n.app.Exec(`UPDATE orders SET status = 'paused'`)
		return mail.About{Step: 4}
	}, []string{"Your subscription is paused", "Order: "}, []string{"Ihr Abonnement pausiert", "Bestellung: "}, false, 0},
	mail.SubscriptionResumed: {func(told) mail.About { return mail.About{Step: 5} },
		[]string{"Your subscription goes on", "Next payment: €20.00 on 1 May 2030"}, []string{"Ihr Abonnement geht weiter", "Nächste Zahlung: "}, false, 0},
	mail.SubscriptionCancelled: {func(n told) mail.About {
		n.app.Exec(`UPDATE orders SET cancels_on = '2030-05-01'`)
		return mail.About{Step: 6}
	}, []string{"Your cancellation is confirmed", "Ends on: 1 May 2030", "Received on: "}, []string{"Ihre Kündigung ist bestätigt", "Endet am: 1. Mai 2030"}, true, 0},
	mail.SubscriptionKept: {func(told) mail.About { return mail.About{Step: 7} },
		[]string{"Your subscription goes on", "You have taken back", "Next payment: €20.00 on 1 May 2030", "Visa ending in 0091"},
		[]string{"Ihr Abonnement läuft weiter", "zurückgenommen", "Nächste Zahlung: 20,00\u00a0€ am 1. Mai 2030"}, true, 0},
}

func TestEveryKindOfMailIsWrittenInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, kind := range mail.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			tt, ok := letters[kind]
			if !ok {
				t.Fatal("nobody looks at this kind")
			}
			for lang, want := range map[string][]string{"en": tt.en, "de": tt.de} {
				n := subscription(t, testkit.New(t))
				n.due(1, "2030-05-01", schedule.Scheduled, 2_000)
				about := tt.about(n)
				about.Kind = kind
				n.tell(about, lang)
				m := only(t, n.app.Outbox)
				both := m.Subject + m.Text + m.HTML
				if strings.Contains(both, "mail.") || strings.Contains(both, "{{") || strings.Contains(both, "%!") {
					t.Errorf("%s: a text is missing:\n%s", lang, m.Text)
				}
				if !strings.Contains(m.Subject, n.o.InvoiceID) || !strings.HasSuffix(m.Subject, "Harbour Bicycles") {
					t.Errorf("%s: subject %q", lang, m.Subject)
				}
				for _, w := range want {
					if !strings.Contains(m.Text, w) {
						t.Errorf("%s: the text lacks %q:\n%s", lang, w, m.Text)
					}
					if label, value, fact := strings.Cut(w, ": "); !strings.Contains(m.HTML, label) || (fact && !strings.Contains(m.HTML, value)) {
						t.Errorf("%s: the HTML lacks %q", lang, w)
					}
				}
				if got := strings.Contains(m.Text, n.o.Link) && strings.Contains(m.HTML, n.o.Link); got != tt.link {
					t.Errorf("%s: leads into the order: %t, want %t", lang, got, tt.link)
				}
				if len(m.Attachments) != tt.attached {
					t.Errorf("%s: %d attachments, want %d", lang, len(m.Attachments), tt.attached)
				}
			}
		})
	}
}

func TestFirstMailsNameWhatTheCheckoutDoes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		plan, transaction string
		ready, confirmed  []string
	}{
		"hold": {`{"initial":2000,"pre_authorise":true}`, "PA",
			[]string{"Your order is ready to be authorised", "Authorisation Amount: €20.00", "authorise €20.00:"}, []string{"Your card was authorised", "Authorisation Amount: €20.00", "not charged yet"}},
		"card alone": {`{"initial":0,"recurring":2000,"unit":"WEEK","interval":2}`, "RG",
			[]string{"ready to begin", "View order and store a card:", "Afterwards: €20.00, every 2 weeks"}, []string{"Your card is stored", "No money was taken"}},
		"card by a small hold": {`{"initial":100,"register":true,"recurring":2000,"unit":"YEAR","interval":1}`, "PA",
			[]string{"Authorisation Amount: €1.00", "View order and store a card:"}, []string{"Your card is stored", "Held and released: €20.00"}},
		"instalments": {`{"initial":500,"splits":3,"unit":"MONTH","interval":1}`, "DB",
			[]string{"To pay: €5.00", "pay €5.00:", "Afterwards: €15.00 in 3 payments, every month"}, []string{"Thank you for your payment"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := subscription(t, testkit.New(t))
			n.app.Exec(`UPDATE orders SET status = 'pending', plan = $1`, tt.plan)
			if name == "instalments" {
				n.app.Exec(`UPDATE orders SET type = 'instalment'`)
			}
			n.app.Exec(`UPDATE transactions SET type = $1`, tt.transaction)
			n.tell(mail.About{Kind: mail.OrderReady}, "en")
			n.app.Exec(`UPDATE orders SET status = 'active'`)
			n.tell(mail.About{Kind: mail.PurchaseConfirmation, Subject: n.txn}, "en")
			all := n.app.Outbox.Mails()
			if len(all) != 2 {
				t.Fatalf("%d mails, want 2", len(all))
			}
			for i, want := range [][]string{tt.ready, tt.confirmed} {
				for _, w := range want {
					if !strings.Contains(all[i].Text, w) {
						t.Errorf("the text lacks %q:\n%s", w, all[i].Text)
					}
				}
			}
		})
	}
}

func TestMailThatWasOvertakenIsWithdrawn(t *testing.T) {
	t.Parallel()
	for kind, meanwhile := range map[mail.Kind]string{
		mail.OrderReminder:         `UPDATE orders SET status = 'cancelled'`,
		mail.CardExpiring:          `UPDATE payment_methods SET main = FALSE`,
		mail.CardExpired:           `UPDATE orders SET status = 'complete'`,
		mail.CardDetailsUpdate:     `UPDATE orders SET status = 'complete'`,
		mail.PaymentDeclined:       `UPDATE scheduled_payments SET status = 'complete'`,
		mail.PaymentRejected:       `UPDATE scheduled_payments SET status = 'recovered'`,
		mail.PaymentRescheduled:    `UPDATE scheduled_payments SET status = 'cancelled'`,
		mail.PaymentSkipped:        `UPDATE scheduled_payments SET status = 'scheduled'`,
		mail.SubscriptionRenews:    `UPDATE scheduled_payments SET due_on = '2030-04-02'`,
		mail.SubscriptionPaused:    `UPDATE orders SET status = 'active'`,
		mail.SubscriptionResumed:   `UPDATE orders SET status = 'paused'`,
		mail.SubscriptionCancelled: `UPDATE orders SET cancels_on = ''`,
		mail.SubscriptionKept:      `UPDATE orders SET cancels_on = '2030-05-01'`,
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			n := subscription(t, testkit.New(t))
			about := letters[kind].about(n)
			about.Kind = kind
			n.app.Exec(meanwhile)
			n.tell(about, "en")
			if got, want := standing(n.app), []string{string(kind) + " withdrawn 1 "}; !slices.Equal(got, want) || len(n.app.Outbox.Mails()) != 0 {
				t.Errorf("the mail: %q, want %q", got, want)
			}
		})
	}
}

func TestWhatAProfileSwitchedOffIsNotTold(t *testing.T) {
	t.Parallel()
	app := testkit.Start(t, testkit.Options{Profile: func(p *profile.Profile) { p.Details.MailsOff = []string{"payment_approved"} }})
	n := subscription(t, app)
	n.tell(mail.About{Kind: mail.PaymentApproved, Subject: n.txn}, "en")
	n.tell(mail.About{Kind: mail.MandateAgreement, Subject: n.txn}, "en")
	if got, want := standing(app), []string{"mandate_agreement sent 1 "}; !slices.Equal(got, want) {
		t.Errorf("mails %q, want %q", got, want)
	}
}

func TestTheSameIsToldOnceAndEachStepAnew(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			n := subscription(t, testkit.Start(t, testkit.Options{Engine: engine}))
			n.app.Exec(`UPDATE orders SET status = $1`, string(order.Paused))
			for _, step := range []int64{1, 1, 2, 1} {
				n.tell(mail.About{Kind: mail.SubscriptionPaused, Step: step}, "en")
			}
			n.tell(mail.About{Kind: mail.PaymentApproved, Subject: n.txn}, "en")
			n.tell(mail.About{Kind: mail.PaymentApproved, Subject: n.txn}, "en")
			if got := len(n.app.Outbox.Mails()); got != 3 {
				t.Errorf("%d mails, want 3: %q", got, standing(n.app))
			}
		})
	}
}
