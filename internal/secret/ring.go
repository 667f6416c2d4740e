// Package secret owns the server's keyring. The first key signs and seals; all
// of them verify and open, so that keys can be rotated without breaking
// anything. Every MAC and ciphertext names the key it was made with, and each
// purpose has a sub-key of its own (HKDF-SHA256).
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Errors of a keyring.
var (
	ErrNoKey  = errors.New("secret: no such key in the keyring")
	ErrOpen   = errors.New("secret: not sealed by this keyring")
	ErrFormat = errors.New(`secret: want "id:base64" keys of 32 bytes or more, separated by commas`)
)

// Purpose separates sub-keys: what is sealed for one purpose opens for no other.
type Purpose string

// Ring is a keyring. It is safe for concurrent use.
type Ring struct{ keys []key }

type key struct {
	id   string
	root []byte
}

var keyID = regexp.MustCompile(`^[a-z0-9]{1,16}$`)

// Parse reads "id:base64,id:base64". Ids are short lower-case words, keys at
// least 32 bytes. It returns ErrFormat.
func Parse(s string) (*Ring, error) {
	var r Ring
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.TrimSpace(s), ",") {
		kid, text, ok := strings.Cut(strings.TrimSpace(part), ":")
		root, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil || len(root) < 32 || !keyID.MatchString(kid) || seen[kid] {
			return nil, ErrFormat
		}
		seen[kid] = true
		r.keys = append(r.keys, key{kid, root})
	}
	return &r, nil
}

// Generate is a new key as Parse reads it.
func Generate(kid string) string {
	root := make([]byte, 32)
	_, _ = rand.Read(root) // never fails, see crypto/rand
	return kid + ":" + base64.StdEncoding.EncodeToString(root)
}

// Current is the id of the key that signs.
func (r *Ring) Current() string { return r.keys[0].id }

// IDs are the ids of all keys, the one that signs first.
func (r *Ring) IDs() []string {
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.id
	}
	return ids
}

// Subkey is the 32-byte sub-key of a purpose under the key kid; ErrNoKey when
// the ring has no such key.
func (r *Ring) Subkey(kid string, p Purpose) ([]byte, error) {
	for _, k := range r.keys {
		if k.id == kid {
			return hkdf.Key(sha256.New, k.root, nil, "quittance/"+string(p), 32)
		}
	}
	return nil, fmt.Errorf("%w: %q", ErrNoKey, kid)
}

// Subkeys are the sub-keys of a purpose under every key, the signing one first.
func (r *Ring) Subkeys(p Purpose) ([][]byte, error) {
	out := make([][]byte, 0, len(r.keys))
	for _, k := range r.keys {
		sub, err := r.Subkey(k.id, p)
		if err != nil {
			return nil, err
		}
		out = append(out, sub)
	}
	return out, nil
}

// MAC is the HMAC-SHA256 of data under the key kid.
func (r *Ring) MAC(kid string, p Purpose, data string) ([]byte, error) {
	sub, err := r.Subkey(kid, p)
	if err != nil {
		return nil, err
	}
	m := hmac.New(sha256.New, sub)
	m.Write([]byte(data))
	return m.Sum(nil), nil
}

// Sign returns "kid.mac" over data; Verify checks it.
func (r *Ring) Sign(p Purpose, data string) (string, error) {
	mac, err := r.MAC(r.Current(), p, data)
	if err != nil {
		return "", err
	}
	return r.Current() + "." + base64.RawURLEncoding.EncodeToString(mac), nil
}

// Verify reports whether signature is Sign's of data, by any key of the ring.
func (r *Ring) Verify(p Purpose, data, signature string) bool {
	kid, text, ok := strings.Cut(signature, ".")
	if !ok {
		return false
	}
	got, err := base64.RawURLEncoding.Strict().DecodeString(text) // one text for one MAC
	if err != nil {
		return false
	}
	want, err := r.MAC(kid, p, data)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1
}

// Seal encrypts plain with AES-256-GCM. The answer starts with the key's id;
// label binds it to its place (a row's key), so that it opens nowhere else.
func (r *Ring) Seal(p Purpose, label string, plain []byte) ([]byte, error) {
	kid := r.Current()
	gcm, err := r.aead(kid, p)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce) // never fails, see crypto/rand
	out := append([]byte(kid+":"), nonce...)
	return gcm.Seal(out, nonce, plain, []byte(label)), nil
}

// Open decrypts what Seal made; ErrOpen when it is anything else.
func (r *Ring) Open(p Purpose, label string, sealed []byte) ([]byte, error) {
	kid, rest, ok := strings.Cut(string(sealed), ":")
	if !ok {
		return nil, ErrOpen
	}
	gcm, err := r.aead(kid, p)
	if err != nil || len(rest) < gcm.NonceSize() {
		return nil, ErrOpen
	}
	plain, err := gcm.Open(nil, []byte(rest[:gcm.NonceSize()]), []byte(rest[gcm.NonceSize():]), []byte(label))
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

func (r *Ring) aead(kid string, p Purpose) (cipher.AEAD, error) {
	sub, err := r.Subkey(kid, p)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sub)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
