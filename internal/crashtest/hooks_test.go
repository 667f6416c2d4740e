//go:build linux

package crashtest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// merchant is the server of the merchant's that webhooks go to. It lives through
// all kills. While there is trouble it fails with some events the first time they
// come: it answers 500, or reads them and hangs up.
type merchant struct {
	*httptest.Server

	mu     sync.Mutex
	key    *standardwebhooks.Webhook // nil until the program has told the secret
	behave bool
	seen   map[string]*received // by webhook-id
	wrong  []string
}

// received is what came of one event.
type received struct {
	times, failed int // of them, how often the merchant failed
	body          string
}

func newMerchant(t *testing.T) *merchant {
	t.Helper()
	m := &merchant{seen: map[string]*received{}}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

// subscribe makes an endpoint for events of every type over the API.
func (m *merchant) subscribe(ctx context.Context, f *fleet) error {
	var made struct {
		Endpoint struct{ Secret string } `json:"webhook_endpoint"`
	}
	m.mu.Lock() // what comes before the secret is known waits
	defer m.mu.Unlock()
	v := newVisitor(f, rand.New(rand.NewPCG(1, 2)))
	err := v.create(ctx, "webhook_endpoints", "endpoint", map[string]any{"webhook_endpoint": map[string]any{"url": m.URL, "event_types": []string{"*"}}}, &made)
	if err != nil {
		return err
	}
	m.key, err = standardwebhooks.NewWebhook(made.Endpoint.Secret)
	return err
}

// ServeHTTP takes an event, or fails with it.
func (m *merchant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // its sender was killed
	}
	status := m.take(r.Header, body)
	if status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
}

// take notes an event and says what to answer; 0 is nothing.
func (m *merchant) take(header http.Header, body []byte) (status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := header.Get("Webhook-Id")
	var told struct{ ID string }
	if err := errors.Join(m.key.VerifyIgnoringTimestamp(body, header), json.Unmarshal(body, &told)); err != nil || told.ID != id {
		m.wrong = append(m.wrong, fmt.Sprintf("webhook %q does not verify, or tells of %q: %v", id, told.ID, err))
	}
	e := m.seen[id]
	if e == nil {
		e = &received{body: string(body)}
		m.seen[id] = e
	}
	if e.times++; e.body != string(body) {
		m.wrong = append(m.wrong, fmt.Sprintf("webhook %s came again as %s, first as %s", id, body, e.body))
	}
	sum := fnv.New32()
	_, _ = sum.Write([]byte(id)) // never fails
	switch chance := sum.Sum32() % 16; {
	case e.times > 1 || m.behave || chance > 1:
		return http.StatusNoContent
	case chance == 1:
		e.failed++
		return http.StatusInternalServerError
	}
	e.failed++
	return 0
}

// settle ends the merchant's own trouble.
func (m *merchant) settle() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.behave = true
}

// told holds what came against our books: every event since the subscription, each
// at least once and at least as often as its delivery counts, and nothing else.
func (m *merchant) told(ctx context.Context, db *sql.DB, wrong *findings, counts map[string]int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	*wrong = append(*wrong, m.wrong...)
	type row struct {
		state    string
		attempts int
	}
	ours := map[string]row{}
	err := each(ctx, db, `
SELECT e.id, COALESCE(d.state, 'not looked at'), COALESCE(d.attempts, 0) FROM events e LEFT JOIN webhook_deliveries d ON d.profile_id = e.profile_id AND d.seq = e.seq
 WHERE e.seq >= (SELECT f.seq FROM events f WHERE f.type = 'webhook_endpoint.created')`, func(scan func(...any) error) error {
		var id string
		var r row
		err := scan(&id, &r.state, &r.attempts)
		ours[id] = r
		return err
	})
	for id, r := range ours {
		e := m.seen[id]
		if e == nil {
			wrong.add("event %s (%s) never came to the merchant", id, r.state)
			continue
		}
		if r.state != "delivered" || e.times < r.attempts || e.times == e.failed {
			wrong.add("event %s is %s after %d attempts; it came %d times, of which the merchant failed %d", id, r.state, r.attempts, e.times, e.failed)
			continue
		}
		counts["webhooks: events taken"]++
		counts["webhooks: sent again after an answer that was lost"] += e.times - 1 - e.failed
		counts["webhooks: sent again after a failure"] += e.failed
	}
	for id := range m.seen {
		if _, known := ours[id]; !known {
			wrong.add("the merchant was told of event %s, which is not in the books", id)
		}
	}
	return err
}
