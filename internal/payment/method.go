package payment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// MethodID is a payment method's key.
type MethodID string

// Standing is whether a payment method may be charged.
type Standing string

// The standings. A soft-declined card may be charged again within the schemes'
// limits; a hard-declined, stopped or disputed one only when staff or customer have acted.
const (
	Good         Standing = "good"
	SoftDeclined Standing = "soft_declined"
	HardDeclined Standing = "hard_declined"
	Stopped      Standing = "stopped"  // its series was ended by the cardholder
	Disputed     Standing = "disputed" // charged back: not charged until staff resume
)

// StoredMethod is a payment method of an order that can be charged again.
type StoredMethod struct {
	ID                   MethodID
	ProfileID            profile.ID
	OrderID              order.ID
	AccountID            string
	Token                string
	Method               Method
	InitialTransactionID string // of the payment that stored it: charges without the customer rest on it
	Card                 string // CardKey
	Standing             Standing
	Main                 bool // the one that is charged
	CreatedAt            time.Time
	RemovedAt            time.Time
	ForgetAt             time.Time // removed: when the gateway is to be told; wall time, zero: never
	ForgetTries          int64
	LeaseUntil           time.Time // wall time
}

// CardKey is the same for the same card of a profile, whatever its token, so that
// the schemes' limits are counted per card. It tells nobody the card.
func CardKey(profileID profile.ID, m Method) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%s/%s/%02d/%d", profileID, m.Brand, m.BIN, m.Last4, m.ExpiryMonth, m.ExpiryYear))
	return hex.EncodeToString(sum[:16])
}

// Expires is the moment from which a card can no longer be charged: the first of
// the month after the one that is printed on it, in UTC.
func (m Method) Expires() time.Time {
	return time.Date(m.ExpiryYear, time.Month(m.ExpiryMonth)+1, 1, 0, 0, 0, 0, time.UTC)
}
