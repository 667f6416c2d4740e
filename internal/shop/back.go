package shop

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// freshness is how long a signed address is believed.
const freshness = time.Hour

// errUnsigned is an address that is not the payment service's, or too old.
var errUnsigned = errors.New("shop: not signed")

// back is GET /thanks and GET /sorry: where browsers are led on to after a payment.
// What the address says is believed once its signature is checked, and what was
// paid once the API has said so.
func (s *Shop) back(w http.ResponseWriter, r *http.Request) error {
	said, err := checked(r.URL.Query(), s.Signers, s.Now())
	if err != nil {
		return err
	}
	o, err := s.api.order(r.Context(), said.order)
	if err != nil {
		return err
	}
	v := outcome{Number: o.InvoiceID, Total: o.Currency + " " + o.Total, Link: o.PaymentLink, Again: "/checkout/" + url.PathEscape(o.ID)}
	switch v.Paid = o.Status == "complete"; {
	case v.Paid:
		v.Title = "Thank you for your order"
	case said.status == "declined":
		v.Title = "Your payment was declined"
	default:
		v.Title = "We are waiting for your payment"
	}
	s.draw(w, r, http.StatusOK, "outcome", v)
	return nil
}

// word is what a signed address says.
type word struct{ order, status string }

// checked reads a signed address; errUnsigned unless one of the keys has signed it
// within the last hour.
func checked(q url.Values, signers map[string]string, now time.Time) (word, error) {
	said := word{q.Get("order_id"), q.Get("status")}
	mac := hmac.New(sha256.New, []byte(signers[q.Get("key_id")]))
	mac.Write([]byte(said.order + "." + said.status + "." + q.Get("timestamp")))
	signature, err := hex.DecodeString(q.Get("signature"))
	at, terr := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	if err != nil || terr != nil || signers[q.Get("key_id")] == "" || !hmac.Equal(mac.Sum(nil), signature) {
		return word{}, errUnsigned
	}
	if age := now.Sub(time.Unix(at, 0)); age > freshness || age < -freshness {
		return word{}, errUnsigned
	}
	return said, nil
}
