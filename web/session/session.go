// Package session owns the customer's cookie: which orders a browser may see,
// the language its reader chose, and the secret of its forms. The cookie is the
// whole session; nothing of it is stored on the server. A grant in it is only a
// claim, and is checked against the database on every request.
package session

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"slices"

	"github.com/quittance/quittance/internal/order"
)

// MaxGrants is how many orders a browser may see at once, the newest kept.
const MaxGrants = 20

// Session is what one browser holds. The zero Session is a browser that has just
// come.
type Session struct {
	Language string // the reader's own choice; empty when there was none
	csrf     string
	grants   []order.Link // the newest last
}

// Grant adds an order that the browser came to by its link, and makes the secret
// of its forms if there is none yet.
func (s *Session) Grant(l order.Link) {
	s.grants = slices.DeleteFunc(slices.Clone(s.grants), func(have order.Link) bool {
		return have.ProfileID == l.ProfileID && have.OrderID == l.OrderID
	})
	s.grants = append(s.grants, l)
	if over := len(s.grants) - MaxGrants; over > 0 {
		s.grants = s.grants[over:]
	}
	if s.csrf == "" {
		raw := make([]byte, 18)
		_, _ = rand.Read(raw) // never fails, see crypto/rand
		s.csrf = base64.RawURLEncoding.EncodeToString(raw)
	}
}

// Order is the link by which the browser came to an order; ok is false when it
// never did.
func (s Session) Order(id order.ID) (l order.Link, ok bool) {
	i := slices.IndexFunc(s.grants, func(l order.Link) bool { return l.OrderID == id })
	if i < 0 {
		return order.Link{}, false
	}
	return s.grants[i], true
}

// Grants are all links the browser came by, the newest first.
func (s Session) Grants() []order.Link {
	out := slices.Clone(s.grants)
	slices.Reverse(out)
	return out
}

// CSRF is the token that every form of this browser posts back; empty before the
// first grant, when there is nothing to post.
func (s Session) CSRF() string { return s.csrf }

// Posted reports whether token is the one this browser was given.
func (s Session) Posted(token string) bool {
	return s.csrf != "" && subtle.ConstantTimeCompare([]byte(s.csrf), []byte(token)) == 1
}
