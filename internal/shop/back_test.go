package shop

import (
	"errors"
	"net/url"
	"testing"
	"time"
)

func TestOnlySignedAddressesAreBelieved(t *testing.T) {
	t.Parallel()
	// Written by internal/order for this key at this time.
	const key, at = "rk_test", 1_800_000_000
	signers := map[string]string{"k1": key, "gone": ""}
	good := url.Values{"order_id": {"ord_1"}, "status": {"approved"}, "timestamp": {"1800000000"}, "key_id": {"k1"},
		"signature": {"4ac7efb91b74e14b6254bbbe05d20be517778ebb96135c96ab3c5013762c12b2"}}
	for name, tt := range map[string]struct {
		change func(url.Values)
		after  time.Duration
		want   error
	}{
		"as it was written":   {func(url.Values) {}, time.Minute, nil},
		"with the shop's own": {func(q url.Values) { q.Set("basket", "7") }, time.Minute, nil},
		"another order":       {func(q url.Values) { q.Set("order_id", "ord_2") }, time.Minute, errUnsigned},
		"another status":      {func(q url.Values) { q.Set("status", "declined") }, time.Minute, errUnsigned},
		"another time":        {func(q url.Values) { q.Set("timestamp", "1800000001") }, time.Minute, errUnsigned},
		"a key of nobody's":   {func(q url.Values) { q.Set("key_id", "k2") }, time.Minute, errUnsigned},
		"an empty key":        {func(q url.Values) { q.Set("key_id", "gone") }, time.Minute, errUnsigned},
		"no signature":        {func(q url.Values) { q.Del("signature") }, time.Minute, errUnsigned},
		"too old":             {func(url.Values) {}, 61 * time.Minute, errUnsigned},
		"of the far future":   {func(url.Values) {}, -61 * time.Minute, errUnsigned},
		"nothing":             {func(q url.Values) { clear(q) }, time.Minute, errUnsigned},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := url.Values{}
			for k, v := range good {
				q[k] = v
			}
			tt.change(q)
			said, err := checked(q, signers, time.Unix(at, 0).Add(tt.after))
			if !errors.Is(err, tt.want) {
				t.Fatalf("%v, want %v", err, tt.want)
			}
			if err == nil && (said != word{"ord_1", "approved"}) {
				t.Errorf("it says %+v", said)
			}
		})
	}
}
