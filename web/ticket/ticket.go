// Package ticket signs the addresses that open without a cookie. A ticket lets
// whoever holds it do one thing with one checkout until its time is up, and no
// more.
package ticket

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

// Way is what a ticket is good for. Each signs with a key of its own.
type Way string

// The ways.
const (
	// Return brings a browser back from our own checkout page: it may ask what
	// became of the checkout.
	Return Way = "checkout-return"
	// OwnPage brings a browser back from a page of the merchant's own that loads the
	// gateway's widget: it may ask too, and is led on to the merchant.
	OwnPage Way = "checkout-return-own-page"
	// Frame shows the checkout in a frame of the host's pages, for as long as the
	// checkout can be paid.
	Frame Way = "embed"
	// FrameReturn brings that frame back from the card fields.
	FrameReturn Way = "embed-return"
)

// ReturnLife is how long a browser may come back after it was shown the card
// fields. It outlives the checkout: banks take their time.
const ReturnLife = 2 * time.Hour

// Ticket is what one says.
type Ticket struct {
	Way       Way
	ProfileID profile.ID
	AttemptID payment.AttemptID
	Host      string // the origin that it is for; empty: none
	Until     time.Time
}

// Of is a ticket for a checkout.
func Of(a payment.Attempt, way Way, until time.Time) Ticket {
	return Ticket{Way: way, ProfileID: a.ProfileID, AttemptID: a.ID, Until: until}
}

// For is the ticket for a host.
func (t Ticket) For(host string) Ticket {
	t.Host = host
	return t
}

// Sign writes the ticket as a part of an address.
func (t Ticket) Sign(ring *secret.Ring) (string, error) {
	said := fmt.Sprintf("%s.%d.%s", t.ProfileID, t.Until.Unix(), base64.RawURLEncoding.EncodeToString([]byte(t.Host)))
	mac, err := ring.Sign(secret.Purpose(t.Way), string(t.AttemptID)+"/"+said)
	if err != nil {
		return "", fmt.Errorf("sign ticket: %w", err)
	}
	return said + "." + mac, nil
}

// Open reads a ticket of one of the ways for a checkout; ok is false for what is
// none of ours, was changed or is another checkout's. Its time may be up: see Over.
func Open(ring *secret.Ring, id payment.AttemptID, text string, ways ...Way) (t Ticket, ok bool) {
	parts := strings.SplitN(text, ".", 4)
	if len(parts) != 4 {
		return Ticket{}, false
	}
	until, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return Ticket{}, false
	}
	host, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return Ticket{}, false
	}
	said := strings.TrimSuffix(text, "."+parts[3])
	for _, way := range ways {
		if ring.Verify(secret.Purpose(way), string(id)+"/"+said, parts[3]) {
			return Ticket{way, profile.ID(parts[0]), id, string(host), time.Unix(until, 0).UTC()}, true
		}
	}
	return Ticket{}, false
}

// Over reports whether the ticket's time is up.
func (t Ticket) Over(now time.Time) bool { return now.Unix() > t.Until.Unix() }
