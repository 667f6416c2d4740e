package session

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/quittance/quittance/internal/secret"
)

// Sub-keys: one authenticates the cookie, one encrypts it.
const (
	purposeHash  = secret.Purpose("session")
	purposeBlock = secret.Purpose("session-cipher")
)

// life is how long a browser may come back without its link.
const life = 30 * 24 * time.Hour

// Store reads and writes the cookie. It is safe for concurrent use.
type Store struct {
	name    string
	cookies *sessions.CookieStore
}

// New is a Store for a site that browsers reach by https only, if secure is set.
// The ring's first key seals; all of them open.
func New(ring *secret.Ring, secure bool) (*Store, error) {
	hashes, err := ring.Subkeys(purposeHash)
	if err != nil {
		return nil, fmt.Errorf("session keys: %w", err)
	}
	blocks, err := ring.Subkeys(purposeBlock)
	if err != nil {
		return nil, fmt.Errorf("session keys: %w", err)
	}
	var pairs [][]byte
	for i := range hashes {
		pairs = append(pairs, hashes[i], blocks[i])
	}
	s := &Store{name: "quittance", cookies: sessions.NewCookieStore(pairs...)}
	for _, c := range s.cookies.Codecs {
		if c, ok := c.(*securecookie.SecureCookie); ok {
			c.SetSerializer(oneText{})
		}
	}
	if secure {
		s.name = "__Host-quittance" // browsers then hold it to Secure, this host and Path=/
	}
	s.cookies.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	s.cookies.MaxAge(int(life.Seconds()))
	return s, nil
}

// content is the session's one value inside gorilla's: short names, since a
// cookie has 4096 bytes for everything.
const content = "s"

// oneText writes gorilla's session as its one value and nothing else: that is a
// third of the bytes and of the time of its own serializer.
type oneText struct{}

var errNotOneText = errors.New("session: not a session of one text")

// What is written are the bytes of the text.
func (oneText) Serialize(src any) ([]byte, error) {
	if values, ok := src.(map[any]any); ok {
		if text, ok := values[content].(string); ok {
			return []byte(text), nil
		}
	}
	return nil, errNotOneText
}

// What is read is the text again.
func (oneText) Deserialize(src []byte, dst any) error {
	values, ok := dst.(*map[any]any)
	if !ok {
		return errNotOneText
	}
	*values = map[any]any{content: string(src)}
	return nil
}

// Load reads a request's cookie. One that is missing, too old, or not of this
// keyring is a browser that has just come.
func (s *Store) Load(r *http.Request) Session {
	raw, err := s.cookies.New(r, s.name)
	if err != nil {
		return Session{}
	}
	text, _ := raw.Values[content].(string)
	in, err := parse(text)
	if err != nil {
		return Session{}
	}
	return in
}

// Save sets the cookie of an answer; call it before the first byte is written.
func (s *Store) Save(w http.ResponseWriter, r *http.Request, in Session) error {
	raw := sessions.NewSession(s.cookies, s.name)
	options := *s.cookies.Options
	raw.Options, raw.Values[content] = &options, in.text()
	if err := s.cookies.Save(r, w, raw); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}
