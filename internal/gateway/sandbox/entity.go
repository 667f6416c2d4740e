package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"sort"
	"sync"
)

// BodyForm is how a channel wants its notifications.
type BodyForm string

// The two forms.
const (
	BodyHex  BodyForm = "hex"  // the ciphertext in hex, text/plain
	BodyJSON BodyForm = "json" // {"encryptedBody":"…"}
)

// Entity is a merchant's channel.
type Entity struct {
	EntityID   string   `json:"entityId"`
	Token      string   `json:"token"`      // bearer secret of the API
	WebhookKey string   `json:"webhookKey"` // 64 hex digits; needed with a WebhookURL
	WebhookURL string   `json:"webhookUrl"` // empty: no notifications
	Body       BodyForm `json:"body"`       // empty is BodyHex

	// What the acquirer behind the channel can do.
	Currencies       []string `json:"currencies,omitempty"`       // empty: all
	Captures         int      `json:"captures,omitempty"`         // per pre-authorisation; 0 is one
	PartialReversals bool     `json:"partialReversals,omitempty"` // otherwise a reversal is whole

	// MerchantName is what the issuer's page calls the merchant; empty: the host
	// of its return address.
	MerchantName string `json:"merchantName,omitempty"`
	// Brands are what the channel may be paid with; empty: VISA, MASTER and AMEX.
	Brands []string `json:"brands,omitempty"`
}

// takes says whether the channel is set up for a currency.
func (e Entity) takes(currency string) bool {
	return len(e.Currencies) == 0 || slices.Contains(e.Currencies, currency)
}

// captures is how many captures a pre-authorisation may have.
func (e Entity) captures() int { return max(1, e.Captures) }

func (e Entity) validate() error {
	switch {
	case len(e.EntityID) < 1 || len(e.EntityID) > 64:
		return errors.New("sandbox: entity id must have 1 to 64 characters")
	case len(e.Token) < 8:
		return errors.New("sandbox: token must have 8 characters or more")
	case e.Captures < 0:
		return errors.New("sandbox: captures must not be negative")
	case len(e.MerchantName) > 128:
		return errors.New("sandbox: merchant name must have at most 128 bytes")
	case unknownBrand(e.Brands) != "":
		return errors.New("sandbox: unknown brand " + unknownBrand(e.Brands))
	case e.Body != "" && e.Body != BodyHex && e.Body != BodyJSON:
		return errors.New("sandbox: body must be hex or json")
	}
	if key, err := hex.DecodeString(e.WebhookKey); (e.WebhookKey != "" || e.WebhookURL != "") && (err != nil || len(key) != 32) {
		return errors.New("sandbox: webhook key must be 64 hex digits")
	}
	if e.WebhookURL != "" {
		if u, err := url.Parse(e.WebhookURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return errors.New("sandbox: webhook address must be an absolute http or https address")
		}
	}
	return nil
}

// entityBook is the channels by id.
type entityBook struct {
	mu   sync.RWMutex
	byID map[string]Entity
}

func newEntityBook() *entityBook { return &entityBook{byID: map[string]Entity{}} }

func (b *entityBook) set(e Entity) error {
	if err := e.validate(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.byID[e.EntityID] = e
	return nil
}

func (b *entityBook) get(id string) (Entity, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	e, ok := b.byID[id]
	return e, ok
}

func (b *entityBook) all() []Entity {
	b.mu.RLock()
	defer b.mu.RUnlock()
	list := make([]Entity, 0, len(b.byID))
	for _, e := range b.byID {
		list = append(list, e)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].EntityID < list[j].EntityID })
	return list
}

// sameSecret compares without telling where they differ.
func sameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
