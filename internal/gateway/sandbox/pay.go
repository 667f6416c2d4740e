package sandbox

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Outcomes for the card form beside the states of a payment.
const (
	outcomeAlready   = "already"   // the checkout is paid or under way: nothing was tried again
	outcomeChallenge = "challenge" // the issuer asks its cardholder, at the address to go on to
)

// payAnswer is what the card form gets: where to go on, or what is wrong.
type payAnswer struct {
	Redirect     string    `json:"redirect,omitempty"`
	ID           string    `json:"id,omitempty"`
	ResourcePath string    `json:"resourcePath,omitempty"`
	Outcome      string    `json:"outcome,omitempty"` // approved, pending, declined, challenge, already
	Error        *payError `json:"error,omitempty"`
}

type payError struct {
	Name    string            `json:"name"`
	Message string            `json:"message"`
	Fields  map[string]string `json:"fields,omitempty"`
}

// framePay is POST /v1/frame/{id}/pay: the customer presses Pay.
func (s *Sandbox) framePay(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		writeJSON(w, http.StatusBadRequest, payAnswer{Error: &payError{Name: "WidgetError", Message: "malformed form"}})
		return
	}
	hit := s.faults.take(RouteFramePay)
	s.strike(w, r, hit, func() reply {
		out, err := s.pay(r.Context(), r.PathValue("id"), r.PostForm, hit)
		if err != nil {
			s.log.ErrorContext(r.Context(), "payment failed", "err", err)
			return reply{http.StatusInternalServerError, payAnswer{Error: &payError{
				Name: "WidgetError", Message: textsFor(r.PostForm.Get("locale")).Failed}}}
		}
		return out
	})
}

func (s *Sandbox) pay(ctx context.Context, id string, form url.Values, hit hits) (reply, error) {
	if err := s.catchUp(ctx); err != nil {
		return reply{}, err
	}
	words := textsFor(form.Get("locale"))
	target := form.Get("shopperResultUrl")
	if target != "" && !returnable(target) {
		return reply{http.StatusUnprocessableEntity, payAnswer{Error: &payError{Name: "WidgetError", Message: "bad shopperResultUrl"}}}, nil
	}
	var out reply
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		o, state, err := s.checkoutState(ctx, tx, id)
		e, _ := s.entities.get(o.EntityID)
		kept, wrong := readCard(form, e.offered(form.Get("brands")), s.clock.now(), words)
		switch {
		case err != nil:
			return err
		case state == checkoutGone:
			out = reply{http.StatusGone, payAnswer{Error: &payError{Name: "InvalidCheckoutIdError", Message: words.Gone}}}
			return nil
		case state == checkoutChallenged:
			h, err := openChallenge(ctx, tx, id)
			out = reply{http.StatusOK, s.challengeAnswer(o, h)}
			return err
		case state != checkoutOpen:
			out = reply{http.StatusOK, returnAnswer(o, target, outcomeAlready)}
			return nil
		case wrong["wallet"] != "":
			out = reply{http.StatusUnprocessableEntity, payAnswer{Error: &payError{Name: "WidgetError", Message: wrong["wallet"]}}}
			return nil
		case len(wrong) > 0:
			out = reply{http.StatusUnprocessableEntity, payAnswer{Error: &payError{
				Name: "InvalidCardError", Message: words.Summary, Fields: wrong}}}
			return nil
		}
		if err := noteReturn(ctx, tx, o, target); err != nil {
			return err
		}
		_, hold := hit[FaultHold]
		if kept.challenged() && !hold {
			kept = kept.confirmed()
			kept.code = hit.result(kept.code)
			h, err := s.beginChallenge(ctx, tx, o, kept, hit.amount(o.Amount), target, words.Lang)
			out = reply{http.StatusOK, s.challengeAnswer(o, h)}
			return err
		}
		outcome, err := s.submit(ctx, tx, o, kept.confirmed(), hit)
		out = reply{http.StatusOK, returnAnswer(o, target, outcome)}
		return err
	})
	if err == nil {
		s.nudge()
	}
	return out, err
}

// readCard is what the card form or the wallet's sheet sends, or what is wrong
// with it, by field.
func readCard(form url.Values, offered []string, now time.Time, words texts) (card, map[string]string) {
	if wallet := form.Get("wallet"); wallet != "" {
		c, ok := walletCard(wallet, form.Get("card"), form.Get("holder"), offered, now)
		if !ok {
			return card{}, map[string]string{"wallet": words.NumberBrand}
		}
		return c, nil
	}
	t := typed{form.Get("number"), form.Get("expiry"), form.Get("cvv"), form.Get("holder"), !form.Has("cvv")}
	c, wrong := t.check(now, words)
	if wrong["number"] == "" && !slices.Contains(offered, c.Brand) {
		wrong["number"] = words.NumberBrand
	}
	return c, wrong
}

// submit books a card in an open checkout, or keeps the decision back.
func (s *Sandbox) submit(ctx context.Context, tx *sql.Tx, o checkout, c card, hit hits) (outcome string, err error) {
	code, amount := hit.result(c.code), hit.amount(o.Amount)
	f, hold := hit[FaultHold]
	if !hold {
		p, err := s.book(ctx, tx, o, c, code, amount)
		return string(p.State), err
	}
	var release int64
	if f.DelayMS > 0 {
		release = s.clock.now().Add(time.Duration(f.DelayMS) * time.Millisecond).UnixMilli()
	}
	_, err = tx.ExecContext(ctx, `
INSERT INTO held (checkout_id, code, amount, brand, bin, last4, expiry_month, expiry_year, holder, flow, release_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, o.ID, code, int64(amount), c.Brand, c.BIN, c.Last4,
		c.ExpiryMonth, c.ExpiryYear, c.Holder, c.Flow, release)
	if err != nil {
		return "", fmt.Errorf("hold card: %w", err)
	}
	return string(StatePending), nil
}

// book writes the payment of a checkout and what has to be told about it.
func (s *Sandbox) book(ctx context.Context, tx *sql.Tx, o checkout, c card, code string, amount hundredths) (payment, error) {
	now := s.clock.now()
	p := payment{
		ID: newPaymentID(), EntityID: o.EntityID, CheckoutID: o.ID,
		MerchantTransactionID: o.MerchantTransactionID, MerchantInvoiceID: o.MerchantInvoiceID,
		Type: o.Type, Amount: amount, Currency: o.Currency, Card: c, Standing: o.Standing, BookedAt: now,
	}
	p.decide(code, o.CreateRegistration, now)
	if p.State == StatePending && s.settle > 0 {
		p.SettleAt = now.Add(s.settle)
	}
	if err := insertPayment(ctx, tx, p); err != nil {
		return payment{}, err
	}
	return p, s.announce(ctx, tx, p)
}

// returnAnswer sends the customer back to the merchant: to the address that the
// form named, or else the one that the checkout was made with.
func returnAnswer(o checkout, target, outcome string) payAnswer {
	a := payAnswer{ID: o.ID, ResourcePath: o.resourcePath(), Outcome: outcome}
	if target == "" {
		target = o.ShopperResultURL
	}
	if u, err := url.Parse(target); err == nil && target != "" {
		add := "id=" + url.QueryEscape(a.ID) + "&resourcePath=" + url.QueryEscape(a.ResourcePath)
		if u.RawQuery != "" {
			add = u.RawQuery + "&" + add
		}
		u.RawQuery = add
		a.Redirect = u.String()
	}
	return a
}
