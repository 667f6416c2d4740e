package sandbox_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

type opened struct {
	Type, Action string
	Payload      reply
}

// open decrypts as a merchant would.
func (d delivery) open(t *testing.T) opened {
	t.Helper()
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	text := d.body
	if d.header.Get("Content-Type") == "application/json" {
		var body struct{ EncryptedBody string }
		if err := json.Unmarshal([]byte(d.body), &body); err != nil {
			t.Fatal(err)
		}
		text = body.EncryptedBody
	}
	block, err := aes.NewCipher(unhex(webhookKey))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gcm.Open(nil, unhex(d.header.Get("X-Initialization-Vector")),
		append(unhex(text), unhex(d.header.Get("X-Authentication-Tag"))...), nil)
	if err != nil {
		t.Fatalf("notification does not open: %v", err)
	}
	var out opened
	if err := json.Unmarshal(plain, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// told is what came since the last call.
func (k *kit) told() []opened {
	k.t.Helper()
	k.flush()
	var out []opened
	for _, d := range k.shop.take() {
		out = append(out, d.open(k.t))
	}
	return out
}

// heard is type, order and result of what came since the last call.
func (k *kit) heard() []string {
	k.t.Helper()
	var out []string
	for _, o := range k.told() {
		out = append(out, o.Payload.MerchantTransactionID+" "+o.Payload.Result.Code)
	}
	return out
}

func (k *kit) wantHeard(want ...string) {
	k.t.Helper()
	if got := k.heard(); !slices.Equal(got, want) {
		k.t.Errorf("heard %q, want %q", got, want)
	}
}

func TestNotificationTellsTheTransaction(t *testing.T) {
	t.Parallel()
	for _, form := range []sandbox.BodyForm{sandbox.BodyHex, sandbox.BodyJSON} {
		t.Run(string(form), func(t *testing.T) {
			t.Parallel()
			k := newKit(t, func(c *sandbox.Config) { c.Entities[0].Body = form })
			c := k.checkout("order-0001")
			k.pay(c.ID, visa, "Ada Example")

			k.flush()

			got := k.shop.take()
			if len(got) != 1 {
				t.Fatalf("%d notifications, want 1", len(got))
			}
			o := got[0].open(t)
			if o.Type != "PAYMENT" || o.Payload.NDC != c.ID || o.Payload.Amount != "124.00" || o.Payload.ID != k.books()[0].ID {
				t.Errorf("notification = %+v", o)
			}
		})
	}
}

func TestNotificationsAreRetriedOnItsClock(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.shop.answer(503)
	k.pay(k.checkout("order-0001").ID, visa, "Ada Example")
	k.wantHeard("order-0001 000.100.110")

	for _, pause := range []int{1, 2, 4, 8, 15, 30, 60, 24 * 60, 24 * 60} {
		k.wantHeard()
		k.advance(time.Duration(pause)*time.Minute + time.Second)
		k.wantHeard("order-0001 000.100.110")
	}
	k.shop.answer(200)
	k.advance(24*time.Hour + time.Second)
	k.wantHeard("order-0001 000.100.110")
	k.advance(48 * time.Hour)
	k.wantHeard()
}

func TestNotificationsAreGivenUpAfterThirtyDays(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.shop.answer(500)
	k.pay(k.checkout("order-0001").ID, visa, "Ada Example")
	k.wantHeard("order-0001 000.100.110")
	k.advance(30 * 24 * time.Hour)
	k.wantHeard("order-0001 000.100.110")
	k.advance(48 * time.Hour)
	k.wantHeard()
}

func TestWebhookFaults(t *testing.T) {
	t.Parallel()
	const first, second = "order-0001 000.100.110", "order-0002 000.100.110"
	tests := map[string]struct {
		kind        sandbox.FaultKind
		now, oneDay []string // heard at once, and a day later
	}{
		"twice": {sandbox.FaultWebhookTwice, []string{first, first, second}, nil},
		"never": {sandbox.FaultWebhookNever, []string{second}, nil},
		"late":  {sandbox.FaultWebhookLate, []string{second}, []string{first}},
		"stale": {sandbox.FaultWebhookStale, []string{first, "order-0001 000.200.000", second}, nil},
		"swap":  {sandbox.FaultWebhookSwap, []string{second, first}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			k.fault(sandbox.Fault{Kind: tt.kind, Next: 1})
			k.pay(k.checkout("order-0001").ID, visa, "Ada Example")
			k.advance(2 * time.Millisecond)
			k.pay(k.checkout("order-0002").ID, visa, "Ada Example")
			k.advance(2 * time.Millisecond)
			k.wantHeard(tt.now...)
			k.advance(24 * time.Hour)
			k.wantHeard(tt.oneDay...)
		})
	}
}

func TestResendAndStray(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.pay(k.checkout("order-0001").ID, visa, "800.100.152")
	k.wantHeard("order-0001 800.100.152")

	if err := k.gw.Resend(t.Context(), "order-0001"); err != nil {
		t.Fatal(err)
	}
	k.wantHeard("order-0001 800.100.152")

	if err := k.gw.Stray(t.Context(), entityID); err != nil {
		t.Fatal(err)
	}
	k.flush()
	got := k.shop.take()
	if len(got) != 1 {
		t.Fatalf("%d notifications, want the stray one", len(got))
	}
	if p := got[0].open(t).Payload; p.ID == "" || p.Result.Code != "000.100.110" || len(k.books()) != 1 {
		t.Errorf("stray notification = %+v with %d entries in the books, want an approval in nobody's", p, len(k.books()))
	}
}

func TestStartProbesAnAddressOnceAndDeliversByItself(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	if err := k.gw.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-k.shop.heard
	got := k.shop.take()
	if len(got) != 1 || got[0].open(t).Type != "test" || len(got[0].body) != 206 {
		t.Fatalf("first call = %+v, want the setup call of 206 characters", got)
	}
	k.pay(k.checkout("order-0001").ID, visa, "Ada Example")
	<-k.shop.heard
	k.shop.answer(500)
	k.pay(k.checkout("order-0002").ID, visa, "Ada Example")
	<-k.shop.heard
	k.flush()
	k.shop.take()
	k.shop.answer(200)
	k.advance(time.Minute)
	<-k.shop.heard
	k.wantHeard("order-0002 000.100.110")
}
