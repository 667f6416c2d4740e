package browser_test

import (
	"fmt"
	"testing"
	"time"
)

// orders are links of as many orders.
func (s shop) orders(t *testing.T, n int) []string {
	t.Helper()
	links := make([]string, n)
	for i := range links {
		links[i] = s.order(t, philippa("en")).Link
	}
	return links
}

func TestBankAsksTheCustomer(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		t.Run(fmt.Sprintf("%d px", width), func(t *testing.T) {
			t.Parallel()
			d := startDemo(t)
			journey(t, "challenge", map[string]any{"links": d.shop.orders(t, 2), "width": width}, nil, nil)
			d.gateway.wantCharges(t, 2)
		})
	}
}

func TestBankIsSureWithoutAsking(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	journey(t, "frictionless", map[string]any{"links": d.shop.orders(t, 4)}, nil, nil)
	d.gateway.wantCharges(t, 3)
}

func TestBankIsLeftWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	journey(t, "abandoned", map[string]any{"links": d.shop.orders(t, 2)}, asks{"halfAnHour": func() any {
		d.gateway.advance(t, 31*time.Minute)
		return nil
	}}, nil)
	d.gateway.wantCharges(t, 2)
}

func TestExpiredCheckoutIsNoDeadEnd(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	journey(t, "expired", map[string]any{"links": d.shop.orders(t, 2)}, asks{"halfAnHour": func() any {
		d.gateway.advance(t, 31*time.Minute)
		return nil
	}}, nil)
	d.gateway.wantCharges(t, 2)
}

func TestWalletsPay(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	journey(t, "wallet", map[string]any{"links": d.shop.orders(t, 2)}, nil, nil)
	d.gateway.wantCharges(t, 2)
}

func TestGatewayPagesHaveNothingForAxe(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		t.Run(fmt.Sprintf("%d px", width), func(t *testing.T) {
			t.Parallel()
			d := startDemo(t)
			journey(t, "states", map[string]any{"link": d.shop.order(t, philippa("en")).Link, "width": width}, nil, nil)
			d.gateway.wantCharges(t, 0)
		})
	}
}
