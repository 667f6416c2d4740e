//go:build linux

package crashtest

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

// customer is one payment from its order to its end, good or not.
type customer struct {
	fleet  *fleet
	number int
	random *rand.Rand
	ware   ware
	id     string // the order's
	link   string
}

// pay goes the customer's way. What the pages answer decides what comes next; the
// books decide at the end whether it was right.
func (c *customer) pay(ctx context.Context) error {
	v := newVisitor(c.fleet, c.random)
	tab, err := c.open(ctx, v)
	if err != nil || tab.checkoutID == "" {
		return err
	}
	switch n := c.random.IntN(10); {
	case n < 4: // leaves the first tab, comes back when it is over, and pays both
		return c.payTwice(ctx, v, tab)
	case n == 4: // looks at the page until it is over, and pays then
		if err := c.fleet.sleep(ctx, 20*time.Minute); err != nil {
			return err
		}
	}
	for range 3 {
		done, err := c.payTab(ctx, v, tab)
		if err != nil || done {
			return err
		}
		if tab, err = c.open(ctx, v); err != nil || tab.checkoutID == "" {
			return err
		}
	}
	return nil
}

// payTwice opens a second checkout when the first one is over and pays both.
func (c *customer) payTwice(ctx context.Context, v *visitor, first tab) error {
	if err := c.fleet.sleep(ctx, 25*time.Minute); err != nil {
		return err
	}
	second, err := c.open(ctx, v)
	if err != nil {
		return err
	}
	tabs := []tab{first, second}
	if c.random.IntN(2) == 0 {
		tabs[0], tabs[1] = tabs[1], tabs[0]
	}
	for _, t := range tabs {
		if t.checkoutID == "" {
			continue
		}
		if _, err := c.payTab(ctx, v, t); err != nil {
			return err
		}
	}
	return nil
}

// tab is a page with card fields.
type tab struct {
	checkoutID string // the gateway's; empty when the page had no card fields
	returnURL  string
}

// open goes from the payment link to the card fields. A page that says to wait is
// looked at a few times more.
func (c *customer) open(ctx context.Context, v *visitor) (tab, error) {
	for range 8 {
		a, err := v.follow(ctx, c.link)
		if err != nil {
			return tab{}, err
		}
		a, ok, err := v.submit(ctx, a, url.Values{"consent_terms": {"1"}})
		if err != nil || !ok {
			return tab{}, err // paid, held or under way: there is nothing to press
		}
		if a.status == http.StatusSeeOther {
			if a, err = v.follow(ctx, a.location); err != nil {
				return tab{}, err
			}
		}
		page := a.page()
		script, err := url.Parse(page.Find("script").Last().AttrOr("src", ""))
		if err == nil && script.Query().Get("checkoutId") != "" {
			return tab{script.Query().Get("checkoutId"), page.Find("form.paymentWidgets").AttrOr("action", "")}, nil
		}
		pause(time.Duration(20+c.random.IntN(150)) * time.Millisecond)
	}
	return tab{}, nil
}

// payTab submits cards until one is taken, then comes back, or not. done is false
// when the checkout is over and another is needed.
func (c *customer) payTab(ctx context.Context, v *visitor, t tab) (done bool, err error) {
	for range 4 {
		outcome, redirect, err := c.submitCard(ctx, v, t)
		if err != nil {
			return false, err
		}
		switch outcome {
		case "": // gone
			return false, nil
		case "declined":
			if c.random.IntN(2) == 0 {
				continue // another card in the same form
			}
		}
		return outcome != "declined", c.comeBack(ctx, v, redirect)
	}
	return true, nil
}

// submitCard does what the gateway's form does. A lost answer is what a customer
// sees as an error, and presses again.
func (c *customer) submitCard(ctx context.Context, v *visitor, t tab) (outcome, redirect string, err error) {
	cards := []string{"4200000000000000", "4200000000000091", "5454545454545454", "5200000000000007", "4711100000000000"}
	form := url.Values{"number": {cards[c.random.IntN(len(cards))]}, "expiry": {"12 / 39"}, "cvv": {"123"}, "holder": {"Ada Winter"}, "shopperResultUrl": {t.returnURL}}
	switch c.random.IntN(20) {
	case 0, 1:
		form.Set("holder", "800.100.155")
	case 2:
		form.Set("holder", "000.200.000") // pending until the bank decides
	case 3:
		form.Set("number", "4012001037461114")
	case 4, 5, 6:
		form.Set("number", "4200000000000042") // the bank asks
	}
	a, err := v.send(ctx, http.MethodPost, c.fleet.gateway.url+"/v1/frame/"+t.checkoutID+"/pay", "application/x-www-form-urlencoded", nil, []byte(form.Encode()))
	if err != nil || a.status != http.StatusOK {
		return "", "", err
	}
	var said struct {
		Redirect string `json:"redirect"`
		Outcome  string `json:"outcome"`
	}
	if err := json.Unmarshal(a.body, &said); err != nil {
		return "", "", fmt.Errorf("read the card form's answer: %w", err)
	}
	if said.Outcome == "challenge" {
		return c.answerBank(ctx, v, said.Redirect)
	}
	return said.Outcome, said.Redirect, nil
}

// answerBank confirms a payment at the bank, at once, late or never, and
// sometimes presses twice. It gives what that comes to and where it leads.
func (c *customer) answerBank(ctx context.Context, v *visitor, issuer string) (outcome, redirect string, err error) {
	button, outcome, times := "approve", "approved", 1
	switch c.random.IntN(12) {
	case 0:
		return "left", "", nil
	case 1:
		button, outcome = "reject", "declined"
	case 2:
		button, outcome = "cancel", "declined"
	case 3, 4:
		times = 2
	}
	pause(time.Duration(c.random.IntN(400)) * time.Millisecond)
	var a answer
	for range times {
		if a, err = v.send(ctx, http.MethodPost, issuer, "application/x-www-form-urlencoded", nil, []byte(url.Values{"answer": {button}}.Encode())); err != nil {
			return "", "", err
		}
	}
	if a.status == http.StatusSeeOther {
		a, err = v.get(ctx, a.location)
	}
	return outcome, a.location, err
}

// comeBack follows the gateway's way back: mostly once, sometimes never, twice, or
// in another browser.
func (c *customer) comeBack(ctx context.Context, v *visitor, redirect string) error {
	times := 1
	switch n := c.random.IntN(20); {
	case n < 4 || redirect == "":
		return nil
	case n < 7:
		times = 2
	case n < 10:
		v = newVisitor(c.fleet, c.random)
	}
	for range times {
		if _, err := v.follow(ctx, redirect); err != nil {
			return err
		}
	}
	return nil
}
