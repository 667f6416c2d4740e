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
	Payload transaction `json:"payload"`
}

// Open decrypts a notification: that the account's key opens it is the proof
// that the gateway sent it. The key is 32 bytes, or the 64 hexadecimal digits the
// gateway shows. The caller bounds the body.
//
// Only a notification of type PAYMENT whose transaction moves or holds money has
// a Fact. Anything else that is authentic (registrations, schedules, risk and
// 3-D Secure records, content that cannot be read) has an empty Fact.ID and its
// Plain content. Probe is set for an unknown type without a transaction, which is
// the gateway's activation call; it carries a success code and means nothing.
func (d *Driver) Open(account gateway.Account, header http.Header, body []byte) (gateway.Notification, error) {
	plain, err := decrypt(account.WebhookKey, header.Get(headerIV), header.Get(headerTag), body)
	if err != nil {
		return gateway.Notification{}, fmt.Errorf("open notification: %w", err)
	}
	return read(plain), nil
}

// read tells what an authentic notification is about.
func read(plain []byte) gateway.Notification {
	opened := gateway.Notification{Plain: plain}
	var n notification
	if err := json.Unmarshal(plain, &n); err != nil {
		return opened
	}
	switch strings.ToUpper(string(n.Type)) {
	case "PAYMENT":
		if n.Payload.ID.id() != "" && !n.Payload.sideline() {
			opened.Fact = n.Payload.fact()
		}
	case "REGISTRATION", "RISK", "SCHEDULE":
	default:
		opened.Probe = n.Payload.ID == ""
	}
	return opened
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
