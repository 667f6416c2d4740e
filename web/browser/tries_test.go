package browser_test

import (
	"testing"
	"time"
)

func TestDeclinedCardTellsWhyAndAnotherPays(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	journey(t, "decline", map[string]any{"link": d.shop.order(t, philippa("en")).Link}, nil, nil)
	d.gateway.wantCharges(t, 1)
}

func TestReloadAndBackNeverChargeTwice(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	links := make([]string, 4)
	for i := range links {
		links[i] = d.shop.order(t, philippa("en")).Link
	}
	journey(t, "impatient", map[string]any{"links": links}, asks{"delay": func() any {
		d.gateway.fail(t, "delay", "frame.pay", time.Second)
		return nil
	}}, nil)
	d.gateway.wantCharges(t, len(links))
}

func TestReturnWithoutCookieTellsNoMoreThanTheOutcome(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	journey(t, "cookieless", map[string]any{"link": d.shop.order(t, philippa("en")).Link}, nil, nil)
	d.gateway.wantCharges(t, 1)
}
