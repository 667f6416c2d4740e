package browser_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// site is a portal and its gateway as an operator runs them: a process each, and
// a profile from a file.
type site struct {
	shop    shop
	gateway gateway
	env     []string // the portal's settings

	gatewayURL string // where browsers find the gateway
	serving    *process
}

// What the gateway and the portal know of each other.
const (
	entityID   = "browser-channel"
	token      = "token-of-the-browser-channel"
	adminToken = "admin-token-of-the-gateway"
)

var webhookKey = strings.Repeat("5a", 32)

// startSite sets a portal up by the operator's commands and serves it. Pages of
// the hosts may embed its checkouts.
func startSite(t *testing.T, embedHosts ...string) *site {
	t.Helper()
	dir, port := t.TempDir(), freePorts(t)
	portal, gatewayAPI, issuer := fmt.Sprintf("127.0.0.1:%d", port), fmt.Sprintf("127.0.0.1:%d", port+1), fmt.Sprintf("127.0.0.1:%d", port+2)
	base, public := "http://"+portal, fmt.Sprintf("http://gateway.localhost:%d", port+1)
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	asJSON := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}

	s := &site{gatewayURL: public, shop: shop{base: base}, gateway: gateway{base: "http://" + gatewayAPI, token: adminToken}}
	s.env = []string{
		"QUITTANCE_SECRET_KEY_FILE=" + file("secret-key", command(t, nil, "key", "generate")),
		"QUITTANCE_DATABASE=sqlite:" + filepath.Join(dir, "quittance.db"),
		"QUITTANCE_LISTEN=" + portal, "QUITTANCE_BASE_URL=" + base, "QUITTANCE_POLL=100ms", "QUITTANCE_LOG_LEVEL=debug",
	}
	file("token", token)
	file("webhook-key", webhookKey)
	said := command(t, s.env, "profile", "apply", file("profile.json", asJSON(map[string]any{
		"mode": "sandbox", "name": "Harbour Bicycles", "locale": "en", "time_zone": "Europe/Berlin",
		"legal_name": "Harbour Bicycles GmbH", "address_lines": []string{"Am Kai 12", "20457 Hamburg"}, "country_code": "DE",
		"email": "hello@harbour-bicycles.example", "terms_url": "https://harbour-bicycles.example/terms",
		"privacy_url": "https://harbour-bicycles.example/privacy", "terms_version": "2026-11",
		"embed_hosts": embedHosts,
		"documents":   true, "receipt_format": "R-{year}-{serial:5}",
		"gateway_account": map[string]string{"driver": "opp", "entity_id": entityID, "api_base": "http://" + gatewayAPI, "public_base": public,
			"test_mode": "EXTERNAL", "token_file": "token", "webhook_key_file": "webhook-key"},
	})))
	profileID, webhooks := regexp.MustCompile(`prf_[0-9a-z]+`).FindString(said), regexp.MustCompile(`http\S+`).FindString(said)
	s.shop.key = strings.Fields(command(t, s.env, "key", "create", profileID))[1]

	run(t, nil, "gateway", "--listen", gatewayAPI, "--public-url", public, "--issuer-listen", issuer, "--issuer-url", fmt.Sprintf("http://acs.localhost:%d", port+2), "--data-file", filepath.Join(dir, "gateway.db"), "--admin-token", adminToken,
		"--entities", file("entities.json", asJSON([]map[string]string{{"entityId": entityID, "token": token, "webhookKey": webhookKey, "webhookUrl": webhooks}})))
	s.serve(t, 0)
	return s
}

// serve starts the portal, instead of the one that runs, with its clock ahead.
func (s *site) serve(t *testing.T, ahead time.Duration) {
	t.Helper()
	if s.serving != nil {
		s.serving.stop(t)
	}
	s.serving = run(t, append(s.env, "QUITTANCE_CLOCK_SKEW="+ahead.String()), "serve")
	ready(t, s.shop.base)
}

// later lets time go by for both.
func (s *site) later(t *testing.T, by time.Duration) {
	t.Helper()
	s.gateway.advance(t, by)
	s.serve(t, by)
}
