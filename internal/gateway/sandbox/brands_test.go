package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

func allBrands(c *sandbox.Config) {
	c.Entities[0].Brands = []string{"VISA", "MASTER", "AMEX", "APPLEPAY", "GOOGLEPAY"}
}

func TestWalletPaysUnderItsOwnName(t *testing.T) {
	t.Parallel()
	k := newKit(t, allBrands)
	for _, tt := range []struct{ wallet, card, holder, code, last4 string }{
		{"APPLEPAY", "VISA", "", "000.100.110", "0091"},
		{"GOOGLEPAY", "MASTER", "", "000.100.110", "0007"},
		{"APPLEPAY", "VISA", "800.100.155", "800.100.155", "0091"},
	} {
		mtid := "order-" + tt.wallet + tt.code
		c := k.checkout(mtid)
		if _, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", values("wallet", tt.wallet, "card", tt.card, "holder", tt.holder), nil); err != nil {
			t.Fatal(err)
		}
		s := k.call("GET", "/v1/checkouts/"+c.ID+"/payment")
		wantCode(t, s, http.StatusOK, tt.code)
		if s.PaymentBrand != tt.wallet || s.PaymentType != "DB" || s.Card.Last4Digits != tt.last4 || s.Card.BIN == "" || s.Amount != "124.00" {
			t.Errorf("%s = %+v", tt.wallet, s)
		}
	}
}

func TestOnlyOfferedBrandsPay(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		brands, asked string
		form          url.Values
		want          int
	}{
		"card the channel has not":      {"VISA", "", values("number", "5454545454545454"), http.StatusUnprocessableEntity},
		"card the page does not ask":    {"VISA MASTER", "VISA", values("number", "5454545454545454"), http.StatusUnprocessableEntity},
		"card that the page asks":       {"VISA MASTER", "MASTER", values("number", "5454545454545454"), http.StatusOK},
		"wallet of no channel":          {"VISA MASTER", "", values("wallet", "APPLEPAY", "card", "VISA"), http.StatusUnprocessableEntity},
		"wallet the page does not ask":  {"VISA APPLEPAY", "VISA", values("wallet", "APPLEPAY", "card", "VISA"), http.StatusUnprocessableEntity},
		"wallet with a card not taken":  {"VISA APPLEPAY", "", values("wallet", "APPLEPAY", "card", "MASTER"), http.StatusUnprocessableEntity},
		"a scheme is no wallet":         {"VISA APPLEPAY", "", values("wallet", "VISA", "card", "VISA"), http.StatusUnprocessableEntity},
		"a page asks what is not there": {"VISA", "MASTER", values("number", visa), http.StatusUnprocessableEntity},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t, func(c *sandbox.Config) { c.Entities[0].Brands = strings.Fields(tt.brands) })
			c := k.checkout("order-0001")
			form := tt.form
			for field, value := range map[string]string{"expiry": "12/34", "cvv": "123", "holder": "Ada Example", "brands": tt.asked} {
				form.Set(field, value)
			}
			got, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", form, nil)
			if err != nil || got.HTTP != tt.want {
				t.Errorf("pay = %d %+v, %v, want %d", got.HTTP, got.Error, err, tt.want)
			}
			if booked := len(k.books()) == 1; booked != (tt.want == http.StatusOK) {
				t.Errorf("booked = %t", booked)
			}
		})
	}
}

func TestFrameShowsWhatIsOffered(t *testing.T) {
	t.Parallel()
	k := newKit(t, allBrands)
	frame := func(query string) string { return k.look("/v1/frame/" + k.checkout("order-0001").ID + "?" + query) }
	for query, want := range map[string][]string{
		"":                             {`data-wallet="APPLEPAY"`, `data-wallet="GOOGLEPAY"`, "American Express", `id="cvv"`, `id="brand"`, "frame.css", `class="card"`},
		"locale=de":                    {`lang="de"`, "oder mit Karte", "Kartennummer"},
		"brands=VISA+GOOGLEPAY":        {`data-offered="VISA"`, `data-wallet="GOOGLEPAY"`, "!APPLEPAY", "!Mastercard"},
		"brands=AMEX+APPLEPAY":         {`data-offered="AMEX"`, "!data-wallet"}, // no wallet has such a card
		"cvv=no":                       {"!id=\"cvv\"", "!Security code"},
		"detect=no":                    {"!id=\"brand\""},
		"style=none":                   {"!frame.css", `id="number"`},
		"style=plain":                  {"!class=\"mark\"", `class="plain"`},
		"style=logos":                  {`class="logos"`, `class="mark"`},
		"style=sparkling&brands=KLUNK": {`data-error="WidgetError"`, "!id=\"number\""},
	} {
		page := frame(query)
		for _, w := range want {
			if missing, found := strings.CutPrefix(w, "!"); found == strings.Contains(page, missing) {
				t.Errorf("%q: page and %q\n%s", query, w, page)
			}
		}
	}
}

func TestFormWithoutSecurityCodeSendsNone(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001")
	empty, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", values("number", visa, "expiry", "1234", "cvv", "", "holder", "Ada"), nil)
	if err != nil || empty.Error.Fields["cvv"] == "" {
		t.Errorf("an empty code = %+v, %v, want it asked for", empty, err)
	}
	without, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", values("number", visa, "expiry", "1234", "holder", "Ada"), nil)
	if err != nil || without.Outcome != "approved" {
		t.Errorf("no field for it = %+v, %v, want approved", without, err)
	}
}
