package bench

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
)

// tap keeps the last checkout that the server asked the gateway for, so that
// the gateway can be asked for the like without the server.
type tap struct {
	mu      sync.Mutex
	address string
	header  http.Header
	form    url.Values
}

// see is called with each request to the gateway.
func (t *tap) see(r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/v1/checkouts" || r.GetBody == nil {
		return
	}
	body, err := r.GetBody()
	if err != nil {
		return
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.address, t.header, t.form = r.URL.String(), r.Header.Clone(), form
}

// askAgain asks the gateway for one more such checkout.
func (t *tap) askAgain(tb testing.TB, client *http.Client) {
	tb.Helper()
	t.mu.Lock()
	address, header, form := t.address, t.header, t.form
	t.mu.Unlock()
	if address == "" {
		tb.Fatal("the server never asked the gateway for a checkout")
	}
	form.Set("merchantTransactionId", rand.Text())
	if a := send(tb, client, http.MethodPost, address, header, form); a.status != http.StatusOK {
		tb.Fatalf("gateway: %d\n%s", a.status, a.body)
	}
}
