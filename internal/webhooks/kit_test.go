package webhooks_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/testkit"
)

var merchant = actor.Actor{Kind: actor.User, ID: "test"}

func onBoth(t *testing.T, behaviour func(t *testing.T, app *testkit.App)) {
	t.Helper()
	testkit.OnBoth(t, testkit.Options{Webhooks: []string{"127.0.0.0/8"}}, behaviour)
}

// message is one request that a merchant got.
type message struct {
	header http.Header
	body   []byte
}

func (m message) id() string { return m.header.Get("webhook-id") }

// site is a merchant's server.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	got    []message
	answer func(n int, w http.ResponseWriter) // of the nth request, from 1; nil: 204
}

func newSite(t *testing.T, answer func(n int, w http.ResponseWriter)) *site {
	t.Helper()
	s := &site{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read webhook: %v", err)
		}
		s.mu.Lock()
		s.got = append(s.got, message{r.Header, body})
		n := len(s.got)
		s.mu.Unlock()
		if s.answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		s.answer(n, w)
	}))
	t.Cleanup(s.Close)
	return s
}

func status(code int) func(int, http.ResponseWriter) {
	return func(_ int, w http.ResponseWriter) { w.WriteHeader(code) }
}

// messages are those so far.
func (s *site) messages() []message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// ids are the keys of the events in them.
func (s *site) ids() []string {
	var all []string
	for _, m := range s.messages() {
		all = append(all, m.id())
	}
	return all
}

func subscribe(t *testing.T, app *testkit.App, url string, types ...string) endpoint.Endpoint {
	t.Helper()
	e, err := app.Endpoints.Create(t.Context(), merchant, app.Profile.ID, endpoint.Details{URL: url, Types: types}, nil)
	if err != nil {
		t.Fatalf("create endpoint: %v", err)
	}
	return e
}

func drain(t *testing.T, app *testkit.App) {
	t.Helper()
	if err := app.Webhooks.Drain(t.Context()); err != nil {
		t.Fatalf("send webhooks: %v", err)
	}
}

// read is an endpoint as it stands.
func read(t *testing.T, app *testkit.App, e endpoint.Endpoint) endpoint.Endpoint {
	t.Helper()
	now, err := app.Endpoints.Endpoint(t.Context(), e.ProfileID, e.ID)
	if err != nil {
		t.Fatalf("read endpoint: %v", err)
	}
	return now
}

// eventIDs are the keys of a profile's events of types like a pattern, in sequence.
func eventIDs(app *testkit.App, pattern string) []string {
	return app.Strings(`SELECT id FROM events WHERE profile_id = $1 AND type LIKE $2 ORDER BY seq`, string(app.Profile.ID), pattern)
}
