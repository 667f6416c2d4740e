package browser_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
)

// call sends JSON with a bearer key and gives the body of a 2xx answer.
func call(t *testing.T, method, address, key string, body any) []byte {
	t.Helper()
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, address, &sent)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, req.URL.Path, err)
	}
	got, err := io.ReadAll(res.Body)
	_ = res.Body.Close() // read-only
	if err != nil || res.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %v\n%s", method, req.URL.Path, res.Status, err, got)
	}
	return got
}

// overLoopback is the address that servers use: names below localhost are the
// browser's business.
func overLoopback(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return "http://127.0.0.1:" + u.Port()
}
