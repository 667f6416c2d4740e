package opp

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/quittance/quittance/internal/gateway"
)

// Headers of a notification, both hexadecimal.
const (
	headerIV  = "X-Initialization-Vector"
	headerTag = "X-Authentication-Tag"
)

// Lengths in bytes. The platform's vector has 12; some resellers send 16.
const (
	keyLength   = 32
	tagLength   = 16
	ivLengthMin = 12
	ivLengthMax = 16
)

// notification is the opened content.
type notification struct {
	Type    text        `json:"type"`
	Action  text        `json:"action"` // of a registration
	Payload transaction `json:"payload"`
}

// Open decrypts a notification: that the account's key opens it is the proof
// that the gateway sent it. The key is 32 bytes, or the 64 hexadecimal digits the
// gateway shows. The caller bounds the body.
//
// A notification of type PAYMENT whose transaction moves or holds money has a Fact,
// and one of type REGISTRATION that a card was stored. Anything else that is
// authentic (registrations that were changed or deleted, schedules, risk and 3-D
// Secure records, content that cannot be read) has an empty Fact.ID and its Plain
// content. Probe is set for an unknown type without a transaction, which is
// the gateway's activation call; it carries a success code and means nothing.
func (d *Driver) Open(account gateway.Account, header http.Header, body []byte) (gateway.Notification, error) {
	plain, err := decrypt(account.WebhookKey, header.Get(headerIV), header.Get(headerTag), body)
	if err != nil {
		return gateway.Notification{}, fmt.Errorf("open notification: %w", err)
	}
	opened := gateway.Notification{Plain: plain}
	n, err := parse(plain)
	if err != nil {
		return opened, nil // authentic all the same: kept and shown, and Read says what is wrong
	}
	opened.Probe, opened.Fact = n.probe(), n.fact()
	return opened, nil
}

// Read reads the Plain content of an opened notification again: the same Fact as
// Open gave. It fails for content that is no notification.
func (d *Driver) Read(plain []byte) (gateway.Fact, error) {
	n, err := parse(plain)
	if err != nil {
		return gateway.Fact{}, err
	}
	return n.fact(), nil
}

func parse(plain []byte) (notification, error) {
	var n notification
	if err := json.Unmarshal(plain, &n); err != nil {
		return notification{}, fmt.Errorf("read notification: %w", err)
	}
	n.Type, n.Action = text(strings.ToUpper(string(n.Type))), text(strings.ToUpper(string(n.Action)))
	return n, nil
}

func (n notification) probe() bool {
	switch n.Type {
	case "PAYMENT", "REGISTRATION", "RISK", "SCHEDULE":
		return false
	}
	return n.Payload.ID == ""
}

// fact is the payment or the stored card that the notification tells of, or the
// zero Fact. A registration is one whatever type its payload has, which may be none.
func (n notification) fact() gateway.Fact {
	if n.Type == "REGISTRATION" && n.Action == "CREATED" && n.Payload.ID.id() != "" {
		n.Payload.PaymentType = text(gateway.Registration)
		return n.Payload.fact()
	}
	if n.Type != "PAYMENT" || n.Payload.ID.id() == "" || n.Payload.sideline() {
		return gateway.Fact{}
	}
	return n.Payload.fact()
}

// decrypt returns ErrNotAuthentic, wrapped with what did not fit.
func decrypt(key []byte, ivHex, tagHex string, body []byte) ([]byte, error) {
	iv, err := hex.DecodeString(ivHex)
	if err != nil || len(iv) < ivLengthMin || len(iv) > ivLengthMax {
		return nil, fmt.Errorf("%w: initialisation vector", gateway.ErrNotAuthentic)
	}
	tag, err := hex.DecodeString(tagHex)
	if err != nil || len(tag) != tagLength {
		return nil, fmt.Errorf("%w: tag", gateway.ErrNotAuthentic)
	}
	sealed, err := sealedBody(body)
	if err != nil || len(sealed) == 0 {
		return nil, fmt.Errorf("%w: body", gateway.ErrNotAuthentic)
	}
	block, err := cipherOf(key)
	if err != nil {
		return nil, fmt.Errorf("%w: the account's key is not one", gateway.ErrNotAuthentic)
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		return nil, fmt.Errorf("%w: initialisation vector", gateway.ErrNotAuthentic)
	}
	plain, err := gcm.Open(nil, iv, append(sealed, tag...), nil)
	if err != nil {
		return nil, gateway.ErrNotAuthentic
	}
	return plain, nil
}

// sealedBody is the ciphertext of either body form: bare hexadecimal, or a JSON
// object with it as encryptedBody.
func sealedBody(body []byte) ([]byte, error) {
	body = bytes.TrimSpace(body)
	if bytes.HasPrefix(body, []byte("{")) {
		var wrapped struct {
			EncryptedBody string `json:"encryptedBody"`
		}
		if err := json.Unmarshal(body, &wrapped); err != nil {
			return nil, err
		}
		body = []byte(wrapped.EncryptedBody)
	}
	return hex.DecodeString(string(body))
}

func cipherOf(key []byte) (cipher.Block, error) {
	if len(key) == 2*keyLength {
		raw, err := hex.DecodeString(string(key))
		if err != nil {
			return nil, err
		}
		key = raw
	}
	if len(key) != keyLength {
		return nil, aes.KeySizeError(len(key))
	}
	return aes.NewCipher(key)
}
