package web_test

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/static"
	"github.com/quittance/quittance/web/urls"
)

const gatewaysWidget = "the gateway's widget" // its name in the inventory

// sentScripts are the scripts that an answer sends, by their names in the inventory.
// One that is in no inventory, is not bound to its hash, or comes from where the
// page's policy does not name it, fails the test.
func sentScripts(a answer, gateway string) []string {
	a.t.Helper()
	var sent []string
	policy := scriptSources(a.Header.Get("Content-Security-Policy"))
	for _, s := range a.doc.Find("script").EachIter() {
		src, integrity := s.AttrOr("src", ""), s.AttrOr("integrity", "")
		if s.Text() != "" || !slices.Contains(policy, "'nonce-"+s.AttrOr("nonce", "")+"'") {
			a.t.Errorf("%s: script %q is inline, or without the policy's nonce", a.Request.URL.Path, src)
		}
		if strings.HasPrefix(src, gateway+"/") && strings.HasPrefix(integrity, "sha384-") {
			sent = append(sent, gatewaysWidget)
			continue
		}
		i := slices.IndexFunc(static.Inventory(), func(one static.Script) bool {
			return one.Approved != "" && one.Approved == integrity && static.URL(one.Name) == src
		})
		if i < 0 {
			a.t.Errorf("%s: script %q with hash %q is not in the inventory", a.Request.URL.Path, src, integrity)
			continue
		}
		sent = append(sent, static.Inventory()[i].Name)
	}
	for _, source := range policy {
		if !strings.HasPrefix(source, "'nonce-") && (source != gateway || !slices.Contains(sent, gatewaysWidget)) {
			a.t.Errorf("%s: its policy lets scripts of %s run, which sends none", a.Request.URL.Path, source)
		}
	}
	slices.Sort(sent)
	return sent
}

// scriptSources are where a policy lets scripts come from.
func scriptSources(policy string) []string {
	found := regexp.MustCompile(`(?:^|; )script-src ([^;]+)`).FindStringSubmatch(policy)
	if found == nil {
		return nil
	}
	return strings.Fields(found[1])
}

func TestTheInventoryIsWhatPaymentPagesSend(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mayEmbed(t, app, shopHost)
	o, framed := app.NewOrder(12_400), app.NewOrder(5_000)
	v := newVisitor(t, app)
	unpaid := v.follow(o.Link).wantStatus(http.StatusOK).wantText("[data-testid=order-total]", "€124.00")
	asks := v.get(embed(t, app, framed, shopHost).EmbedURL).wantStatus(http.StatusOK)
	fields := v.get(v.submit(asks, "consent_terms", "1").wantStatus(http.StatusSeeOther).Header.Get("Location")).wantStatus(http.StatusOK)
	seen := map[string]bool{}
	for name, page := range map[string]struct {
		answer
		want []string
	}{
		"the unpaid order":              {unpaid, nil},
		"the card fields":               {v.startPaying(o), []string{"js/wpwl.js", gatewaysWidget}},
		"the unpaid order in a frame":   {asks, []string{"js/embed.js"}},
		"the card fields in a frame":    {fields, []string{"js/embed.js", gatewaysWidget}},
		"a checkout that was not found": {v.get("/checkout/att_unknown"), nil},
	} {
		got := sentScripts(page.answer, app.Account.PublicBase)
		if !slices.Equal(got, page.want) {
			t.Errorf("%s sends %q, want %q", name, got, page.want)
		}
		for _, script := range got {
			seen[script] = true
		}
	}
	loader := v.get(urls.EmbedScript).wantStatus(http.StatusOK)
	if app.Account.PublicBase == "" {
		t.Fatal("there is no gateway")
	}
	sum := sha512.Sum384([]byte(loader.body))
	seen[urls.EmbedFile] = "sha384-"+base64.StdEncoding.EncodeToString(sum[:]) == static.Integrity(urls.EmbedFile)
	for _, s := range static.Inventory() {
		if !seen[s.Name] {
			t.Errorf("%s is in the inventory, and no payment page sends it", s.Name)
		}
	}
}
