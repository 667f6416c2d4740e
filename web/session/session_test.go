package session_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/web/session"
)

func ring(t *testing.T, keys ...string) *secret.Ring {
	t.Helper()
	r, err := secret.Parse(strings.Join(keys, ","))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func store(t *testing.T, secure bool, keys ...string) *session.Store {
	t.Helper()
	s, err := session.New(ring(t, keys...), secure)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func link() order.Link {
	return order.Link{ProfileID: id.NewProfile(), OrderID: order.ID(id.New("ord")), Version: 1}
}

// save is the cookie that a session becomes.
func save(t *testing.T, s *session.Store, in session.Session) *http.Cookie {
	t.Helper()
	w := httptest.NewRecorder()
	if err := s.Save(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), in); err != nil {
		t.Fatal(err)
	}
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies, want 1", len(cookies))
	}
	return cookies[0]
}

func load(t *testing.T, s *session.Store, c *http.Cookie) session.Session {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.AddCookie(c)
	return s.Load(r)
}

func TestCookieKeepsTheSession(t *testing.T) {
	t.Parallel()

	s := store(t, false, secret.Generate("a"))
	first, second := link(), link()
	in := session.Session{Language: "de"}
	in.Grant(first)
	in.Grant(second)

	got := load(t, s, save(t, s, in))

	if got.Language != "de" || got.CSRF() == "" || !got.Posted(in.CSRF()) {
		t.Errorf("language %q, csrf %q; want those of %+v", got.Language, got.CSRF(), in)
	}
	if diff := cmp.Diff([]order.Link{second, first}, got.Grants()); diff != "" {
		t.Errorf("grants (-want +got):\n%s", diff)
	}
	if l, ok := got.Order(first.OrderID); !ok || l != first {
		t.Errorf("order = %v, %t; want %v", l, ok, first)
	}
	if _, ok := got.Order("ord_other"); ok {
		t.Error("an order without a grant was found")
	}
}

func TestCookieIsClosedToAllButItsKeys(t *testing.T) {
	t.Parallel()

	old, now := secret.Generate("a"), secret.Generate("b")
	before, after, without := store(t, false, old), store(t, false, now, old), store(t, false, now)
	in := session.Session{}
	l := link()
	in.Grant(l)
	c := save(t, before, in)

	if _, ok := load(t, after, c).Order(l.OrderID); !ok {
		t.Error("a rotated key no longer opens its cookies")
	}
	if _, ok := load(t, without, c).Order(l.OrderID); ok {
		t.Error("a key that left the ring still opens")
	}
	if strings.Contains(c.Value, string(l.OrderID)) {
		t.Error("the cookie shows its content")
	}
	changed := *c
	changed.Value = c.Value[:len(c.Value)/2] + "A" + c.Value[len(c.Value)/2+1:]
	if got := load(t, before, &changed); got.CSRF() != "" || len(got.Grants()) != 0 {
		t.Errorf("a changed cookie gives %+v", got)
	}
}

func TestCookieIsHeldToItsSite(t *testing.T) {
	t.Parallel()

	for secure, name := range map[bool]string{false: "quittance", true: "__Host-quittance"} {
		c := save(t, store(t, secure, secret.Generate("a")), session.Session{Language: "de"})
		if c.Name != name || !c.HttpOnly || c.Secure != secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("secure %t: cookie is %v", secure, c)
		}
	}
}

func TestTheNewestGrantsAreKept(t *testing.T) {
	t.Parallel()

	var s session.Session
	var links []order.Link
	for range session.MaxGrants + 3 {
		l := link()
		links = append(links, l)
		s.Grant(l)
	}
	s.Grant(links[5])
	newer := links[5]
	newer.Version = 2
	s.Grant(newer)

	got := s.Grants()
	if len(got) != session.MaxGrants {
		t.Fatalf("%d grants, want %d", len(got), session.MaxGrants)
	}
	if got[0] != newer || got[1] != links[len(links)-1] {
		t.Errorf("newest are %v, %v", got[0], got[1])
	}
	if _, ok := s.Order(links[0].OrderID); ok {
		t.Error("the oldest grant is still there")
	}
	c := save(t, store(t, true, secret.Generate("a")), s)
	if len(c.String()) > 4096 {
		t.Errorf("a full cookie has %d bytes, browsers take 4096", len(c.String()))
	}
}

func TestPostedTokens(t *testing.T) {
	t.Parallel()

	var fresh, s, other session.Session
	s.Grant(link())
	other.Grant(link())
	token := s.CSRF()
	s.Grant(link())

	if s.CSRF() != token {
		t.Error("a second grant changed the token of open forms")
	}
	for name, tt := range map[string]struct {
		in    session.Session
		token string
		want  bool
	}{
		"own":             {s, token, true},
		"of another":      {s, other.CSRF(), false},
		"none":            {s, "", false},
		"without a grant": {fresh, "", false},
	} {
		if got := tt.in.Posted(tt.token); got != tt.want {
			t.Errorf("%s: posted = %t, want %t", name, got, tt.want)
		}
	}
}
