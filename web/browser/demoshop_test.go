package browser_test

import (
	"fmt"
	"testing"
)

// TestDemoShopTakesPaymentsOnItsOwnPages buys in the demo's shop: with the gateway's
// widget on the shop's page, and with the hosted checkout in a frame.
func TestDemoShopTakesPaymentsOnItsOwnPages(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	widths := []int{390, 1280}
	for _, width := range widths {
		for _, way := range []string{"demoshop", "demoshopframe"} {
			t.Run(fmt.Sprintf("%s at %d px", way, width), func(t *testing.T) {
				journey(t, way, map[string]any{"shop": d.shopURL, "width": width}, nil, nil)
			})
		}
	}
	charged := 0
	for _, b := range d.gateway.books(t) {
		if b.State != "approved" {
			continue
		}
		if charged++; b.Type != "DB" || b.Amount != "17.50" {
			t.Errorf("the gateway's books have %+v", b)
		}
	}
	if want := 2 * len(widths); charged != want {
		t.Errorf("the gateway charged %d times, want %d", charged, want)
	}
}
