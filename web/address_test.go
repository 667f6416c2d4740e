package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestAClientsAddressIsBelievedOnlyFromATrustedProxy(t *testing.T) {
	t.Parallel()
	proxy := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	for name, tt := range map[string]struct {
		proxies         []netip.Prefix
		from, forwarded string
		want            string
	}{
		"no proxy is trusted":         {nil, "127.0.0.1:1", "198.51.100.7", "127.0.0.1"},
		"a trusted one":               {proxy, "10.1.2.3:1", "198.51.100.7", "198.51.100.7"},
		"two trusted ones":            {proxy, "10.1.2.3:1", "198.51.100.7, 10.9.9.9", "198.51.100.7"},
		"a customer who makes one up": {proxy, "10.1.2.3:1", "203.0.113.1, 198.51.100.7", "198.51.100.7"},
		"a stranger":                  {proxy, "192.0.2.1:1", "198.51.100.7", "192.0.2.1"},
		"private, yet not named":      {proxy, "192.168.0.1:1", "198.51.100.7", "192.168.0.1"},
		"six":                         {proxy, "[2001:db8::1]:1", "2001:db9::5", "2001:db9::5"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = tt.from
		r.Header.Set("X-Forwarded-For", tt.forwarded)
		if got := addressFrom(tt.proxies)(r); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
