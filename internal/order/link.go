package order

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"

	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

const purposeLink = secret.Purpose("order-link")

var tokenText = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// linkToken is the secret of a payment link: 160 bits that the server key derives,
// so that the link can be shown again without being stored. Lookup is by
// hash alone, which is why rotating keys never breaks a link.
func linkToken(ring *secret.Ring, keyID string, l Link) (string, error) {
	mac, err := ring.MAC(keyID, purposeLink, fmt.Sprintf("%s/%s/%d", l.ProfileID, l.OrderID, l.Version))
	if err != nil {
		return "", err
	}
	return tokenText.EncodeToString(mac[:20]), nil
}

// tokenLength is 160 bits in base32.
const tokenLength = 32

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// ValidID reports whether s has the form of an order's key.
func ValidID(s string) bool { return id.Valid("ord", s) }

// StoredLink is a link as its row keeps it: without the token.
type StoredLink struct {
	Link
	KeyID     string
	TokenHash []byte
}

// newLink derives version of an order's link under the key that signs now.
func newLink(ring *secret.Ring, profileID profile.ID, orderID ID, version int64) (StoredLink, string, error) {
	l := StoredLink{Link: Link{profileID, orderID, version}, KeyID: ring.Current()}
	token, err := linkToken(ring, l.KeyID, l.Link)
	if err != nil {
		return StoredLink{}, "", fmt.Errorf("derive link: %w", err)
	}
	l.TokenHash = hashToken(token)
	return l, token, nil
}
