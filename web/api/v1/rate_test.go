package v1_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/testkit"
)

func TestKeyThatCallsTooOftenWaits(t *testing.T) {
	t.Parallel()
	a := startWith(t, testkit.Options{APIRate: 6})

	for i, want := range []string{`"key";r=5;t=10`, `"key";r=4;t=20`, `"key";r=3;t=30`, `"key";r=2;t=40`, `"key";r=1;t=50`, `"key";r=0;t=60`} {
		got := a.do(t, call{path: "/customers"})
		if got.status != http.StatusOK || got.header.Get("RateLimit") != want || got.header.Get("RateLimit-Policy") != `"key";q=6;w=60` || got.header.Get("Retry-After") != "" {
			t.Errorf("call %d: %d %v, want 200 with %s", i+1, got.status, got.header, want)
		}
	}
	for _, c := range []call{{path: "/customers"}, {path: "/customers", body: `{"customer":{"email":"a@example.com","given_name":"A"}}`, repeat: "key"}, {path: "/customers/cus_0"}} {
		got := a.do(t, c)
		if got.status != http.StatusTooManyRequests || got.problem.Code != "too_many_requests" || got.header.Get("Retry-After") != "10" || got.header.Get("RateLimit") != `"key";r=0;t=60` {
			t.Errorf("%s: %d %s %v, want 429 too_many_requests, to be tried again in 10 s", c.path, got.status, got.problem.Code, got.header)
		}
	}
	if n := a.count(t, "customers") + a.count(t, "idempotency_keys"); n != 0 {
		t.Errorf("%d rows are left of calls that were refused", n)
	}
	if got := a.do(t, call{path: "/customers", key: a.OtherKey}); got.status != http.StatusOK || got.header.Get("RateLimit") != `"key";r=5;t=10` {
		t.Errorf("another key: %d %s, want it untouched", got.status, got.header.Get("RateLimit"))
	}
	if got := a.do(t, call{path: "/customers", key: "wrong"}); got.status != http.StatusUnauthorized || got.header.Get("RateLimit") != "" {
		t.Errorf("a wrong key: %d %s, want 401 and nothing counted", got.status, got.header.Get("RateLimit"))
	}
	a.Advance(10 * time.Second)
	if got := a.do(t, call{path: "/customers"}); got.status != http.StatusOK || got.header.Get("RateLimit") != `"key";r=0;t=60` {
		t.Errorf("10 s later: %d %s, want one call more", got.status, got.header.Get("RateLimit"))
	}
}

func TestNoRateIsNoLimit(t *testing.T) {
	t.Parallel()

	if got := start(t).do(t, call{path: "/customers"}); got.status != http.StatusOK || got.header.Get("RateLimit") != "" || got.header.Get("RateLimit-Policy") != "" {
		t.Errorf("%d %v, want no word of a limit", got.status, got.header)
	}
}
