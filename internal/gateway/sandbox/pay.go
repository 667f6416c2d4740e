package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// outcomeAlready tells the card form that the checkout is paid or under way:
// nothing was tried again.
const outcomeAlready = "already"

// payAnswer is what the card form gets: where to go on, or what is wrong.
type payAnswer struct {
	Redirect     string    `json:"redirect,omitempty"`
	ID           string    `json:"id,omitempty"`
	ResourcePath string    `json:"resourcePath,omitempty"`
	Outcome      string    `json:"outcome,omitempty"` // approved, pending, declined, already
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
	kept, wrong := typed{form.Get("number"), form.Get("expiry"), form.Get("cvv"), form.Get("holder")}.check(s.clock.now(), words)
	var out reply
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		o, state, err := s.checkoutState(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case state == checkoutGone:
			out = reply{http.StatusGone, payAnswer{Error: &payError{Name: "InvalidCheckoutIdError", Message: words.Gone}}}
			return nil
		case state != checkoutOpen:
			out = reply{http.StatusOK, returnAnswer(o, target, outcomeAlready)}
			return nil
		case len(wrong) > 0:
			out = reply{http.StatusUnprocessableEntity, payAnswer{Error: &payError{
				Name: "InvalidCardError", Message: words.Summary, Fields: wrong}}}
			return nil
		}
		if err := noteReturn(ctx, tx, o, target); err != nil {
			return err
		}
		outcome, err := s.submit(ctx, tx, o, kept, hit)
		out = reply{http.StatusOK, returnAnswer(o, target, outcome)}
		return err
	})
	if err == nil {
		s.nudge()
	}
	return out, err
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

type checkoutStanding int

const (
	checkoutGone checkoutStanding = iota // unknown, or past its life
	checkoutOpen
	checkoutBusy // a payment is pending or held
	checkoutPaid
)

// checkoutState is what can still be done with a checkout. It gives no error for
// an unknown one.
func (s *Sandbox) checkoutState(ctx context.Context, q querier, id string) (checkout, checkoutStanding, error) {
	o, err := findCheckout(ctx, q, id)
	if errors.Is(err, errNothing) {
		return checkout{}, checkoutGone, nil
	}
	if err != nil {
		return checkout{}, checkoutGone, err
	}
	var approved, waiting int
	err = q.QueryRowContext(ctx, `
SELECT (SELECT count(*) FROM payments WHERE checkout_id = $1 AND state = 'approved'),
       (SELECT count(*) FROM payments WHERE checkout_id = $1 AND state = 'pending')
     + (SELECT count(*) FROM held WHERE checkout_id = $1)`, id).Scan(&approved, &waiting)
	switch {
	case err != nil:
		return checkout{}, checkoutGone, fmt.Errorf("read checkout's payments: %w", err)
	case approved > 0:
		return o, checkoutPaid, nil
	case waiting > 0:
		return o, checkoutBusy, nil
	case s.clock.now().Sub(o.CreatedAt) >= checkoutLife:
		return o, checkoutGone, nil
	}
	return o, checkoutOpen, nil
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
