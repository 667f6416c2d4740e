package opp

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/gateway"
)

const vectorKey = "000102030405060708090A0B0C0D0E0F000102030405060708090A0B0C0D0E0F"

func vectorAccount(t testing.TB) gateway.Account {
	t.Helper()
	key, err := hex.DecodeString(vectorKey)
	if err != nil {
		t.Fatal(err)
	}
	return gateway.Account{WebhookKey: key}
}

// sealed is plain as the gateway would post it.
func sealed(t testing.TB, account gateway.Account, plain string) (http.Header, []byte) {
	t.Helper()
	block, err := aes.NewCipher(account.WebhookKey)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	iv := []byte("twelve bytes")
	out := gcm.Seal(nil, iv, []byte(plain), nil)
	body, tag := out[:len(out)-tagLength], out[len(out)-tagLength:]
	header := http.Header{}
	header.Set(headerIV, hex.EncodeToString(iv))
	header.Set(headerTag, hex.EncodeToString(tag))
	return header, []byte(hex.EncodeToString(body))
}

func TestOpenPublishedVectors(t *testing.T) {
	t.Parallel()

	vectors := []struct{ iv, tag, body, want string }{
		{"3D575574536D450F71AC76D8", "19FDD068C6F383C173D3A906F7BD1D83", "F8E2F759E528CB69375E51DB2AF9B53734E393", `{"type": "PAYMENT"}`},
		{"000000000000000000000000", "CE573FB7A41AB78E743180DC83FF09BD", "0A3471C72D9BE49A8520F79C66BBD9A12FF9", `{"type":"PAYMENT"}`},
	}
	account := vectorAccount(t)
	printed := gateway.Account{WebhookKey: []byte(vectorKey)}
	for _, v := range vectors {
		header := http.Header{}
		header.Set("x-initialization-vector", v.iv)
		header.Set("x-authentication-tag", v.tag)
		for name, body := range map[string]string{
			"bare":       v.body,
			"lower case": strings.ToLower(v.body) + "\r\n",
			"wrapped":    ` {"encryptedBody":"` + v.body + `","more":1}`,
		} {
			for _, a := range []gateway.Account{account, printed} {
				got, err := New(Config{}).Open(a, header, []byte(body))
				if err != nil || string(got.Plain) != v.want {
					t.Errorf("%s: Open = %q, %v, want %q", name, got.Plain, err, v.want)
				}
				if got.Probe || got.Fact.ID != "" {
					t.Errorf("%s: a payment notification without a payment = %+v, want neither probe nor fact", name, got)
				}
			}
		}
	}
}

func TestOpenRefusesWhatTheKeyDoesNotOpen(t *testing.T) {
	t.Parallel()

	account := vectorAccount(t)
	tests := map[string]func(a *gateway.Account, h http.Header, body *[]byte){
		"no vector":          func(_ *gateway.Account, h http.Header, _ *[]byte) { h.Del(headerIV) },
		"short vector":       func(_ *gateway.Account, h http.Header, _ *[]byte) { h.Set(headerIV, "00") },
		"long vector":        func(_ *gateway.Account, h http.Header, _ *[]byte) { h.Set(headerIV, strings.Repeat("00", 17)) },
		"vector is no hex":   func(_ *gateway.Account, h http.Header, _ *[]byte) { h.Set(headerIV, strings.Repeat("zz", 12)) },
		"another vector":     func(_ *gateway.Account, h http.Header, _ *[]byte) { h.Set(headerIV, strings.Repeat("00", 12)) },
		"no tag":             func(_ *gateway.Account, h http.Header, _ *[]byte) { h.Del(headerTag) },
		"short tag":          func(_ *gateway.Account, h http.Header, _ *[]byte) { h.Set(headerTag, h.Get(headerTag)[:24]) },
		"another tag":        func(_ *gateway.Account, h http.Header, _ *[]byte) { h.Set(headerTag, strings.Repeat("00", 16)) },
		"empty body":         func(_ *gateway.Account, _ http.Header, body *[]byte) { *body = nil },
		"body is no hex":     func(_ *gateway.Account, _ http.Header, body *[]byte) { *body = []byte("hello") },
		"odd body":           func(_ *gateway.Account, _ http.Header, body *[]byte) { *body = (*body)[1:] },
		"shorter body":       func(_ *gateway.Account, _ http.Header, body *[]byte) { *body = (*body)[2:] },
		"broken wrapping":    func(_ *gateway.Account, _ http.Header, body *[]byte) { *body = []byte(`{"encryptedBody":`) },
		"wrapped nothing":    func(_ *gateway.Account, _ http.Header, body *[]byte) { *body = []byte(`{}`) },
		"another key":        func(a *gateway.Account, _ http.Header, _ *[]byte) { a.WebhookKey = make([]byte, 32) },
		"no key":             func(a *gateway.Account, _ http.Header, _ *[]byte) { a.WebhookKey = nil },
		"short key":          func(a *gateway.Account, _ http.Header, _ *[]byte) { a.WebhookKey = a.WebhookKey[:16] },
		"64 bytes of no hex": func(a *gateway.Account, _ http.Header, _ *[]byte) { a.WebhookKey = []byte(strings.Repeat("z", 64)) },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			a := account
			header, body := sealed(t, a, `{"type":"PAYMENT","payload":`+paidWithCard+`}`)
			spoil(&a, header, &body)
			got, err := New(Config{}).Open(a, header, body)

			if !errors.Is(err, gateway.ErrNotAuthentic) || got.Plain != nil {
				t.Errorf("Open = %+v, %v, want ErrNotAuthentic", got, err)
			}
		})
	}
}

func TestOpenTellsWhatItIsAbout(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		plain      string
		wantID     string
		wantProbe  bool
		unreadable bool
	}{
		"payment":            {`{"type":"PAYMENT","payload":` + paidWithCard + `}`, "8ac7a4a277bb37680177ca9e266d3192", false, false},
		"chargeback":         {`{"type":"PAYMENT","payload":{"id":"cb1","paymentType":"CB","result":{"code":"000.100.220"}}}`, "cb1", false, false},
		"activation":         {`{"type":"test","action":"webhook activation","payload":{"result":{"code":"000.100.110"}}}`, "", true, false},
		"empty object":       {`{}`, "", true, false},
		"payment of nothing": {`{"type":"PAYMENT","payload":{"result":{"code":"000.000.000"}}}`, "", false, false},
		"3-D Secure record":  {`{"type":"PAYMENT","payload":{"id":"a1","paymentType":"3D","result":{"code":"000.400.110"}}}`, "", false, false},
		"registration":       {`{"type":"REGISTRATION","action":"CREATED","payload":{"id":"tok1","result":{"code":"000.000.000"}}}`, "tok1", false, false},
		"changed card":       {`{"type":"REGISTRATION","action":"UPDATED","payload":{"id":"tok1","result":{"code":"000.000.000"}}}`, "", false, false},
		"deleted card":       {`{"type":"REGISTRATION","action":"DELETED","payload":{"id":"tok1","result":{"code":"000.000.000"}}}`, "", false, false},
		"card of no action":  {`{"type":"REGISTRATION","payload":{"id":"tok1","result":{"code":"000.000.000"}}}`, "", false, false},
		"card of nothing":    {`{"type":"REGISTRATION","action":"CREATED","payload":{"result":{"code":"000.000.000"}}}`, "", false, false},
		"risk":               {`{"type":"RISK","payload":{"id":"a1","paymentType":"RI","result":{"code":"000.300.100"}}}`, "", false, false},
		"schedule":           {`{"type":"SCHEDULE","payload":{"id":"a1","paymentType":"SD","result":{"code":"000.000.000"}}}`, "", false, false},
		"type yet unknown":   {`{"type":"PAYOUT","payload":{"id":"a1","paymentType":"CD","result":{"code":"000.000.000"}}}`, "", false, false},
		"not JSON":           {`hello`, "", false, true},
		"of another shape":   {`{"type":"PAYMENT","payload":{"id":["a"]}}`, "", false, true},
	}
	account := vectorAccount(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			header, body := sealed(t, account, tt.plain)
			got, err := New(Config{}).Open(account, header, body)
			if err != nil {
				t.Fatal(err)
			}

			if got.Fact.ID != tt.wantID || got.Probe != tt.wantProbe || string(got.Plain) != tt.plain {
				t.Errorf("Open: fact %q, probe %t, want %q, %t", got.Fact.ID, got.Probe, tt.wantID, tt.wantProbe)
			}
			if tt.wantID == "" && got.Fact != (gateway.Fact{}) {
				t.Errorf("Open: fact %+v, want none", got.Fact)
			}
			again, err := New(Config{}).Read(got.Plain)
			if again != got.Fact || (err != nil) != tt.unreadable {
				t.Errorf("Read = %+v, %v, want what Open told, error %t", again, err, tt.unreadable)
			}
		})
	}
}

func TestStoredCardIsReadWithoutATypeOrAnAmount(t *testing.T) {
	t.Parallel()

	got, err := New(Config{}).Read([]byte(`{"type":"REGISTRATION","action":"CREATED","payload":{"id":"tok1","ndc":"chk1","merchantTransactionId":"att_1","paymentBrand":"VISA",
		"result":{"code":"000.000.000"},"resultDetails":{"CardholderInitiatedTransactionID":"MCS1"},"card":{"bin":"420000","last4Digits":"0000","expiryMonth":"12","expiryYear":"2034"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := gateway.Method{Token: "tok1", Brand: "VISA", BIN: "420000", Last4: "0000", ExpiryMonth: 12, ExpiryYear: 2034, InitialTransactionID: "MCS1"}
	if got.Type != gateway.Registration || got.Result.Outcome != gateway.Approved || got.CheckoutID != "chk1" || got.MerchantTransactionID != "att_1" || got.Method != want {
		t.Errorf("read as %+v", got)
	}
}

func FuzzOpen(f *testing.F) {
	account := vectorAccount(f)
	f.Add("3D575574536D450F71AC76D8", "19FDD068C6F383C173D3A906F7BD1D83", []byte("F8E2F759E528CB69375E51DB2AF9B53734E393"))
	f.Add("000000000000000000000000", "CE573FB7A41AB78E743180DC83FF09BD", []byte(`{"encryptedBody":"0A3471C72D9BE49A8520F79C66BBD9A12FF9"}`))
	f.Add("", "", []byte("{"))
	f.Add(strings.Repeat("0", 32), strings.Repeat("f", 32), []byte(`{"encryptedBody":null}`))
	f.Fuzz(func(t *testing.T, iv, tag string, body []byte) {
		header := http.Header{headerIV: {iv}, headerTag: {tag}}
		got, err := New(Config{}).Open(account, header, body)
		if err != nil && (!errors.Is(err, gateway.ErrNotAuthentic) || got.Plain != nil) {
			t.Errorf("Open = %+v, %v", got, err)
		}
		if err == nil && !strings.Contains(string(got.Plain), "PAYMENT") {
			t.Errorf("opened %q, which nobody sealed", got.Plain)
		}
	})
}
