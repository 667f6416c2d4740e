package browser_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestASkimmerIsBlockedAndBecomesKnown(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	want := []string{"checkout connect-src https://take.example", "checkout script-src-elem https://skim.example", "checkout script-src-elem inline"}
	journey(t, "skimmer", map[string]any{"link": s.shop.order(t, philippa("en")).Link}, asks{"reported": s.shop.wantBlocked(t, want...)}, nil)
	s.gateway.wantCharges(t, 1)
	doctor := command(t, s.env, "doctor")
	for _, line := range []string{"https://skim.example (script-src-elem, checkout), 1 times", "the payment page reaches browsers as it was sent"} {
		if !strings.Contains(doctor, line) {
			t.Errorf("doctor beside the server does not say %q:\n%s", line, doctor)
		}
	}
}

func TestASkimmerInTheFrameIsBlockedAndBecomesKnown(t *testing.T) {
	t.Parallel()
	s := openCorner(t)
	journey(t, "skimmerframe", map[string]any{"shop": s.url}, asks{"reported": s.shop.wantBlocked(t, "embed script-src-elem https://skim.example")}, nil)
}

// wantBlocked checks what the merchant is told of, in order of its text.
func (s shop) wantBlocked(t *testing.T, want ...string) func() any {
	t.Helper()
	return func() any {
		if got := s.blocked(t, len(want)); !slices.Equal(got, want) {
			t.Errorf("the merchant was told of %q, want %q", got, want)
		}
		return nil
	}
}

// blocked are the sources that payment pages blocked, as the merchant is told by
// events: it waits until there are so many.
func (s shop) blocked(t *testing.T, want int) []string {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		var list struct {
			Data []struct{ Data map[string]string }
		}
		if err := json.Unmarshal(call(t, http.MethodGet, s.base+"/api/v1/events?type=payment_page.source_blocked", s.key, nil), &list); err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, e := range list.Data {
			told = append(told, e.Data["page"]+" "+e.Data["directive"]+" "+e.Data["source"])
		}
		if len(told) >= want || time.Now().After(deadline) {
			slices.Sort(told)
			return told
		}
	}
}
