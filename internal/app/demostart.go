package app

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/static"
	"github.com/quittance/quittance/templates/demo"
)

// withStart puts the demo's start page before the portal, which has none.
func (d *demoLife) withStart(portal http.Handler, ready DemoReady) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
			portal.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		templ.Handler(demo.StartPage(d.page(ready))).ServeHTTP(w, r)
	})
}

// groups are how the start page calls orders of each type.
var groups = []struct {
	of   catalog.Type
	name string
}{
	{catalog.SinglePayment, "Single payments"},
	{catalog.Instalment, "Instalments"},
	{catalog.Subscription, "Subscriptions"},
	{catalog.Metered, "Metered"},
}

// page is what the start page shows now, in the order of the situations.
func (d *demoLife) page(ready DemoReady) demo.Start {
	d.mu.Lock()
	defer d.mu.Unlock()
	page := demo.Start{Stylesheet: static.URL("css/app.css"), PaymentLink: ready.PaymentLink, ShopURL: ready.ShopURL, MailURL: ready.MailURL, GatewayURL: ready.GatewayURL,
		APIURL: ready.BaseURL + "/api/v1/docs", Complete: d.done, Wrong: d.wrong}
	for _, g := range groups {
		of := demo.Group{Name: g.name}
		for _, s := range situations {
			if link := d.links[s.name]; s.sale.Type == g.of && link != "" {
				of.Situations = append(of.Situations, demo.Situation{Name: s.name, What: s.what, Link: link})
			}
		}
		if len(of.Situations) > 0 {
			page.Groups = append(page.Groups, of)
		}
	}
	return page
}
