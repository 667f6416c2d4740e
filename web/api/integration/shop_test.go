package integration_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// shop is a merchant's server: an API key, an address for webhooks, and what the
// OpenAPI document says.
type shop struct {
	installation
	api, key string
	http     *http.Client
	hooks    *receiver
	calls    int // each is an intent of its own
}

func open(t *testing.T) *shop {
	t.Helper()
	i := install(t)
	client := &http.Client{}
	t.Cleanup(client.CloseIdleConnections)
	return &shop{installation: i, api: i.app.URL + "/api/v1", key: i.app.Key, http: client, hooks: receive(t)}
}

// object is a JSON object to send.
type object map[string]any

func (s *shop) get(t *testing.T, path string, into any) {
	t.Helper()
	s.call(t, http.MethodGet, path, nil, http.StatusOK, into)
}

// call sends a body, as an intent of its own, and reads an answer that must have a
// status.
func (s *shop) call(t *testing.T, method, path string, body object, want int, into any) http.Header {
	t.Helper()
	s.calls++
	return s.repeat(t, "intent-"+strconv.Itoa(s.calls), method, path, body, want, into)
}

// repeat is call for an intent that was told before.
func (s *shop) repeat(t *testing.T, intent, method, path string, body object, want int, into any) http.Header {
	t.Helper()
	status, header, text := s.send(t, intent, method, path, body)
	if status != want {
		t.Fatalf("%s %s %v: %d, want %d\n%s", method, path, body, status, want, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s %s: %v\n%s", method, path, err, text)
	}
	return header
}

// send makes a request with the key. A path may be an address that an answer told.
func (s *shop) send(t *testing.T, intent, method, path string, body object) (status int, header http.Header, text []byte) {
	t.Helper()
	var sent []byte
	var err error
	if body != nil {
		if sent, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	if strings.HasPrefix(path, "/") {
		path = s.api + path
	}
	req, err := http.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	if method != http.MethodGet {
		req.Header.Set("Idempotency-Key", intent)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if text, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, text
}

// every reads a list to its end, by cursor.
func every[T any](t *testing.T, s *shop, path string) []T {
	t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	var all []T
	for next := path + sep + "per_page=7"; ; {
		var page struct {
			Data       []T
			NextCursor *string `json:"next_cursor"`
		}
		s.get(t, next, &page)
		all = append(all, page.Data...)
		if page.NextCursor == nil {
			return all
		}
		next = path + sep + "per_page=7&cursor=" + *page.NextCursor
	}
}

// until reads again and again until what was read is as wanted.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-deadline.C:
			t.Fatalf("did not happen in 30 s: %s", what)
		case <-tick.C:
		}
	}
}

// message is one webhook as it came.
type message struct {
	header http.Header
	body   []byte
}

// receiver is the shop's address for webhooks.
type receiver struct {
	url string

	mu  sync.Mutex
	got []message
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			t.Errorf("read webhook: %v", err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, message{req.Header, body})
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(site.Close)
	r.url = site.URL + "/webhooks"
	return r
}

// messages are those so far.
func (r *receiver) messages() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got[:len(r.got):len(r.got)]
}
