package v1

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/fault"
)

// errTooManyRequests answers a key that calls more often than it may.
var errTooManyRequests = fault.New(fault.TooMany, "too_many_requests", "Too many requests. Please wait a moment.")

// The headers of draft-ietf-httpapi-ratelimit-headers.
const (
	headerPolicy = "RateLimit-Policy"
	headerRate   = "RateLimit"
)

// rateWindow is what a rate is counted in.
const rateWindow = time.Minute

// limiter bounds how often a key may call: rate calls at once, and as many more in
// each minute, evenly. It counts in memory, so that no call writes for it: n
// processes together let n times the rate through, and one that starts begins at
// zero. Only keys that exist come to it, and those at rest are forgotten.
type limiter struct {
	rate int // zero: no limit

	mu    sync.Mutex
	full  map[string]time.Time // by key: when all of its calls are there again
	swept time.Time
}

func newLimiter(rate int) *limiter { return &limiter{rate: rate, full: map[string]time.Time{}} }

// standing is what a key has left after a call.
type standing struct {
	left  int           // calls at once
	whole time.Duration // until all are there again
	wait  time.Duration // until the next call; zero when this one was let through
}

// take counts a call of a key.
func (l *limiter) take(key string, now time.Time) standing {
	each := rateWindow / time.Duration(l.rate)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	full := l.full[key]
	if full.Before(now) {
		full = now
	}
	if over := full.Add(each).Sub(now) - rateWindow; over > 0 {
		return standing{whole: full.Sub(now), wait: over}
	}
	full = full.Add(each)
	l.full[key] = full
	return standing{left: int((rateWindow - full.Sub(now)) / each), whole: full.Sub(now)}
}

// sweep forgets the keys at rest, once in each window.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < rateWindow {
		return
	}
	l.swept = now
	maps.DeleteFunc(l.full, func(_ string, full time.Time) bool { return !full.After(now) })
}

// admit counts a call of a known key and tells on its answer what is left;
// errTooManyRequests.
func (h *handlers) admit(c echo.Context, keyID string) error {
	if h.limit.rate == 0 {
		return nil
	}
	s := h.limit.take(keyID, h.Clock.Wall())
	header := c.Response().Header()
	header.Set(headerPolicy, fmt.Sprintf(`"key";q=%d;w=%d`, h.limit.rate, seconds(rateWindow)))
	header.Set(headerRate, fmt.Sprintf(`"key";r=%d;t=%d`, s.left, seconds(s.whole)))
	if s.wait == 0 {
		return nil
	}
	header.Set(echo.HeaderRetryAfter, fmt.Sprint(seconds(s.wait)))
	return errTooManyRequests
}

// seconds are whole ones, rather more than fewer.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
