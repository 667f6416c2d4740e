package endpoint

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// secretPrefix begins every secret, as Standard Webhooks wants it.
const secretPrefix = "whsec_"

// newSecret is a fresh one of 32 bytes.
func newSecret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	return secretPrefix + base64.StdEncoding.EncodeToString(raw)
}

// Rotate makes a new secret. The one before signs too until overlap has passed
// from wall time now on.
func (e *Endpoint) Rotate(now time.Time, overlap time.Duration) {
	e.OldSecret, e.OldUntil = e.Secret, now.Add(overlap)
	if overlap <= 0 {
		e.OldSecret, e.OldUntil = "", time.Time{}
	}
	e.Secret, e.Fresh = newSecret(), true
}

// SignsTwice reports whether the secret before still signs at a moment.
func (e Endpoint) SignsTwice(at time.Time) bool { return e.OldSecret != "" && at.Before(e.OldUntil) }

// Signature is the header webhook-signature of a message that is sent at a moment
// (Standard Webhooks): by the secret, and by the one before while that still signs.
func (e Endpoint) Signature(messageID string, at time.Time, body []byte) (string, error) {
	secrets := []string{e.Secret}
	if e.SignsTwice(at) {
		secrets = append(secrets, e.OldSecret)
	}
	all := make([]string, len(secrets))
	for i, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, secretPrefix))
		if err != nil {
			return "", fmt.Errorf("secret of endpoint %s: %w", e.ID, err)
		}
		m := hmac.New(sha256.New, key)
		m.Write([]byte(messageID + "." + strconv.FormatInt(at.Unix(), 10) + "."))
		m.Write(body)
		all[i] = "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
	}
	return strings.Join(all, " "), nil
}
