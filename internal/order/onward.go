package order

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

const purposeOnward = secret.Purpose("order-onward")

// Outcome is what a merchant's own page is told of a payment.
type Outcome string

// The outcomes of which a browser is led on. While nobody knows, it is not.
const (
	OutcomeApproved Outcome = "approved"
	OutcomeDeclined Outcome = "declined"
)

// OnwardKey is what a merchant checks our word with when a browser comes to its
// own page after a payment. Text is a secret, used as it reads.
type OnwardKey struct{ ID, Text string }

// onwardKey is a profile's under one key of the ring.
func onwardKey(ring *secret.Ring, keyID string, profileID profile.ID) (OnwardKey, error) {
	mac, err := ring.MAC(keyID, purposeOnward, string(profileID))
	if err != nil {
		return OnwardKey{}, fmt.Errorf("derive redirect key: %w", err)
	}
	return OnwardKey{keyID, "rk_" + hex.EncodeToString(mac)}, nil
}

// sign is the HMAC-SHA256 of what is told, in hex.
func (k OnwardKey) sign(told string) string {
	mac := hmac.New(sha256.New, []byte(k.Text))
	mac.Write([]byte(told))
	return hex.EncodeToString(mac.Sum(nil))
}

// OnwardKey is the key that a profile's addresses are signed with now.
func (s *Service) OnwardKey(profileID profile.ID) (OnwardKey, error) {
	return onwardKey(s.ring, s.ring.Current(), profileID)
}

// onwardTo is where the merchant wants a browser to go; nil when it goes to the
// portal. Only the order names such an address, never a request.
func (o Order) onwardTo(outcome Outcome) *url.URL {
	address := o.RedirectURL
	if outcome == OutcomeDeclined {
		address = o.FailedRedirectURL
	}
	to, err := url.Parse(address)
	if err != nil || to.Host == "" || (to.Scheme != "https" && to.Scheme != "http") {
		return nil
	}
	return to
}

// OnwardOrigins are the sites that an order's browser may be led on to.
func (o Order) OnwardOrigins() []string {
	var out []string
	for _, outcome := range []Outcome{OutcomeApproved, OutcomeDeclined} {
		if to := o.onwardTo(outcome); to != nil {
			out = append(out, to.Scheme+"://"+to.Host)
		}
	}
	return slices.Compact(out)
}

// Onward is what a merchant's own page is told of a payment, signed. The signature
// is the HMAC-SHA256, in hex, of
//
//	order_id + "." + status + "." + timestamp
//
// under the text of the profile's OnwardKey.
type Onward struct {
	OrderID   ID
	Status    Outcome
	Timestamp string // seconds since 1970
	KeyID     string
	Signature string
	// Address is the order's own for this outcome with all of that behind its query;
	// empty when the browser goes to the portal.
	Address string
}

// Onward signs what became of an order's payment, for the merchant.
func (s *Service) Onward(o Order, outcome Outcome) (Onward, error) {
	key, err := s.OnwardKey(o.ProfileID)
	if err != nil {
		return Onward{}, err
	}
	at := strconv.FormatInt(s.clock.Wall().Unix(), 10)
	out := Onward{OrderID: o.ID, Status: outcome, Timestamp: at, KeyID: key.ID, Signature: key.sign(string(o.ID) + "." + string(outcome) + "." + at)}
	to := o.onwardTo(outcome)
	if to == nil {
		return out, nil
	}
	told := "order_id=" + url.QueryEscape(string(o.ID)) + "&status=" + string(outcome) + "&timestamp=" + at +
		"&key_id=" + url.QueryEscape(key.ID) + "&signature=" + out.Signature
	if to.RawQuery != "" { // kept as the merchant wrote it
		told = to.RawQuery + "&" + told
	}
	to.RawQuery = told
	out.Address = to.String()
	return out, nil
}
