package testkit

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// Published test cards of the sandbox.
const (
	CardApproved = "4200000000000000"
	CardSecond   = "5454545454545454"
	CardAsked    = "4200000000000042" // its issuer asks the customer
)

// Order is an order to pay, with what a test wants of it.
type Order struct {
	order.Order
	Token string // of its payment link
	Link  string // the whole payment link
}

// NewOrder makes an order of two lines over total, in EUR cents, for the first
// profile; total must be above 100.
func (a *App) NewOrder(total int64) Order { return a.OrderOf(a.Profile, total) }

// OrderOf makes such an order for a profile.
func (a *App) OrderOf(p profile.Profile, total int64) Order {
	a.TB.Helper()
	in := order.Sale{Type: catalog.SinglePayment, CustomerID: a.customer(p), Currency: "EUR"}
	for name, minor := range map[string]int64{"Overhaul": total - 100, "Bell": 100} {
		product, err := a.Products.Create(a.TB.Context(), tester, p.ID, catalog.Details{Type: catalog.SinglePayment, Name: name, Price: money.New(minor, money.EUR), Tax: 190_000}, nil)
		if err != nil {
			a.TB.Fatalf("make product: %v", err)
		}
		in.Lines = append(in.Lines, order.SaleLine{ProductID: product.ID, Quantity: 1})
	}
	return a.order(p, in)
}

// StartCheckout does what the page's button does and returns the attempt.
func (a *App) StartCheckout(o Order) payment.Attempt {
	a.TB.Helper()
	at, err := a.Payments.StartCheckout(a.TB.Context(), customerOf(o), o.ProfileID, o.ID, "ip-of-test")
	if err != nil {
		a.TB.Fatalf("start checkout: %v", err)
	}
	return at
}

func customerOf(o Order) actor.Actor { return actor.Actor{Kind: actor.Customer, ID: string(o.ID)} }

// Card is what a customer types.
type Card struct {
	Number string
	Holder string // a result code here is the result
	Return string // where the form leads its customer, who does not go there by itself
}

// SubmitCard does what the gateway's card form does and returns its outcome:
// approved, pending, declined, challenge or already, or the name of its error.
func (a *App) SubmitCard(checkoutID string, c Card) string {
	a.TB.Helper()
	outcome, _ := a.submitCard(checkoutID, c)
	return outcome
}

// Challenge submits a card whose issuer asks, and returns the issuer's page.
func (a *App) Challenge(checkoutID string) string {
	a.TB.Helper()
	outcome, issuer := a.submitCard(checkoutID, Card{Number: CardAsked})
	if outcome != "challenge" {
		a.TB.Fatalf("submit a card whose issuer asks: %s", outcome)
	}
	return issuer
}

// AnswerIssuer presses a button of the issuer's page: approve, reject or cancel.
func (a *App) AnswerIssuer(issuer, button string) {
	a.TB.Helper()
	resp, err := a.postForm(issuer, url.Values{"answer": {button}})
	if err != nil {
		a.TB.Fatalf("answer the issuer: %v", err)
	}
	_ = resp.Body.Close() // leads to a page of no interest
}

func (a *App) submitCard(checkoutID string, c Card) (outcome, redirect string) {
	a.TB.Helper()
	if c.Holder == "" {
		c.Holder = "Ada Winter"
	}
	if c.Return == "" {
		c.Return = a.URL + "/unused"
	}
	resp, err := a.postForm(a.gatewayURL+"/v1/frame/"+checkoutID+"/pay", url.Values{"number": {c.Number}, "expiry": {"12 / 34"}, "cvv": {"123"},
		"holder": {c.Holder}, "shopperResultUrl": {c.Return}})
	if err != nil {
		return "lost", "" // the answer, not necessarily the booking
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct {
		Outcome  string `json:"outcome"`
		Redirect string `json:"redirect"`
		Error    struct {
			Name string `json:"name"`
		} `json:"error"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "unreadable", ""
	}
	return answer.Outcome + answer.Error.Name, answer.Redirect
}

func (a *App) postForm(address string, form url.Values) (*http.Response, error) {
	req, err := http.NewRequestWithContext(a.TB.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return a.gatewayTo.Do(req)
}

// Overview reads what an order's pages show.
func (a *App) Overview(o Order) payment.Overview {
	a.TB.Helper()
	v, err := a.Payments.Overview(context.WithoutCancel(a.TB.Context()), order.Link{ProfileID: o.ProfileID, OrderID: o.ID, Version: 1})
	if err != nil {
		a.TB.Fatalf("read order: %v", err)
	}
	return v
}

// Attempt reads an attempt again.
func (a *App) Attempt(at payment.Attempt) payment.Attempt {
	a.TB.Helper()
	v, err := a.Payments.Checkout(a.TB.Context(), at.ProfileID, at.ID)
	if err != nil {
		a.TB.Fatalf("read attempt: %v", err)
	}
	return v.Attempt
}

// Pay pays an order at the gateway and waits until it is booked.
func (a *App) Pay(o Order) {
	a.TB.Helper()
	at := a.StartCheckout(o)
	if outcome := a.SubmitCard(at.CheckoutID, Card{Number: CardApproved}); outcome != "approved" {
		a.TB.Fatalf("pay %s: %s", o.ID, outcome)
	}
	a.Deliver()
	a.WantPaid(o)
}
