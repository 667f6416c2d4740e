package browser_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// demo is a running demo, which is the portal and the gateway on two sites.
type demo struct {
	*process
	shop    shop
	gateway gateway
	dir     string            // its data
	link    string            // of the order that it makes by itself
	secrets map[string]string // the file demo-secrets.json

	gatewayURL, issuerURL, shopURL string // where browsers find the gateway, the card issuers and the merchant's shop
}

// startDemo runs a demo of the test's own, with every line of its log.
func startDemo(t *testing.T) *demo {
	t.Helper()
	d := &demo{dir: t.TempDir()}
	d.process = run(t, nil, "demo", "--bare", "--json", "--listen", "127.0.0.1:0", "--data-dir", d.dir, "--log-level", "debug")
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("the demo said nothing: %v", err)
	}
	var said struct {
		BaseURL     string `json:"base_url"`
		GatewayURL  string `json:"gateway_url"`
		IssuerURL   string `json:"issuer_url"`
		ShopURL     string `json:"shop_url"`
		APIKey      string `json:"api_key"`
		PaymentLink string `json:"payment_link"`
	}
	if err := json.Unmarshal(line, &said); err != nil {
		t.Fatalf("the demo's first line: %v", err)
	}
	kept, err := os.ReadFile(filepath.Join(d.dir, "demo-secrets.json"))
	if err == nil {
		err = json.Unmarshal(kept, &d.secrets)
	}
	if err != nil {
		t.Fatalf("the demo's secrets: %v", err)
	}
	d.link, d.gatewayURL, d.issuerURL, d.shopURL = said.PaymentLink, said.GatewayURL, said.IssuerURL, said.ShopURL
	d.shop = shop{base: said.BaseURL, key: said.APIKey}
	d.gateway = gateway{base: overLoopback(t, said.GatewayURL), token: d.secrets["admin_token"]}
	ready(t, said.BaseURL)
	return d
}
