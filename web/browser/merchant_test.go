package browser_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// merchantPolicy allows a merchant's page its own scripts, the gateway's and the
// issuer's frames, and no style at all.
const merchantPolicy = "default-src 'none'; script-src 'self' %[1]s; frame-src %[1]s %[2]s; base-uri 'none'; form-action 'none'"

// merchantOptions is the merchant's script: the options come with the page's
// address, and what the widget calls is kept.
const merchantOptions = `
window.heard = [];
window.agrees = true;
window.wpwlOptions = JSON.parse(new URL(location.href).searchParams.get("options"));
for (const name of ["onReady", "onDetectBrand", "onBeforeSubmitCard", "onAfterSubmit", "onError", "onLoadThreeDIframe"]) {
  window.wpwlOptions[name] = function (...args) {
    window.heard.push([name, ...args]);
    return name === "onBeforeSubmitCard" ? window.agrees : undefined;
  };
}
`

// startMerchant serves a page of a merchant's own with the widget of a checkout.
func startMerchant(t *testing.T, gatewayURL, issuerURL string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /options.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, merchantOptions)
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /pay", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", fmt.Sprintf(merchantPolicy, gatewayURL, issuerURL))
		q := r.URL.Query()
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>
<form action="/back?basket=7" class="paymentWidgets" data-brands="%s"></form>
<script src="/options.js"></script>
<script src="%s/v1/paymentWidgets.js?checkoutId=%s" integrity="%s" crossorigin="anonymous"></script>`,
			html.EscapeString(q.Get("brands")), gatewayURL, url.QueryEscape(q.Get("checkout")), html.EscapeString(q.Get("integrity")))
	})
	mux.HandleFunc("GET /back", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><title>Shop</title><h1>Back in the shop</h1>`)
	})
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	return site.URL
}

// checkout opens one at the gateway as a merchant's own program would.
func (d *demo) checkout(t *testing.T, basket string) map[string]string {
	t.Helper()
	form := url.Values{"entityId": {"demo-channel"}, "amount": {"124.00"}, "currency": {"EUR"}, "paymentType": {"DB"},
		"merchantTransactionId": {basket}, "integrity": {"true"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.gateway.base+"/v1/checkouts", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.secrets["token"])
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read-only
	var made struct{ ID, Integrity string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || made.ID == "" {
		t.Fatalf("checkout: %s, %v", res.Status, err)
	}
	return map[string]string{"checkout": made.ID, "integrity": made.Integrity}
}

func TestWidgetOnAMerchantsOwnStrictPage(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	site := startMerchant(t, d.gatewayURL, d.issuerURL)
	journey(t, "merchant", map[string]any{"site": site, "checkouts": []any{d.checkout(t, "basket-1"), d.checkout(t, "basket-2")}}, nil, nil)
	d.gateway.wantCharges(t, 2)
}
