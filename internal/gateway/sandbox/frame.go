package sandbox

import (
	"database/sql"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
)

// frameView is the page inside the widget, ready to print: a problem, or the
// issuer's open question, or the card form.
type frameView struct {
	Texts            texts
	ID               string
	Amount, Currency string
	Locale           string
	Brands           string // asked for by the page, as it wrote them
	Style            string // card, logos, plain, none
	WithCVV, Detect  bool
	Cards            []string // names of the card schemes
	Offered          string   // their codes
	Wallets          []walletView
	WalletCards      []walletCardView
	Merchant         string
	Problem, Error   string
	Challenge        string // the issuer's address while it asks
	ChallengeText    string
}

type walletView struct{ Code, Name string }

type walletCardView struct{ Code, Name string }

// frame is GET /v1/frame/{id}: the page inside the widget.
func (s *Sandbox) frame(w http.ResponseWriter, r *http.Request, page *template.Template) {
	q := r.URL.Query()
	v := frameView{ID: r.PathValue("id"), Locale: bounded(q.Get("locale")), Brands: bounded(q.Get("brands")), Style: q.Get("style"),
		WithCVV: q.Get("cvv") != "no", Detect: q.Get("detect") != "no"}
	v.Texts = textsFor(v.Locale)
	if v.Locale == "" {
		v.Locale = v.Texts.Lang
	}
	if !slices.Contains([]string{"logos", "plain", "none"}, v.Style) {
		v.Style = "card"
	}
	status, err := s.fillFrame(r, &v)
	if err != nil {
		s.log.ErrorContext(r.Context(), "card form failed", "err", err)
		status, v.Problem, v.Error = http.StatusInternalServerError, v.Texts.Failed, "WidgetError"
	}
	sendPage(w, status, page, framePolicy, v)
}

// fillFrame says what there is to show of a checkout.
func (s *Sandbox) fillFrame(r *http.Request, v *frameView) (status int, err error) {
	if err := s.catchUp(r.Context()); err != nil {
		return 0, err
	}
	o, standing, err := s.checkoutState(r.Context(), s.books.r, v.ID)
	if err != nil {
		return 0, err
	}
	v.Amount, v.Currency = o.Amount.String(), o.Currency
	switch standing {
	case checkoutGone:
		v.Problem, v.Error = v.Texts.Gone, "InvalidCheckoutIdError"
		return http.StatusGone, nil
	case checkoutBusy:
		v.Problem, v.Error = v.Texts.Busy, "InvalidCheckoutIdError"
	case checkoutPaid:
		v.Problem, v.Error = v.Texts.Paid, "InvalidCheckoutIdError"
	case checkoutChallenged:
		h, err := openChallenge(r.Context(), s.books.r, v.ID)
		if err != nil {
			return 0, err
		}
		words := issuerTextsFor(v.Locale)
		v.Challenge, v.ChallengeText = s.issuerAddress(h), strings.ReplaceAll(v.Texts.Asked, "{card}", words.card(h.Card))
	case checkoutOpen:
		e, _ := s.entities.get(o.EntityID)
		v.Merchant = s.merchantName(o, challenge{})
		if v.offer(e.offered(v.Brands)); len(v.Cards) == 0 {
			v.Problem, v.Error = v.Texts.NothingOffered, "WidgetError"
		}
	}
	return http.StatusOK, nil
}

// offer lists what may be paid with. Wallets come with the card schemes that
// are in them.
func (v *frameView) offer(brands []string) {
	var codes []string
	for _, b := range brands {
		if isWallet(b) {
			v.Wallets = append(v.Wallets, walletView{b, brandName(b)})
			continue
		}
		codes, v.Cards = append(codes, b), append(v.Cards, brandName(b))
		if c, ok := walletCards()[b]; ok {
			c.Brand = b
			v.WalletCards = append(v.WalletCards, walletCardView{b, issuerTextsFor(v.Locale).card(c)})
		}
	}
	v.Offered = strings.Join(codes, " ")
	if len(v.WalletCards) == 0 {
		v.Wallets = nil
	}
}

// frameCancel is POST /v1/frame/{id}/cancel: the customer is back on the
// merchant's page and wants to pay otherwise. The open challenge ends; where it
// was answered in the meantime, that answer stands.
func (s *Sandbox) frameCancel(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		writeJSON(w, http.StatusBadRequest, payAnswer{Error: &payError{Name: "WidgetError", Message: "malformed form"}})
		return
	}
	id, words, target := r.PathValue("id"), textsFor(r.PostForm.Get("locale")), r.PostForm.Get("shopperResultUrl")
	fail := func(status int, name, message string) {
		writeJSON(w, status, payAnswer{Error: &payError{Name: name, Message: message}})
	}
	if target != "" && !returnable(target) {
		fail(http.StatusUnprocessableEntity, "WidgetError", "bad shopperResultUrl")
		return
	}
	outcome := outcomeAlready
	var o checkout
	err := s.books.write(r.Context(), func(tx *sql.Tx) error {
		var err error
		if o, err = findCheckout(r.Context(), tx, id); err != nil {
			return err
		}
		h, err := openChallenge(r.Context(), tx, id)
		if errors.Is(err, errNothing) {
			return nil
		}
		if err != nil {
			return err
		}
		outcome = string(StateDeclined)
		return s.endChallenge(r.Context(), tx, h, endedCancelled)
	})
	switch {
	case errors.Is(err, errNothing):
		fail(http.StatusGone, "InvalidCheckoutIdError", words.Gone)
		return
	case err != nil:
		s.log.ErrorContext(r.Context(), "cancel failed", "err", err)
		fail(http.StatusInternalServerError, "WidgetError", words.Failed)
		return
	}
	s.nudge()
	writeJSON(w, http.StatusOK, returnAnswer(o, target, outcome))
}
