package browser_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTwoTabsOfWhichOneHoldsAReplacedCheckoutChargeOnce(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	link := s.shop.order(t, philippa("en")).Link
	journey(t, "replaced", map[string]any{"link": link}, asks{
		"later": func() any {
			s.later(t, 26*time.Minute)
			return nil
		},
		"sentBack": func() any { return s.gateway.waitFor(t, 3) },
	}, nil)
	want := []booking{{"DB", "124.00", "approved"}, {"DB", "124.00", "approved"}, {"RF", "124.00", "approved"}}
	if diff := cmp.Diff(want, s.gateway.books(t)); diff != "" {
		t.Errorf("the gateway's books (-want +got):\n%s", diff)
	}
}
